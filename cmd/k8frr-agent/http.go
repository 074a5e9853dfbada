//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/status"
)

// freebind listens on addresses that the node does not have yet, or whose
// duplicates are still looked for: one that is late must not end the agent.
var freebind = net.ListenConfig{Control: func(network, _ string, c syscall.RawConn) error {
	level, option := unix.SOL_IP, unix.IP_FREEBIND
	if network == "tcp6" {
		level, option = unix.SOL_IPV6, unix.IPV6_FREEBIND
	}
	var failed error
	err := c.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), level, option, 1) })
	return errors.Join(err, failed)
}}

// serve answers on an address until the context ends. The limits keep a slow
// or greedy client from holding on to the agent. An answer is made before any
// of it is sent, so that who does not read it holds nothing up.
func serve(ctx context.Context, address string, handler http.Handler, log *slog.Logger) error {
	listener, err := freebind.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	server := &http.Server{
		Handler:           http.TimeoutHandler(handler, 10*time.Second, "it takes too long\n"),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      20 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	server.SetKeepAlivesEnabled(false) // one connection, one question: none has a thousand waiting
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(&crowded{Listener: listener}); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// inTurn makes so many answers at a time, in the order of the questions, so
// that nobody is sent away because others ask as well.
func inTurn(n int, handler http.Handler) http.Handler {
	turns := make(chan struct{}, n)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case turns <- struct{}{}:
			defer func() { <-turns }()
			handler.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// probes serves /healthz, that the agent lives, and /readyz, that it does its
// work: ready returns what is wrong.
func probes(alive, ready func() error) http.Handler {
	mux := http.NewServeMux()
	answer := func(check func() error) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			if err := check(); err != nil {
				w.WriteHeader(http.StatusServiceUnavailable)
				fmt.Fprintln(w, status.Clean(err.Error(), 4096)) // FRR's words may be in it
				return
			}
			fmt.Fprintln(w, "ok")
		}
	}
	mux.HandleFunc("GET /healthz", answer(alive))
	mux.HandleFunc("GET /readyz", answer(ready))
	return mux
}
