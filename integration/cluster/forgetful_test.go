package cluster

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A server that has forgotten every version, even the one that it would give out itself, is asked no more often than one that
// is away, and said to be in trouble.
func TestForgetfulServer(t *testing.T) {
	p := newPart(t, server)
	p.createSecret("bgp", "one")
	p.create(p.configuration("default", 65000, "bgp"))
	if err := server.Apply(t.Context(), strings.ReplaceAll(`
apiVersion: v1
kind: ServiceAccount
metadata: {name: all, namespace: NAMESPACE}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: all-of-NAMESPACE}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: all, namespace: NAMESPACE}]
`, "NAMESPACE", p.namespace)); err != nil {
		t.Fatal(err)
	}
	token, err := server.ServiceAccountToken(t.Context(), p.namespace, "all")
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	var well atomic.Bool
	front := server.Front(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			if well.Load() {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusGone)
			_, _ = w.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","message":"too old","code":410}`))
		})
	})
	p.watch(front.Config(server.ConfigForToken(token)))
	time.Sleep(3 * time.Second)
	if n := asked.Load(); n > 3*8 { // of two kinds, some twice
		t.Errorf("%d requests in 3s", n)
	}
	eventually(t, "it is said", func() bool {
		w := p.Warnings()
		return len(w) == 2 && strings.HasSuffix(w[0], "cannot be read: asked for no version at all: too old")
	})
	well.Store(true)
	p.await("a server that is well again", asn(65000))
	eventually(t, "no warnings", func() bool { return len(p.Warnings()) == 0 })
}
