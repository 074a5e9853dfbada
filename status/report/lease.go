package report

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8frr/k8frr/api/client"
)

// LeaseName is the name of the Lease whose holder folds the status of the BGPConfiguration.
const LeaseName = "k8frr-status"

// Lease is held by one of the agents of a cluster. It is kept as client-go's leader election keeps one, so that both
// understand each other; that package is not used because it brings the clients of all kinds of Kubernetes, which cost
// an agent a quarter of its memory.
type Lease struct {
	// Leases are those of the namespace where the Lease is, Holder this agent's name in it.
	Leases *client.Leases
	Holder string
	// Duration is how long after the holder's death another agent may take it. Each of the others asks for it every
	// half of that to once of that: a thousand agents, every minute, make 20 small requests a second.
	Duration time.Duration
	Log      *slog.Logger
}

// Run calls lead whenever this agent has come to hold the Lease, until the context ends. The context of lead ends when
// the agent holds it no more. When Run ends, the Lease is given up for the next to take at once.
func (l Lease) Run(ctx context.Context, lead func(context.Context)) error {
	t := &tenant{Lease: l}
	for ctx.Err() == nil {
		err := t.take(ctx)
		t.tell(err)
		if err == nil && t.holds() {
			t.lead(ctx, lead)
		}
		pause(ctx, l.Duration/2)
	}
	return nil
}

// tenant is an agent that holds the Lease, or would like to.
type tenant struct {
	Lease
	// seen is the Lease as the server last returned it, at a moment of this agent's own clock: the clocks of nodes differ,
	// so that what stands in the Lease is only compared with what stood there before.
	seen *coordinationv1.Lease
	at   time.Time
	gone bool // it is there no more, since at
	told string
}

// holds reports whether the agent held the Lease when it last saw it.
func (t *tenant) holds() bool { return t.seen != nil && holder(t.seen) == t.Holder }

// free reports whether anybody may take the Lease: it was given up, or has not changed for as long as it is held for.
func (t *tenant) free() bool {
	held := t.Duration
	if s := t.seen.Spec.LeaseDurationSeconds; s != nil {
		held = time.Duration(*s) * time.Second
	}
	return holder(t.seen) == "" || time.Since(t.at) > held
}

// take makes the Lease this agent's if it is free, and renews it if it is this agent's.
func (t *tenant) take(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, t.Duration/4)
	defer cancel()
	if !t.holds() {
		now, err := t.Leases.Get(ctx, LeaseName, metav1.GetOptions{})
		made := apierrors.IsNotFound(err)
		if made {
			if t.missed() {
				return nil
			}
			now, err = t.Leases.Create(ctx, &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: LeaseName}, Spec: t.spec(nil)}, metav1.CreateOptions{})
		}
		if err != nil {
			return fmt.Errorf("the Lease %s cannot be had: %w", LeaseName, err)
		}
		t.see(now)
		if made || !t.holds() && !t.free() {
			return nil
		}
	}
	wanted := t.seen.DeepCopy()
	wanted.Spec = t.spec(t.seen)
	began := time.Now()
	now, err := t.Leases.Update(ctx, wanted, metav1.UpdateOptions{})
	if err != nil {
		if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
			t.seen = nil // somebody else was faster, or has deleted it
		}
		return fmt.Errorf("the Lease %s cannot be had: %w", LeaseName, err)
	}
	t.see(now)
	t.at = began // it may have been written long before the answer came
	return nil
}

// missed says that the Lease is gone while somebody holds it who may not know yet: he leads until he wants to renew it.
func (t *tenant) missed() bool {
	if t.seen != nil && !t.gone {
		t.gone, t.at = true, time.Now()
	}
	return t.seen != nil && !t.free()
}

// see remembers the Lease as it is now.
func (t *tenant) see(now *coordinationv1.Lease) {
	if t.seen == nil || t.seen.UID != now.UID || t.seen.ResourceVersion != now.ResourceVersion {
		t.at = time.Now()
	}
	t.seen, t.gone = now, false
}

// spec is the Lease as this agent holds it, after what it was before.
func (t *tenant) spec(before *coordinationv1.Lease) coordinationv1.LeaseSpec {
	now, seconds, transitions := metav1.NowMicro(), int32(max(t.Duration/time.Second, 1)), int32(0)
	spec := coordinationv1.LeaseSpec{HolderIdentity: &t.Holder, LeaseDurationSeconds: &seconds,
		AcquireTime: &now, RenewTime: &now, LeaseTransitions: &transitions}
	if before == nil {
		return spec
	}
	if n := before.Spec.LeaseTransitions; n != nil {
		transitions = *n
	}
	if holder(before) != t.Holder {
		transitions++
	} else if before.Spec.AcquireTime != nil {
		spec.AcquireTime = before.Spec.AcquireTime
	}
	return spec
}

// lead lets the agent lead for as long as it holds the Lease. It renews it every third of its time, and gives it up
// while nobody else may have it yet.
func (t *tenant) lead(ctx context.Context, lead func(context.Context)) {
	leading, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		lead(leading)
	}()
	for rest(ctx, t.Duration/3); ctx.Err() == nil && t.holds() && time.Since(t.at) < t.Duration*2/3; {
		err := t.take(ctx)
		t.tell(err)
		if err == nil {
			rest(ctx, t.Duration/3)
		} else {
			rest(ctx, t.Duration/12)
		}
	}
	stop()
	<-done
	if ctx.Err() != nil && t.holds() {
		t.giveUp()
	}
	t.seen = nil
}

// giveUp lets the next one have it at once. What comes of that changes nothing for this agent, which ends.
func (t *tenant) giveUp() {
	ctx, cancel := context.WithTimeout(context.Background(), min(t.Duration/4, 3*time.Second))
	defer cancel()
	left := t.seen.DeepCopy()
	nobody, second := "", int32(1)
	left.Spec.HolderIdentity, left.Spec.LeaseDurationSeconds = &nobody, &second
	_, _ = t.Leases.Update(ctx, left, metav1.UpdateOptions{})
}

// tell says that the agent may not have the Lease, once as long as that lasts. Other failures pass.
func (t *tenant) tell(err error) {
	if !apierrors.IsForbidden(err) && !apierrors.IsUnauthorized(err) {
		if err == nil {
			t.told = ""
		}
		return
	}
	if text := err.Error(); text != t.told {
		t.told = text
		t.Log.Warn("cannot use the Lease, so this agent never writes the status of the BGPConfiguration; BGP is not affected", "lease", LeaseName, "error", err)
	}
}

// rest waits, or until the context ends.
func rest(ctx context.Context, wait time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}

// holder is who holds a Lease; "" if nobody does.
func holder(l *coordinationv1.Lease) string {
	if l.Spec.HolderIdentity == nil {
		return ""
	}
	return *l.Spec.HolderIdentity
}
