//go:build linux

package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestChaos has one fault after another strike while addresses come and go. After each, once it is mended, all must be as it
// should be, and in the end the agents must not have grown.
func TestChaos(t *testing.T) {
	w := newWorld(t)
	for _, n := range w.nodes {
		n.well(time.Now())
		n.before = n.uses()
	}
	r := rand.New(rand.NewPCG(*seed, 0))
	t.Logf("-seed %d", *seed)
	began := time.Now()
	for round := 1; time.Since(began) < *length; round++ {
		w.round(round, r)
		if t.Failed() {
			return
		}
	}
	for _, n := range w.nodes {
		now := n.uses()
		t.Logf("%s: %v at first, %v in the end", n.Name, n.before, now)
		if now.leaks(n.before) {
			t.Errorf("%s: the agent has grown from %v to %v", n.Name, n.before, now)
		}
	}
}

// round is one fault for each of some nodes, and what comes of it.
func (w *world) round(number int, r *rand.Rand) {
	w.Helper()
	ctx, cancel := context.WithCancel(w.Context())
	var churning sync.WaitGroup
	for _, n := range w.nodes {
		with := rand.New(rand.NewPCG(r.Uint64(), 1))
		churning.Go(func() { n.churn(ctx, with) })
	}
	var struck []string
	var mends []func()
	for _, n := range w.nodes {
		if r.IntN(3) == 0 {
			continue // it has enough to do with the addresses
		}
		f := pick(r, n)
		struck = append(struck, n.Host.Name+": "+f.name)
		mends = append(mends, f.strike(w, n, r))
	}
	time.Sleep(time.Duration(r.IntN(3000)) * time.Millisecond)
	still := func() { cancel(); churning.Wait() }
	if !*through {
		still()
	}
	r.Shuffle(len(mends), func(i, j int) { mends[i], mends[j] = mends[j], mends[i] })
	for _, mend := range mends {
		mend()
	}
	still()
	mended := time.Now()
	var took []string
	for _, n := range w.nodes {
		took = append(took, fmt.Sprintf("%s %v", n.Host.Name, n.well(mended).Round(time.Millisecond)))
	}
	w.Logf("%d. %s; all is well within: %s", number, strings.Join(struck, ", "), strings.Join(took, ", "))
}

// pick is a fault that a node's FRR can have.
func pick(r *rand.Rand, n *node) fault {
	can := slices.DeleteFunc(slices.Clone(faults), func(f fault) bool {
		return f.since != "" && f.since != n.FRR.Version.Name || *only != "" && f.name != *only
	})
	return can[r.IntN(len(can))]
}
