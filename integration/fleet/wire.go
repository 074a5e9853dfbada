//go:build linux

package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// wire is what passes between the agents and the API server.
type wire struct {
	storming       atomic.Bool
	sent, received atomic.Int64 // bytes on all connections, encrypted

	mu       sync.Mutex
	requests map[string]int64 // by verb and resource
	bytes    map[string]int64 // of their bodies
	refused  int64            // by a storm
	course   *course          // of the requests, while somebody wants it
}

// course is when requests were made.
type course struct {
	began         time.Time
	reads, writes []time.Duration
}

// note keeps when a request was made.
func (c *course) note(r *http.Request) {
	switch {
	case c == nil:
	case r.Method == http.MethodGet:
		c.reads = append(c.reads, time.Since(c.began))
	default:
		c.writes = append(c.writes, time.Since(c.began))
	}
}

// record keeps the course of requests for a while, and returns it.
func (w *wire) record(during func()) *course {
	c := &course{began: time.Now()}
	set := func(to *course) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.course = to
	}
	set(c)
	during()
	set(nil)
	return c
}

// dial counts what passes on a connection.
func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return counted{conn, w}, nil
}

type counted struct {
	net.Conn
	wire *wire
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.wire.received.Add(int64(n))
	return n, err
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.wire.sent.Add(int64(n))
	return n, err
}

// wrap counts what an agent sends. In a storm it answers writes as an overloaded server does: every other one with 429,
// every other one with 409.
func (w *wire) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		what := r.Method
		if r.URL.Query().Get("watch") != "" {
			what = "WATCH"
		}
		for _, resource := range []string{"bgpnodestatuses", "configs", "leases", "nodes", "events"} {
			if strings.Contains(r.URL.Path, "/"+resource) {
				what += " " + resource
			}
		}
		if strings.HasSuffix(r.URL.Path, "/status") {
			what += "/status"
		}
		w.mu.Lock()
		if w.requests == nil {
			w.requests, w.bytes = map[string]int64{}, map[string]int64{}
		}
		w.requests[what]++
		w.bytes[what] += max(r.ContentLength, 0)
		w.course.note(r)
		storm := w.storming.Load() && r.Method != http.MethodGet
		if storm {
			w.refused++
		}
		odd := w.refused%2 == 1
		w.mu.Unlock()
		if !storm {
			return next.RoundTrip(r)
		}
		if r.Body != nil {
			r.Body.Close()
		}
		answer := &http.Response{StatusCode: http.StatusTooManyRequests, Request: r, ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Content-Type": {"application/json"}, "Retry-After": {"1"}},
			Body:   io.NopCloser(strings.NewReader(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"TooManyRequests","code":429}`))}
		if odd {
			answer.StatusCode = http.StatusConflict
			answer.Header.Del("Retry-After")
			answer.Body = io.NopCloser(strings.NewReader(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Conflict","code":409}`))
		}
		return answer, nil
	})
}

// counts are the numbers so far.
func (w *wire) counts() (requests, bytes map[string]int64, refused int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	requests, bytes = map[string]int64{}, map[string]int64{}
	for what := range w.requests {
		requests[what], bytes[what] = w.requests[what], w.bytes[what]
	}
	return requests, bytes, w.refused
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
