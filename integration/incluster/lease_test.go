//go:build linux

package incluster

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/k8frr/k8frr/status/report"
)

// TestLease has agents compete for the Lease, and strangers meddle with it: never do two lead at once, and soon one does.
func TestLease(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared)
	const duration = 6 * time.Second
	leases := s.admin.Leases(s.namespace)
	var leaders atomic.Int32
	var leading atomic.Value
	leading.Store("")
	var running sync.WaitGroup
	defer running.Wait()
	compete := func(name string) context.CancelFunc {
		ctx, cancel := context.WithCancel(context.Background())
		l := report.Lease{Leases: leases, Holder: name, Duration: duration, Log: slog.New(slog.DiscardHandler)}
		running.Go(func() {
			_ = l.Run(ctx, func(ctx context.Context) {
				if n := leaders.Add(1); n > 1 {
					t.Errorf("%d lead at once", n)
				}
				leading.Store(name)
				<-ctx.Done()
				leading.Store("")
				leaders.Add(-1)
			})
		})
		return cancel
	}
	leads := func(what string, within time.Duration, names ...string) {
		t.Helper()
		began := time.Now()
		for time.Since(began) < within+s.wait().Patience { // what has to happen in time is told by the log, and by TestRollout
			for _, name := range names {
				if leading.Load() == name {
					t.Logf("%s: %s leads after %v", what, name, time.Since(began).Round(100*time.Millisecond))
					return
				}
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Fatalf("%s: %q leads after %v, and should be one of %q", what, leading.Load(), within, names)
	}
	meddle := func(patch string) {
		t.Helper()
		ctx, cancel := s.deadline()
		defer cancel()
		_, err := leases.Patch(ctx, report.LeaseName, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
		s.must(err)
	}

	endA := compete("a")
	defer endA()
	leads("nobody has it", time.Second, "a")
	end, others := map[string]func(){"a": endA}, []string{"b", "c", "d", "e", "f", "g", "h"}
	for _, name := range others { // at different moments, so that some of them look while the holder rests
		end[name] = compete(name)
		defer end[name]()
		time.Sleep(duration / 10)
	}
	all := append([]string{"a"}, others...)
	time.Sleep(2 * duration)
	leads("it is held", 0, "a")

	ctx, cancel := s.deadline()
	defer cancel()
	s.must(leases.Delete(ctx, report.LeaseName, metav1.DeleteOptions{}))
	time.Sleep(duration / 2) // in which its holder sees that it is gone
	leads("it was deleted", 2*duration, all...)

	meddle(`{"spec":{"holderIdentity":"stranger","leaseDurationSeconds":6}}`)
	leads("a stranger took it", duration/2, "")
	leads("the stranger fell silent", 3*duration, all...)

	first := leading.Load().(string)
	end[first]()
	leads("its holder ended", duration, slices.DeleteFunc(all, func(name string) bool { return name == first })...)
}
