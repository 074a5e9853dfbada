//go:build linux

package plan_test

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/supervise/plan"
)

// TestChain takes one FRR, empty at first, through changes without ever
// restarting it; a second one loads each configuration afresh. On every fifth,
// FRR's own frr-reload.py is asked too; what it does not bring about is logged
// (a password with a # in it stays, for one), as the fresh load has judged.
func TestChain(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		l := lab.New(t)
		planned, fresh := start(t, l.Host("planned"), v), start(t, l.Host("fresh"), v)
		r := rand.New(rand.NewPCG(*seed, 1))
		g := newGenome(r)
		before, asked, agreed := "", 0, 0
		for i := range max(1, *pairs*2/5) {
			wanted := g.text(t, planned.dialect)
			p := plan.Between(planned.running(t), wanted)
			if err := planned.apply(t, p); err != nil {
				t.Fatalf("step %d: FRR refuses the plan: %v\n%s", i, err, p)
			}
			after := planned.running(t)
			if err := same("after a fresh load", fresh.load(t, wanted), "after the plan", after); err != nil {
				t.Fatalf("step %d: %v\nthe plan was:\n%s", i, err, p)
			}
			if i%5 == 1 {
				fresh.load(t, before)
				asked++
				if err := same("after the plan", after, "after frr-reload.py", fresh.reload(t, wanted)); err != nil {
					t.Logf("step %d: frr-reload.py does not get there:\n%v", i, err)
				} else {
					agreed++
				}
			}
			before, g = wanted, g.near(r)
		}
		t.Logf("frr-reload.py agrees in %d of %d cases", agreed, asked)
		if asked > 0 && agreed == 0 {
			t.Error("frr-reload.py never agrees")
		}
	})
}

// reload has frr-reload.py make a configuration the running one. It takes it
// several attempts at times: it deletes members with their group's AS number
// and lines that stay, and finds out the next time.
func (n *node) reload(t *testing.T, wanted string) string {
	t.Helper()
	if err := n.WriteFile("wanted.conf", wanted); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		_, err := n.Reload(within(t, 30*time.Second), filepath.Join(n.ConfigDir, "wanted.conf"))
		if running := n.running(t); err == nil && same("wanted", wanted, "running", running) == nil {
			return running
		}
	}
	return n.running(t)
}
