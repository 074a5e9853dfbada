package apiserver

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"testing"

	"k8s.io/client-go/rest"
)

// A Front is the server to those who come to it, with its certificate, and speaks HTTP/2
// with both sides: a place to count what is asked, and to answer in the server's stead.
type Front struct {
	server  *Server
	address string
}

// Front opens one on 127.0.0.1 until the test ends. What comes in is handled by a handler
// that may pass it on to the next: the server, which sees it as it came, credentials
// included. Whoever waits for an answer that the server does not give is reset.
func (s *Server) Front(tb testing.TB, handler func(next http.Handler) http.Handler) *Front {
	tb.Helper()
	transport, err := rest.TransportFor(s.anonymous())
	if err != nil {
		tb.Fatal(err)
	}
	certificate, err := tls.LoadX509KeyPair(filepath.Join(s.dir, serverCertificate), filepath.Join(s.dir, serverKey))
	if err != nil {
		tb.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	target := &url.URL{Scheme: "https", Host: s.Addr()}
	silent := log.New(io.Discard, "", 0)
	passing := &httputil.ReverseProxy{
		Rewrite:       func(p *httputil.ProxyRequest) { p.SetURL(target) },
		Transport:     transport,
		FlushInterval: -1, // watches
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ErrorLog:      silent,
	}
	serving := &http.Server{Handler: handler(passing), ErrorLog: silent,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = serving.ServeTLS(listener, "", "")
	}()
	tb.Cleanup(func() {
		_ = serving.Close()
		<-ended
	})
	return &Front{s, listener.Addr().String()}
}

// Config is the given access to the server, by way of the front. It is not one by certificate,
// which nobody can pass on.
func (f *Front) Config(access *rest.Config) *rest.Config {
	config := rest.CopyConfig(access)
	config.Host = "https://" + f.address
	return config
}

// ListenIn is Server.ListenIn with the front in between.
func (f *Front) ListenIn(tb testing.TB, namespacePath string) *Proxy {
	tb.Helper()
	return f.server.listenIn(tb, namespacePath, f.address)
}
