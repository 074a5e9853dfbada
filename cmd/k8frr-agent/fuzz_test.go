//go:build linux

package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/k8frr/k8frr/status/report"
)

// FuzzEndpoints: whatever is asked of the endpoints, and however, they have
// metrics and probes and nothing else, and answer in text.
func FuzzEndpoints(f *testing.F) {
	f.Add("GET", "/metrics", "", "text/plain;version=0.0.4", "gzip")
	f.Add("HEAD", "/readyz", "verbose", "*/*", "")
	f.Add("POST", "/metrics/../healthz", "name[]=x&name[]=%ff", "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8", "zstd")
	f.Add("GET", "//healthz/\x00", "%", "application/vnd.google.protobuf;encoding=delimited;proto=x;q=1e400", "gzip;q=NaN")
	mux := http.NewServeMux()
	mux.Handle("/metrics", metrics(report.NewCollector()))
	mux.Handle("/", probes(func() error { return nil }, func() error { return errors.New("FRR says \x1b[31m:\r\nX: y\u202e") }))
	f.Fuzz(func(t *testing.T, method, path, query, accept, encoding string) {
		r := (&http.Request{Method: method, URL: &url.URL{Path: "/" + path, RawQuery: query}, Host: "x", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Accept": {accept}, "Accept-Encoding": {encoding}}, Body: http.NoBody}).WithContext(t.Context())
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusOK, http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusServiceUnavailable:
		default:
			t.Errorf("status %d", w.Code)
		}
		for _, name := range []string{"/metrics", "/healthz", "/readyz"} {
			if r.URL.Path == name {
				return // metrics may be compressed
			}
		}
		if w.Code == http.StatusOK {
			t.Errorf("there is %q", r.URL.Path)
		}
	})
}

// What FRR says of why the agent is not ready is one line of text.
func TestNotReadyInALine(t *testing.T) {
	w := httptest.NewRecorder()
	probes(nil, func() error { return errors.New("FRR says \x1b[31m:\r\n% \u202eno") }).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	body := strings.TrimSuffix(w.Body.String(), "\n")
	if strings.ContainsFunc(body, func(r rune) bool { return !unicode.IsPrint(r) }) || !strings.Contains(body, "FRR says") {
		t.Errorf("%q", body)
	}
}
