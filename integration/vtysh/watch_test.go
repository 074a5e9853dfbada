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
		case <-time.After(5 * time.Second):
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
		case <-time.After(5 * time.Second):
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

const noticed = 100 * time.Millisecond

func TestWatchDeathAndReturn(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		w := watch(t, f.Client)
		w.settle()
		for _, daemon := range f.FRR.Version.Daemons {
			for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
				began := time.Now()
				f.Kill(daemon, sig)
				down := time.Since(began)
				if d := w.next(t, daemon+" dead", began); d > down+noticed {
					t.Errorf("%s, %s: ended after %s, noticed after %s", daemon, sig, down, d)
				} else {
					t.Logf("%s, %s: ended after %s, noticed after %s", daemon, sig, down, d)
				}
				w.settle()
				began = time.Now()
				f.StartDaemon(daemon)
				up := time.Since(began)
				if d := w.next(t, daemon+" back", began); d > up+noticed {
					t.Errorf("%s: answered after %s, noticed after %s", daemon, up, d)
				} else {
					t.Logf("%s: answered after %s, noticed after %s", daemon, up, d)
				}
				w.settle()
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
	for range 2 {
		w.settle()
		began := time.Now()
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(f.SocketDir, "zebra.vty"), filepath.Join(dir, "zebra.vty")); err != nil {
			t.Fatal(err)
		}
		if d := w.next(t, "the directory", began); d > noticed {
			t.Errorf("the directory: noticed after %s", d)
		}
		w.settle()
		began = time.Now()
		f.Kill("zebra", syscall.SIGKILL)
		if d := w.next(t, "death", began); d > noticed {
			t.Errorf("death: noticed after %s", d)
		}
		f.StartDaemon("zebra")
		if err := os.RemoveAll(filepath.Join(top, "run")); err != nil {
			t.Fatal(err)
		}
	}
}
