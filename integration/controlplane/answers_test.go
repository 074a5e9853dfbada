//go:build linux

package controlplane

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Answers that are not what was asked for.
var answers = []fault{
	answered("500", always(refuse(500, metav1.StatusReasonInternalError))),
	answered("503", always(refuse(503, metav1.StatusReasonServiceUnavailable))),
	answered("429, try again in a second", always(refuse(429, metav1.StatusReasonTooManyRequests))),
	answered("401", always(refuse(401, metav1.StatusReasonUnauthorized))),
	answered("409 to what is written", writes(refuse(409, metav1.StatusReasonConflict))),
	answered("410 to what is read", reads(refuse(410, metav1.StatusReasonExpired))),
	answered("500 to every other request", sometimes(refuse(500, metav1.StatusReasonInternalError))),
	answered("reset", always(func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) })),
	answered("cut off in its midst", always(truncated)),
	answered("slow", always(slow)),
	answered("watches closed at once", watched(func(a http.ResponseWriter, _ *http.Request, _ http.Handler) {
		a.Header().Set("Content-Type", "application/json")
		a.WriteHeader(http.StatusOK)
	})),
	answered("watches silent", watched(func(a http.ResponseWriter, r *http.Request, _ http.Handler) {
		a.Header().Set("Content-Type", "application/json")
		a.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(a).Flush()
		<-r.Context().Done()
	})),
}

// answered has some nodes' requests answered so. Their watches go on, or are reset, too; in the end they are, since a server
// that says nothing any more on a connection that lives cannot be told from one that has nothing to say.
func answered(name string, by meddler) fault {
	return fault{name: "answers: " + name, strike: func(w *world, r *rand.Rand) func() {
		struck := w.some(r)
		drops := r.IntN(3) > 0
		for _, n := range struck {
			n.wire.meddle(by)
			if drops {
				n.wire.drop()
			}
		}
		return func() {
			for _, n := range struck {
				n.wire.meddle(nil)
				n.wire.drop()
			}
		}
	}}
}

func always(m meddler) meddler { return m }

// only is a meddler for some requests.
func these(so func(*http.Request) bool, m meddler) meddler {
	return func(a http.ResponseWriter, r *http.Request, next http.Handler) {
		if so(r) {
			m(a, r, next)
			return
		}
		next.ServeHTTP(a, r)
	}
}

func reads(m meddler) meddler {
	return these(func(r *http.Request) bool { return r.Method == http.MethodGet }, m)
}

func writes(m meddler) meddler {
	return these(func(r *http.Request) bool { return r.Method != http.MethodGet }, m)
}

func watched(m meddler) meddler { return these(watches, m) }

func sometimes(m meddler) meddler {
	return these(func(*http.Request) bool { return rand.IntN(2) == 0 }, m)
}

// refuse answers with a Status.
func refuse(code int, reason metav1.StatusReason) meddler {
	return func(a http.ResponseWriter, _ *http.Request, _ http.Handler) {
		a.Header().Set("Content-Type", "application/json")
		if code == http.StatusTooManyRequests {
			a.Header().Set("Retry-After", "1")
		}
		a.WriteHeader(code)
		fmt.Fprintf(a, `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"so the test wants it","reason":%q,"code":%d}`, reason, code)
	}
}

// slow has each request wait for up to three seconds.
func slow(a http.ResponseWriter, r *http.Request, next http.Handler) {
	select {
	case <-time.After(time.Duration(rand.IntN(3000)) * time.Millisecond):
	case <-r.Context().Done():
		return
	}
	next.ServeHTTP(a, r)
}

// truncated ends answers after half of them. Of a watch, that is at once.
func truncated(a http.ResponseWriter, r *http.Request, next http.Handler) {
	if watches(r) {
		a.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(a, `{"type":"ADDED","obj`)
		panic(http.ErrAbortHandler)
	}
	whole := httptest.NewRecorder()
	next.ServeHTTP(whole, r)
	for key, values := range whole.Header() {
		a.Header()[key] = values
	}
	a.Header().Set("Content-Length", strconv.Itoa(whole.Body.Len()))
	a.WriteHeader(whole.Code)
	_, _ = a.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	panic(http.ErrAbortHandler)
}
