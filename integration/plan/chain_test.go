//go:build linux

package plan_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/random"
	"github.com/k8frr/k8frr/supervise/plan"
)

var (
	chains = flag.Int("chains", 1, "how many FRRs of each version are taken through changes without a restart")
	steps  = flag.Int("steps", 12, "how many changes that are")
)

// TestChain takes an FRR, empty at first, through changes without ever
// restarting it; a second one loads each configuration afresh.
func TestChain(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		for i := range *chains {
			t.Run(fmt.Sprint("chain-", i), func(t *testing.T) { follow(t, v, uint64(i)) })
		}
	})
}

func follow(t *testing.T, v lab.Version, chain uint64) {
	l := lab.New(t)
	planned, fresh := start(t, l.Host("planned"), v), start(t, l.Host("fresh"), v)
	r := rand.New(rand.NewPCG(*seed, 7473+chain))
	n := random.NewNode(r)
	running, stays := planned.running(t), ""
	for i := range *steps {
		wanted := text(t, n, planned.dialect)
		p := plan.Between(running, wanted)
		if err := planned.apply(t, p); err != nil {
			t.Fatalf("step %d: FRR refuses the plan: %v\n%s", i, err, p)
		}
		after := planned.running(t)
		expected := append(shown(fresh.load(t, wanted)), left(running, stays)...)
		if err := alike("after a fresh load", expected, "after the plan", shown(after)); err != nil {
			t.Fatalf("step %d: %v\nthe plan was:\n%s", i, err, p)
		}
		entered, kept := n.LeftByHand()
		running, stays = planned.enter(t, entered), stays+kept
		n = another(r, n)
	}
}
