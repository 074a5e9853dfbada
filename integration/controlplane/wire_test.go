//go:build linux

package controlplane

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// wire is where a node's requests pass on their way to the server: they are counted, and may be answered in its stead.
type wire struct {
	meddler atomic.Pointer[meddler]
	bytes   atomic.Int64 // of answers

	mu       sync.Mutex
	requests map[string]int // by verb and resource
	watches  map[*http.Request]context.CancelFunc
}

// meddler answers a request, or has the server do it.
type meddler func(answer http.ResponseWriter, request *http.Request, next http.Handler)

func newWire() *wire {
	return &wire{requests: map[string]int{}, watches: map[*http.Request]context.CancelFunc{}}
}

func (w *wire) pass(next http.Handler) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		w.note(request)
		answer = &counter{answer, &w.bytes}
		if watches(request) {
			ctx, cancel := context.WithCancel(request.Context())
			defer cancel()
			request = request.WithContext(ctx)
			w.begin(request, cancel)
			defer w.end(request)
		}
		if m := w.meddler.Load(); m != nil {
			(*m)(answer, request, next)
			return
		}
		next.ServeHTTP(answer, request)
	})
}

func watches(r *http.Request) bool { return r.URL.Query().Get("watch") != "" }

// note counts a request.
func (w *wire) note(r *http.Request) {
	what := r.Method
	if watches(r) {
		what = "WATCH"
	}
	for _, resource := range []string{"bgpnodestatuses", "configs", "leases", "nodes", "secrets", "events"} {
		if strings.Contains(r.URL.Path, "/"+resource) {
			what += " " + resource
			break
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests[what]++
}

// count is how many requests there have been.
func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	total := 0
	for _, n := range w.requests {
		total += n
	}
	return total
}

func (w *wire) begin(r *http.Request, cancel context.CancelFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watches[r] = cancel
}

func (w *wire) end(r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.watches, r)
}

// drop resets all watches.
func (w *wire) drop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, cancel := range w.watches {
		cancel()
	}
}

// meddle has requests answered otherwise; nil by the server.
func (w *wire) meddle(m meddler) {
	if m == nil {
		w.meddler.Store(nil)
		return
	}
	w.meddler.Store(&m)
}

// counter counts the bytes of an answer.
type counter struct {
	http.ResponseWriter
	bytes *atomic.Int64
}

func (c *counter) Write(text []byte) (int, error) {
	c.bytes.Add(int64(len(text)))
	return c.ResponseWriter.Write(text)
}

// Unwrap is for http.ResponseController, which flushes watches.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
