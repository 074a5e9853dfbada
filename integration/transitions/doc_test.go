//go:build linux

// Package transitions proves on real FRR of every version that a plan hurts no
// one: what a node's peers hear while it goes from one configuration to another
// is what the plan said, and nothing besides.
package transitions_test

import (
	"context"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "6") // unless the command line says otherwise: a lane mostly waits
	flag.Parse()
	os.Exit(m.Run())
}

// node is a machine with a running FRR.
type node struct {
	*lab.FRR
	client  *vtysh.Client
	dialect render.Dialect
	// slowly has plans applied step by step, each with the time to be heard.
	slowly bool
}

// start starts FRR on a host with interfaces for service addresses.
func start(t *testing.T, host *lab.Host, v lab.Version) *node {
	t.Helper()
	for _, name := range links {
		host.KubeLB(name)
	}
	f := host.FRR(v, lab.Daemons("bfdd"))
	f.Start()
	c := vtysh.New(vtysh.Options{Path: f.VtyshPath, SocketDir: f.SocketDir, ConfigDir: f.ConfigDir})
	t.Cleanup(func() { _ = c.Close() })
	dialect, err := render.DialectOf(v.Name)
	if err != nil {
		t.Fatal(err)
	}
	return &node{FRR: f, client: c, dialect: dialect}
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

// apply runs a plan as the agent does, part by part; FRR must take all of it.
// FRR 8.4 takes its time for a list of a thousand entries.
func (n *node) apply(t *testing.T, p *plan.Plan) error {
	t.Helper()
	parts := p.Parts()
	if n.slowly {
		parts = nil
		for i := range p.Steps {
			parts = append(parts, &plan.Plan{Steps: p.Steps[i : i+1]})
		}
	}
	for _, part := range parts {
		if part.Empty() {
			continue
		}
		if err := n.client.Apply(within(t, patience), part.Script()); err != nil {
			return err
		}
		if n.slowly {
			time.Sleep(together * 3 / 2)
		}
	}
	return nil
}
