package report

import (
	"context"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8frr/k8frr/api/client"
)

// otherLease is the name of a Lease that the admission policies of deploy/rbac refuse to an agent.
const otherLease = "k8frr-unguarded"

// guarded reports whether the API server keeps an agent from what it has no business with: whether it refuses a Lease of
// another name, which is asked for as a dry run. It does not where the policies are missing or name another ServiceAccount,
// as after a kustomization that renames or moves that one.
func guarded(ctx context.Context, leases *client.Leases) (bool, error) {
	_, err := leases.Create(ctx, &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: otherLease}},
		metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	switch {
	case err == nil, apierrors.IsAlreadyExists(err):
		return false, nil
	case apierrors.IsForbidden(err):
		return true, nil
	}
	return false, err
}

// slow is at how many looks in a row, foldTick apart, no policy may hold the agents: the server needs seconds to follow those
// that were applied together with the agents.
const slow = 3

// guard tells, once each time this agent takes the Lease, that no admission policy holds the agents. When the
// server does not answer, the next look asks again.
func (l *folded) guard(ctx context.Context) {
	if l.guarded || time.Since(l.asked) < foldTick/2 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, writeFold)
	defer cancel()
	held, err := guarded(ctx, l.Lease.Leases)
	if err != nil {
		return
	}
	l.asked = time.Now()
	if !held {
		l.unheld++
	}
	l.guarded = held || l.unheld == slow
	if l.guarded && !held {
		l.Log.Warn("the admission policies do not hold the agents: they are missing, or name another ServiceAccount", "lease", otherLease)
		l.Unguarded()
	}
}
