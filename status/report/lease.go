package report

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	coordinationv1 "k8s.io/client-go/kubernetes/typed/coordination/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/klog/v2"
)

// LeaseName is the name of the Lease whose holder folds the status of the BGPConfiguration.
const LeaseName = "k8frr-status"

// Lease is held by one of the agents of a cluster.
type Lease struct {
	// Config is access to the cluster, Namespace where the Lease is, Holder this agent's name in it.
	Config            *rest.Config
	Namespace, Holder string
	// Duration is how long after the holder's death another agent may take it. Each of the others asks for it every
	// half of that to more than once of that: a thousand agents, every minute, make 20 small requests a second.
	Duration time.Duration
	Log      *slog.Logger
}

// Run calls lead whenever this agent has come to hold the Lease, until the context ends. The context of lead ends when
// the agent holds it no more. When Run ends, the Lease is given up for the next to take at once.
func (l Lease) Run(ctx context.Context, lead func(context.Context)) error {
	config := rest.CopyConfig(l.Config)
	config.Timeout = l.Duration / 4
	clients, err := coordinationv1.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("access to Leases: %w", err)
	}
	lock := &heldLock{log: l.Log, LeaseLock: &resourcelock.LeaseLock{
		LeaseMeta: metav1.ObjectMeta{Name: LeaseName, Namespace: l.Namespace}, Client: clients,
		LockConfig: resourcelock.ResourceLockConfig{Identity: l.Holder},
	}}
	ctx = klog.NewContext(ctx, logr.Discard()) // the lock tells what users have to know
	for ctx.Err() == nil {
		done := make(chan struct{})
		began := make(chan struct{})
		elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
			Lock: lock, Name: LeaseName, ReleaseOnCancel: true,
			LeaseDuration: l.Duration, RenewDeadline: l.Duration * 2 / 3, RetryPeriod: l.Duration / 2,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(ctx context.Context) {
					close(began)
					defer close(done)
					lead(ctx)
				},
				OnStoppedLeading: func() {},
			},
		})
		if err != nil {
			return fmt.Errorf("--lease-duration %v: %w", l.Duration, err)
		}
		elector.Run(ctx)
		if lock.led.Swap(false) {
			<-began
			<-done
		}
	}
	return nil
}

// heldLock tells of a Lease what its users have to know, and once.
type heldLock struct {
	*resourcelock.LeaseLock
	log *slog.Logger
	led atomic.Bool // since the last look
	// told is what was said last.
	told string
}

// RecordEvent hears of what becomes of the Lease.
func (l *heldLock) RecordEvent(what string) {
	if what == "became leader" {
		l.led.Store(true)
	}
}

func (l *heldLock) Get(ctx context.Context) (*resourcelock.LeaderElectionRecord, []byte, error) {
	record, raw, err := l.LeaseLock.Get(ctx)
	if !apierrors.IsNotFound(err) {
		l.tell(err)
	}
	return record, raw, err
}

func (l *heldLock) Create(ctx context.Context, r resourcelock.LeaderElectionRecord) error {
	err := l.LeaseLock.Create(ctx, r)
	l.tell(err)
	return err
}

func (l *heldLock) Update(ctx context.Context, r resourcelock.LeaderElectionRecord) error {
	err := l.LeaseLock.Update(ctx, r)
	l.tell(err)
	return err
}

// tell says that the agent may not have the Lease. Other failures pass.
func (l *heldLock) tell(err error) {
	if !apierrors.IsForbidden(err) && !apierrors.IsUnauthorized(err) {
		if err == nil {
			l.told = ""
		}
		return
	}
	if text := err.Error(); text != l.told {
		l.told = text
		l.log.Warn("The Lease "+LeaseName+" cannot be had, so this agent never keeps the status of the BGPConfiguration. BGP is not affected.", "error", err)
	}
}
