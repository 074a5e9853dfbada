//go:build linux

// Package plan_test proves supervise/plan on real FRR of every version: that
// plans come true, that they can be taken back, and that they do to sessions
// what they say.
package plan_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// node is a machine with a running FRR.
type node struct {
	*lab.FRR
	client  *vtysh.Client
	dialect render.Dialect
}

// start starts FRR on a host.
func start(t *testing.T, host *lab.Host, v lab.Version) *node {
	t.Helper()
	for _, name := range links {
		if _, err := host.Exec(t.Context(), "ip", "link", "add", name, "up", "type", "ifb"); err != nil {
			t.Fatal(err)
		}
	}
	f := host.FRR(v, lab.Daemons("bfdd"))
	f.Start()
	c := vtysh.New(vtysh.Options{Path: f.VtyshPath, SocketDir: f.SocketDir, ConfigDir: f.ConfigDir})
	t.Cleanup(func() { _ = c.Close() })
	dialect, err := render.DialectOf(v.Name)
	if err != nil {
		t.Fatal(err)
	}
	return &node{f, c, dialect}
}

// eachVersion runs a test beside itself on every version of FRR.
func eachVersion(t *testing.T, test func(*testing.T, lab.Version)) {
	t.Parallel()
	for _, v := range lab.Versions {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			test(t, v)
		})
	}
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func (n *node) running(t *testing.T) string {
	t.Helper()
	text, err := n.client.Running(within(t, 10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// load makes a configuration the running one as a restart would: FRR is
// emptied, then reads all of it. It returns what FRR shows.
func (n *node) load(t *testing.T, text string) string {
	t.Helper()
	n.clear(t)
	if err := n.WriteFile("frr.conf", text); err != nil {
		t.Fatal(err)
	}
	if err := n.Boot(within(t, 10*time.Second)); err != nil {
		t.Fatal(err)
	}
	return n.running(t)
}

// clear takes back all that runs, with no help of the planner.
func (n *node) clear(t *testing.T) {
	t.Helper()
	for range 3 {
		var script []string
		for _, line := range own(n.running(t)) {
			if strings.HasPrefix(line, "bgp route-map delay-timer") {
				line = "bgp route-map delay-timer"
			}
			script = append(script, "no "+line)
		}
		if len(script) == 0 {
			return
		}
		slices.Reverse(script)
		if err := n.client.Apply(within(t, 10*time.Second), script); err != nil {
			t.Logf("clearing: %v", err)
		}
	}
	t.Fatalf("FRR keeps\n%s", n.running(t))
}

// own are the top-level lines of a configuration that say something.
func own(text string) []string {
	var lines []string
	for _, path := range paths(text) {
		if !strings.Contains(path, " / ") {
			lines = append(lines, path)
		}
	}
	return lines
}

// paths flattens a configuration into its lines, each after the contexts that
// it stands in. What FRR says of itself is left out.
func paths(text string) []string {
	var list, at []string
	for raw := range strings.Lines(text) {
		line := strings.TrimSpace(raw)
		indent := len(raw) - len(strings.TrimLeft(raw, " "))
		if line == "" || line[0] == '!' || strings.HasPrefix(line, "exit") || line == "end" {
			continue
		}
		if indent == 0 && slices.Contains([]string{"frr", "hostname", "service", "log", "no", "Building", "Current"}, strings.Fields(line)[0]) {
			at = nil
			continue
		}
		at = append(at[:min(indent, len(at))], line)
		list = append(list, strings.Join(at, " / "))
	}
	return list
}

// apply runs a plan; FRR must take all of it.
func (n *node) apply(t *testing.T, p *plan.Plan) error {
	t.Helper()
	if p.Empty() {
		return nil
	}
	return n.client.Apply(within(t, 20*time.Second), p.Script())
}
