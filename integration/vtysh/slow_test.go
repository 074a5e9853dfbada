//go:build linux

package vtysh_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/supervise/vtysh"
)

// list is a script of so many lines of a prefix list.
func list(name string, n int) []string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf("ip prefix-list %s seq %d permit 10.%d.%d.0/24", name, i+1, i/256, i%256))
	}
	return lines
}

// neighbors is a script of so many neighbors that do not connect.
func neighbors(n int) []string {
	lines := []string{"router bgp 65000"}
	for i := range n {
		lines = append(lines, fmt.Sprintf(" neighbor 192.0.%d.%d remote-as 65001", i/250, 1+i%250), fmt.Sprintf(" neighbor 192.0.%d.%d shutdown", i/250, 1+i%250))
	}
	return append(lines, "exit")
}

// TestSlowFRR applies scripts to an FRR that has 5 % of a core. Both are applied as a whole, though the second takes twice
// as long as FRR may take for one answer. K8FRR_SLOW_LINES has it apply a longer list, with the timeout that the agent has.
func TestSlowFRR(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		timeout, lines := 5*time.Second, 100
		if s := os.Getenv("K8FRR_SLOW_LINES"); s != "" {
			timeout = time.Minute
			var err error
			if lines, err = strconv.Atoi(s); err != nil {
				t.Fatal(err)
			}
		}
		slow := vtysh.New(vtysh.Options{Path: f.VtyshPath, SocketDir: f.SocketDir, ConfigDir: f.ConfigDir, Timeout: timeout})
		t.Cleanup(func() { slow.Close() })
		f.Host.Throttle(5, f.FRR.Version.Daemons...)
		applied := func(kind string, lines []string) time.Duration {
			began := time.Now()
			if err := slow.Apply(t.Context(), lines); err != nil {
				t.Fatalf("%s: %d lines, after %v: %v", kind, len(lines), time.Since(began), err)
			}
			took := time.Since(began)
			t.Logf("%s: %d lines in %v", kind, len(lines), took.Round(time.Millisecond))
			text := running(t, f)
			for _, line := range lines {
				if line != "exit" && !hasLine(text, strings.TrimSpace(line)) {
					t.Fatalf("%s: %q is not in the running configuration", kind, line)
				}
			}
			return took
		}
		applied("a list, by vtysh", list("LIST", lines))
		// Of lines that FRR knows already each is answered soon, and there may be any number.
		for n := 10; ; n *= 2 {
			if applied("neighbors, by bgpd's socket", slices.Repeat(neighbors(100), n)) > 2*timeout {
				break
			}
		}
	})
}

// TestSilentCommit halts the daemons while they have a long script, for longer than they may take for one answer, and
// lets them continue: FRR is as silent while it commits a long list. The silence is reported meanwhile.
func TestSilentCommit(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		const timeout = 2 * time.Second
		var told, mosts atomic.Int64
		applying := func(silent, most time.Duration) {
			if silent > 0 {
				told.Store(int64(silent))
			}
			mosts.Store(int64(most))
		}
		slow := vtysh.New(vtysh.Options{Path: f.VtyshPath, SocketDir: f.SocketDir, ConfigDir: f.ConfigDir, Timeout: timeout, Applying: applying})
		t.Cleanup(func() { slow.Close() })
		lines := append(list("LONG", 400), "router bgp 65000", "exit")
		signal := func(sig syscall.Signal) {
			if err := f.Host.Process("bgpd").Signal(sig); err != nil {
				t.Fatal(err)
			}
		}
		signal(syscall.SIGSTOP)
		time.AfterFunc(2*timeout, func() { _ = f.Host.Process("bgpd").Signal(syscall.SIGCONT) })
		if err := slow.Apply(t.Context(), lines); err != nil {
			t.Error(err)
		}
		if text := running(t, f); !hasLine(text, lines[399]) {
			t.Errorf("%q is not in the running configuration", lines[399])
		}
		if silent, most := time.Duration(told.Load()), time.Duration(mosts.Load()); silent != timeout/3 || most <= 2*timeout {
			t.Errorf("FRR is said to be silent for %v, and that it may be for %v", silent, most)
		}
	})
}

// TestHaltedFRR checks that a script which gets no answer is ended after the timeout.
func TestHaltedFRR(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		const timeout = time.Second
		hasty := vtysh.New(vtysh.Options{Path: f.VtyshPath, SocketDir: f.SocketDir, ConfigDir: f.ConfigDir, Timeout: timeout})
		t.Cleanup(func() { hasty.Close() })
		for kind, lines := range map[string][]string{
			"by vtysh":         {"bgp community-list standard A seq 5 permit 65000:1", "router bgp 65000", "exit"},
			"by bgpd's socket": {"router bgp 65000", " neighbor 192.0.2.9 remote-as 65001", "exit"},
		} {
			p := f.Host.Process("bgpd")
			if err := p.Signal(syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			err := hasty.Apply(t.Context(), lines)
			_ = p.Signal(syscall.SIGCONT)
			if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no progress for 1") {
				t.Errorf("%s: %v", kind, err)
			}
		}
	})
}
