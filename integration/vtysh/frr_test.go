//go:build linux

// Package vtysh_test proves supervise/vtysh on real FRR of every version.
package vtysh_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// frr is a running FRR with an interface kube-lb0, and a client of it.
type frr struct {
	*lab.FRR
	*vtysh.Client
}

func start(tb lab.TB, v lab.Version) frr {
	tb.Helper()
	host := lab.New(tb).Host("node")
	if _, err := host.Exec(context.Background(), "ip", "link", "add", "kube-lb0", "up", "type", "ifb"); err != nil {
		tb.Fatalf("%v", err)
	}
	f := frr{FRR: host.FRR(v)}
	f.Start()
	f.Client = client(tb, f.FRR)
	apply(tb, f, "no ip prefix-list ABSENT") // so that mgmtd has let go of its own lock
	return f
}

func client(tb lab.TB, f *lab.FRR) *vtysh.Client {
	c := vtysh.New(vtysh.Options{Path: f.VtyshPath, SocketDir: f.SocketDir, ConfigDir: f.ConfigDir, Timeout: 5 * time.Minute})
	tb.Cleanup(func() { c.Close() })
	return c
}

// eachVersion runs a test on a new FRR of each version.
func eachVersion(t *testing.T, test func(*testing.T, frr)) {
	for _, v := range lab.Versions {
		t.Run(v.Name, func(t *testing.T) { test(t, start(t, v)) })
	}
}

// apply retries while FRR's configuration is locked, as every caller of Apply must: mgmtd locks it itself after a start.
func apply(t lab.TB, f frr, lines ...string) {
	t.Helper()
	within(t, "FRR's configuration is not locked", func() bool {
		err := f.Apply(context.Background(), lines)
		if err != nil && !errors.Is(err, vtysh.ErrLocked) {
			t.Fatalf("apply %q: %v", lines, err)
		}
		return err == nil
	})
}

func running(t *testing.T, f frr) string {
	t.Helper()
	text, err := f.Running(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// hasLine reports whether a configuration has that line, whatever its indentation.
func hasLine(config, line string) bool {
	for l := range strings.Lines(config) {
		if strings.TrimSpace(l) == line {
			return true
		}
	}
	return false
}

func refusals(t *testing.T, err error) vtysh.Refusals {
	t.Helper()
	var rs vtysh.Refusals
	if !errors.As(err, &rs) {
		t.Fatalf("got error %v, want refusals", err)
	}
	return rs
}

// statics are n route commands, each for another prefix.
func statics(prefix string, n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("%s 10.%d.%d.0/24 kube-lb0 tag 7473", prefix, 100+i>>8, i&255)
	}
	return lines
}

// patience is how long anything may take that must happen. It is long because the machine may be busy.
const patience = 2 * time.Minute

// within waits until fn is true.
func within(t lab.TB, what string, fn func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !fn(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}
