//go:build linux

package vtysh_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// watcher runs Watch and stamps its calls.
type watcher struct{ calls chan time.Time }

func watch(t *testing.T, c *vtysh.Client) watcher {
	w := watcher{make(chan time.Time, 1000)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- c.Watch(ctx, func() { w.calls <- time.Now() }) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Watch ended with %v", err)
			}
		case <-time.After(patience):
			t.Error("Watch did not end with its context")
		}
	})
	return w
}

// next is the time until the next call after began.
func (w watcher) next(t *testing.T, what string, began time.Time) time.Duration {
	t.Helper()
	for {
		select {
		case at := <-w.calls:
			if at.After(began) {
				return at.Sub(began)
			}
		case <-time.After(patience):
			t.Fatalf("%s was not noticed", what)
		}
	}
}

// settle waits until nothing is notified any more.
func (w watcher) settle() {
	for {
		select {
		case <-w.calls:
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

// promptly makes sure that something is noticed within 100 ms of its being so. A busy machine makes it late as often as not,
// what waits for a clock is late each time: it is tried until it is prompt, up to fifty times.
func promptly(t *testing.T, what string, once func() (late time.Duration)) {
	t.Helper()
	best := time.Hour
	for range 50 {
		if best = min(best, once()); best <= 100*time.Millisecond {
			t.Logf("%s: noticed after %s", what, best)
			return
		}
	}
	t.Errorf("%s: noticed after %s at best", what, best)
}

func TestWatchDeathAndReturn(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		w := watch(t, f.Client)
		// after is how long after the end of a change it is noticed.
		after := func(what string, change func()) time.Duration {
			w.settle()
			began := time.Now()
			change()
			took := time.Since(began)
			return max(0, w.next(t, what, began)-took)
		}
		for _, daemon := range f.FRR.Version.Daemons {
			start := func() { f.StartDaemon(daemon) }
			for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
				dead := daemon + " dead by " + sig.String()
				promptly(t, dead, func() time.Duration {
					late := after(dead, func() { f.Kill(daemon, sig) })
					start()
					return late
				})
				promptly(t, daemon+" back", func() time.Duration {
					f.Kill(daemon, sig)
					return after(daemon+" back", start)
				})
			}
		}
	})
}

func TestWatchIsQuiet(t *testing.T) {
	f := start(t, lab.FRR84)
	w := watch(t, f.Client)
	w.settle()
	apply(t, f, "router bgp 65000", "exit")
	apply(t, f, statics("ip route", 10)...)
	running(t, f)
	select {
	case <-w.calls:
		t.Error("notified though nothing died or came")
	case <-time.After(1500 * time.Millisecond):
	}
}

// The socket directory is made after Watch began, two levels deep, and is removed and made again.
func TestWatchDirectoryComesAndGoes(t *testing.T) {
	f := start(t, lab.FRR84)
	top := t.TempDir()
	dir := filepath.Join(top, "run", "frr")
	w := watch(t, vtysh.New(vtysh.Options{SocketDir: dir}))
	come := func() time.Duration {
		w.settle()
		began := time.Now()
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(f.SocketDir, "zebra.vty"), filepath.Join(dir, "zebra.vty")); err != nil {
			t.Fatal(err)
		}
		return w.next(t, "the directory", began)
	}
	die := func() time.Duration {
		w.settle()
		began := time.Now()
		f.Kill("zebra", syscall.SIGKILL)
		return w.next(t, "the death", began)
	}
	again := func() {
		f.StartDaemon("zebra")
		if err := os.RemoveAll(filepath.Join(top, "run")); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		promptly(t, "the directory", func() time.Duration { defer again(); late := come(); die(); return late })
		promptly(t, "the death", func() time.Duration { defer again(); come(); return die() })
	}
}
