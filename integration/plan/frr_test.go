//go:build linux

// Package plan_test proves supervise/plan on real FRR of every version: that
// plans come true, that they can be taken back, and that they do to sessions
// what they say.
package plan_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/random"
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
	for _, name := range random.Interfaces {
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

// patience is how long FRR may take for one call. It is long because the machine may be busy, and FRR 8.4 takes its time for a
// list of a thousand entries even where it is not.
const patience = 10 * time.Minute

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func (n *node) running(t *testing.T) string {
	t.Helper()
	text, err := n.client.Running(within(t, patience))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// load makes a configuration the running one by a restart, and returns what FRR
// shows then.
func (n *node) load(t *testing.T, text string) string {
	t.Helper()
	n.StopAll()
	if err := n.WriteFile("frr.conf", text); err != nil {
		t.Fatal(err)
	}
	n.Start()
	return n.running(t)
}

// enter enters lines as somebody would by hand, without minding what FRR
// refuses, and returns what FRR shows then.
func (n *node) enter(t *testing.T, text string) string {
	t.Helper()
	if text != "" {
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		var refused vtysh.Refusals
		if err := n.client.Apply(within(t, patience), lines); err != nil && !errors.As(err, &refused) {
			t.Fatal(err)
		}
	}
	return n.running(t)
}

// paths flattens a configuration into its lines, each after the contexts that
// it stands in. What FRR says of itself is left out, and so is the order in which
// it was told of the members of a confederation.
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
		if members, ok := strings.CutPrefix(line, confederation); ok {
			line = confederation + strings.Join(slices.Sorted(strings.FieldsSeq(members)), " ")
		}
		at = append(at[:min(indent, len(at))], line)
		list = append(list, strings.Join(at, " / "))
	}
	return list
}

const confederation = "bgp confederation peers "

// apply runs a plan; FRR must take all of it.
func (n *node) apply(t *testing.T, p *plan.Plan) error {
	t.Helper()
	if p.Empty() {
		return nil
	}
	return n.client.Apply(within(t, patience), p.Script())
}
