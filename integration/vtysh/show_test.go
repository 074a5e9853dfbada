//go:build linux

package vtysh_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

func TestShow(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		t.Run("version", func(t *testing.T) {
			if v, err := f.Client.Version(t.Context()); err != nil || !strings.HasPrefix(v, f.FRR.Version.Name) {
				t.Errorf("version %q, %v; want %s", v, err, f.FRR.Version)
			}
		})
		t.Run("daemons", func(t *testing.T) {
			daemons, err := f.Daemons(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := slices.Sorted(slices.Values(f.FRR.Version.Daemons))
			if got := slices.Sorted(maps.Keys(daemons)); !slices.Equal(got, want) {
				t.Errorf("daemons %v, want %v", got, want)
			}
			for name, err := range daemons {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
		t.Run("json", func(t *testing.T) {
			text, err := f.Show(t.Context(), "zebra", "show ip route summary json")
			if err != nil || !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
				t.Errorf("%q, %v", text, err)
			}
		})
		t.Run("warning", func(t *testing.T) { // there is no BGP yet: status 1
			if text, err := f.Show(t.Context(), "bgpd", "show bgp summary json"); err != nil || strings.TrimSpace(string(text)) != "{}" {
				t.Errorf("%q, %v", text, err)
			}
		})
		t.Run("refused", func(t *testing.T) {
			text, err := f.Show(t.Context(), "bgpd", "show nonsense")
			var r *vtysh.Refusal
			if !errors.As(err, &r) || r.Daemon != "bgpd" || r.Status != 2 || !strings.Contains(r.Message, "Unknown command") {
				t.Errorf("%q, %v", text, err)
			}
			if _, err := f.Show(t.Context(), "bgpd", "show version"); err != nil {
				t.Errorf("the next command: %v", err)
			}
		})
		t.Run("only show", func(t *testing.T) {
			for _, command := range []string{"configure terminal", "show version\x00configure terminal", "show version\nend"} {
				if _, err := f.Show(t.Context(), "bgpd", command); err == nil {
					t.Errorf("%q was run", command)
				}
			}
		})
		t.Run("concurrently", func(t *testing.T) {
			var wg sync.WaitGroup
			for range 20 {
				for _, daemon := range []string{"zebra", "bgpd", "staticd"} {
					wg.Go(func() {
						for range 20 {
							if text, err := f.Show(t.Context(), daemon, "show version"); err != nil || !bytes.HasPrefix(text, []byte("FRRouting")) {
								t.Errorf("%s: %.40q, %v", daemon, text, err)
							}
						}
					})
				}
			}
			wg.Wait()
		})
		t.Run("running", func(t *testing.T) {
			text := running(t, f)
			if n := strings.Count(text, "frr version "+f.FRR.Version.Name); n != len(f.FRR.Version.Daemons) || !strings.HasSuffix(text, "\n") {
				t.Errorf("running configuration:\n%s", text)
			}
		})
	})
}

// Giving up on a long answer must not hurt the daemon: 10.3 crashes when its reader goes away.
func TestAnswerGivenUp(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		apply(t, f, statics("ip route", 4000)...)
		pids := map[string]int{}
		for _, daemon := range f.FRR.Version.Daemons {
			pids[daemon] = f.Host.Process(daemon).PID()
		}
		for range 20 {
			for name, call := range map[string]func(context.Context) error{
				"show": func(ctx context.Context) error {
					_, err := f.Show(ctx, "zebra", "show ip route static json")
					return err
				},
				"running": func(ctx context.Context) error { _, err := f.Running(ctx); return err },
			} {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
				if err := call(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s: %v", name, err)
				}
				cancel()
			}
		}
		if _, err := f.Show(t.Context(), "zebra", "show version"); err != nil {
			t.Error(err)
		}
		if text := running(t, f); strings.Count(text, "\nip route ") != 4000 {
			t.Errorf("%d routes", strings.Count(text, "\nip route "))
		}
		for _, daemon := range f.FRR.Version.Daemons {
			if p := f.Host.Process(daemon); !p.Running() || p.PID() != pids[daemon] {
				t.Errorf("%s has crashed", daemon)
			}
		}
	})
}

