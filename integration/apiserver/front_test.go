package apiserver

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

func TestFront(t *testing.T) {
	var asked atomic.Int64
	var busy atomic.Bool
	front := server.Front(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			if busy.Load() {
				http.Error(w, "busy", http.StatusServiceUnavailable)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	p := front.ListenIn(t, newNamespace(t))
	namespace := server.Namespace(t)
	if err := server.Apply(t.Context(), "{apiVersion: v1, kind: ServiceAccount, metadata: {name: somebody, namespace: "+namespace+"}}"); err != nil {
		t.Fatal(err)
	}
	token, err := server.ServiceAccountToken(t.Context(), namespace, "somebody")
	if err != nil {
		t.Fatal(err)
	}
	c := innerAs(t, p, server.ConfigForToken(token))
	if err := get(t, c); !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), namespace+":somebody") {
		t.Errorf("by a token: %v, want the server to know who asks, and to refuse", err)
	}
	busy.Store(true)
	if err := get(t, c); !apierrors.IsServiceUnavailable(err) {
		t.Errorf("answered in the server's stead: %v", err)
	}
	if asked.Load() < 2 {
		t.Errorf("%d requests were seen", asked.Load())
	}

	busy.Store(false)
	p.Forget()
	if err := getWithin(t, c, time.Second); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("on a connection that is forgotten: %v, want no answer at all", err)
	}
	if err := get(t, innerAs(t, p, server.ConfigForToken(token))); !apierrors.IsForbidden(err) {
		t.Errorf("on a new connection: %v", err)
	}
}
