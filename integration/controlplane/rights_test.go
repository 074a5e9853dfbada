//go:build linux

package controlplane

import (
	"math/rand/v2"
	"os"
	"time"
)

// What agents may do.
var ofRights = []fault{
	{name: "rights taken away", long: true, lasts: 5 * time.Second, within: 75 * time.Second, strike: func(w *world, r *rand.Rand) func() {
		w.kubectl("delete", "clusterrolebinding", "purelb-system:k8frr-agent")
		w.kubectl("delete", "rolebinding", "k8frr-agent", "k8frr-agent-events")
		if r.IntN(2) == 0 {
			w.dropWatches()
		}
		return func() { w.grant() }
	}},
	{name: "tokens revoked", long: true, lasts: 5 * time.Second, within: 100 * time.Second, strike: func(w *world, r *rand.Rand) func() {
		w.kubectl("delete", "serviceaccount", "k8frr-agent")
		if r.IntN(2) == 0 {
			w.dropWatches()
		}
		return func() {
			w.grant()
			for _, n := range w.nodes {
				n.renew()
			}
		}
	}},
	{name: "tokens spoiled", long: true, lasts: 70 * time.Second, within: 100 * time.Second, strike: func(w *world, _ *rand.Rand) func() {
		for _, n := range w.nodes {
			w.must(os.WriteFile(n.token(), []byte("spoiled"), 0o600))
		}
		return func() {
			for _, n := range w.nodes {
				n.renew()
			}
		}
	}},
	{name: "tokens rotated", strike: func(w *world, _ *rand.Rand) func() {
		for _, n := range w.nodes {
			n.renew()
		}
		return func() {}
	}},
}

// grant gives agents the rights that they have in a cluster.
func (w *world) grant() {
	w.Helper()
	rights, err := os.ReadFile("../incluster/testdata/rbac.yaml")
	w.must(err)
	w.apply(string(rights))
}

func (w *world) dropWatches() {
	for _, n := range w.nodes {
		n.wire.drop()
	}
}