func TestLargeAnswer(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		apply(t, f, statics("ip route", 4000)...)
		const command = "show ip route static json"
		text, err := f.Show(t.Context(), "zebra", command)
		if err != nil || len(text) < 1<<20 || !bytes.HasSuffix(bytes.TrimSpace(text), []byte("}")) {
			t.Fatalf("%d bytes, %v", len(text), err)
		}
		small := vtysh.New(vtysh.Options{Path: f.VtyshPath, SocketDir: f.SocketDir, ConfigDir: f.ConfigDir, MaxAnswer: 100_000})
		defer small.Close()
		if text, err := small.Show(t.Context(), "zebra", command); err == nil || !strings.Contains(err.Error(), "more than 100000 bytes") {
			t.Errorf("%d bytes, %v", len(text), err)
		}
		if _, err := small.Show(t.Context(), "zebra", "show version"); err != nil {
			t.Errorf("the next command: %v", err)
		}
		if _, err := small.Running(t.Context()); err == nil || !strings.Contains(err.Error(), "more than 100000 bytes") {
			t.Errorf("running configuration: %v", err)
		}
	})
}

// A daemon that is stopped accepts connections (the kernel does) and never answers.
func TestHungDaemon(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		if _, err := f.Show(t.Context(), "bgpd", "show version"); err != nil {
			t.Fatal(err)
		}
		f.Kill("bgpd", syscall.SIGSTOP)
		calls := map[string]func(context.Context) error{
			"show, connected": func(ctx context.Context) error { _, err := f.Show(ctx, "bgpd", "show version"); return err },
			"show, again":     func(ctx context.Context) error { _, err := f.Show(ctx, "bgpd", "show version"); return err },
			"running":         func(ctx context.Context) error { _, err := f.Running(ctx); return err },
			"apply":           func(ctx context.Context) error { return f.Apply(ctx, []string{"router bgp 65000", "exit"}) },
			"daemons":         func(ctx context.Context) error { d, _ := f.Daemons(ctx); return d["bgpd"] },
		}
		for name, call := range calls {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			began := time.Now()
			err := call(ctx)
			cancel()
			if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > time.Minute {
				t.Errorf("%s: %v after %s", name, err, took)
			}
		}
		if _, err := f.Show(t.Context(), "zebra", "show version"); err != nil {
			t.Errorf("zebra: %v", err)
		}
		f.Kill("bgpd", syscall.SIGCONT)
		for name, call := range calls {
			if err := call(t.Context()); err != nil {
				t.Errorf("%s, after it went on: %v", name, err)
			}
		}
	})
}

// The default deadline holds where the caller has none.
func TestDefaultDeadline(t *testing.T) {
	f := start(t, lab.FRR84)
	f.Kill("bgpd", syscall.SIGSTOP)
	c := vtysh.New(vtysh.Options{Path: f.VtyshPath, SocketDir: f.SocketDir, ConfigDir: f.ConfigDir, Timeout: 200 * time.Millisecond})
	defer c.Close()
	if _, err := c.Show(context.Background(), "bgpd", "show version"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("show: %v", err)
	}
	if _, err := c.Running(context.Background()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("running: %v", err)
	}
	f.Kill("bgpd", syscall.SIGCONT)
}

func TestRestartedAndMissingDaemon(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		show := func() error { _, err := f.Show(t.Context(), "bgpd", "show version"); return err }
		if err := show(); err != nil {
			t.Fatal(err)
		}
		f.Kill("bgpd", syscall.SIGKILL)
		if err := show(); err == nil || !strings.Contains(err.Error(), "bgpd is not running") {
			t.Errorf("while it is dead: %v", err)
		}
		if daemons, err := f.Daemons(t.Context()); err != nil || daemons["bgpd"] == nil || daemons["zebra"] != nil {
			t.Errorf("daemons %v, %v", daemons, err)
		}
		f.StartDaemon("bgpd")
		if err := show(); err != nil {
			t.Errorf("after its restart: %v", err)
		}
		f.Kill("bgpd", syscall.SIGKILL)
		f.StartDaemon("bgpd")
		if err := show(); err != nil {
			t.Errorf("after a restart that nobody saw: %v", err)
		}
		if _, err := f.Show(t.Context(), "ospfd", "show version"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a daemon that never ran: %v", err)
		}
	})
}
