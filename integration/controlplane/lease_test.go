//go:build linux

package controlplane

import (
	"fmt"
	"math/rand/v2"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const leaseName = "k8frr-status"

// What happens to the Lease.
var ofLease = []fault{
	{name: "the Lease's holder is killed", long: true, silenced: true, lasts: 3 * leaseLasts, strike: func(w *world, _ *rand.Rand) func() {
		n := w.holder()
		n.killAgent()
		return n.startAgent
	}, during: func(w *world) error {
		if n := w.holder(); n == nil || !n.Process("agent").Running() {
			return fmt.Errorf("nobody has taken the Lease of an agent that died %v ago", 3*leaseLasts)
		}
		return nil
	}},
	{name: "the Lease is deleted", strike: func(w *world, _ *rand.Rand) func() {
		w.kubectl("delete", "lease", leaseName)
		return func() {}
	}},
	{name: "a stranger holds the Lease", strike: func(w *world, _ *rand.Rand) func() {
		w.kubectl("patch", "lease", leaseName, "--type=merge", "-p", fmt.Sprintf(
			`{"spec":{"holderIdentity":"stranger","leaseDurationSeconds":%d,"renewTime":%q}}`, int(leaseLasts.Seconds()), time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")))
		return func() {}
	}},
}

// holder is the node whose agent holds the Lease; nil if none does.
func (w *world) holder() *node {
	w.Helper()
	ctx, cancel := w.deadline()
	defer cancel()
	lease, err := w.leases.Leases(namespace).Get(ctx, leaseName, metav1.GetOptions{})
	w.must(err)
	for _, n := range w.nodes {
		if id := lease.Spec.HolderIdentity; id != nil && *id == n.Host.Name {
			return n
		}
	}
	return nil
}
