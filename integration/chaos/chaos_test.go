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

// TestChaos has one fault after another strike while addresses come and go and a client asks services. After each, once it is
// mended, all must be as it should be; a node that nothing is wrong with must not notice; nothing may crash; and in the end
// the agents must not have grown.
func TestChaos(t *testing.T) {
	w := newWorld(t)
	w.settle(time.Now())
	for _, n := range w.nodes {
		n.before = n.uses()
		n.gaps()
	}
	w.client.outages(time.Now())
	r := rand.New(rand.NewPCG(*seed, 0))
	t.Logf("-seed %d", *seed)
	results := outcomes{}
	decks := map[*node][]fault{}
	began := time.Now()
	for round := 1; time.Since(began) < *length && !t.Failed(); round++ {
		w.round(round, r, decks, results)
	}
	results.report(t)
	t.Logf("mgmtd has aborted by itself %d times", w.aborted)
	if t.Failed() {
		return
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
func (w *world) round(number int, r *rand.Rand, decks map[*node][]fault, results outcomes) {
	w.Helper()
	ctx, cancel := context.WithCancel(w.Context())
	defer cancel()
	var churning sync.WaitGroup
	for _, n := range w.nodes {
		with := rand.New(rand.NewPCG(r.Uint64(), 1))
		churning.Go(func() { n.churn(ctx, with) })
	}
	var struck []*blow
	for _, n := range w.nodes {
		if r.IntN(3) == 0 {
			continue // it has enough to do with the addresses
		}
		b := &blow{fault: deal(r, n, decks), node: n, from: time.Now()}
		w.Logf("%d. %s: %s", number, n.Host.Name, b.fault.name)
		b.mend = b.fault.strike(w, n, r)
		struck = append(struck, b)
	}
	time.Sleep(time.Duration(r.Int64N(int64(*longest))))
	still := func() { cancel(); churning.Wait() }
	if !*through {
		still()
	}
	r.Shuffle(len(struck), func(i, j int) { struck[i], struck[j] = struck[j], struck[i] })
	for _, b := range struck {
		b.mend()
		b.to = time.Now()
	}
	still()
	mended := time.Now()
	right := w.settle(mended)
	lost := w.client.outages(time.Now())
	var told []string
	for _, n := range w.nodes {
		gaps := n.gaps()
		if is, err := n.carries(); err != nil || differ(is, n.ledger.carried) != "" {
			w.Fatalf("%s: what the kernel announced does not add up to what it has: %s (%v)", n.Host.Name, differ(is, n.ledger.carried), err)
		}
		o := w.judge(n, struck, gaps, lost[n.service.Addr()], right[n])
		told = append(told, fmt.Sprintf("%s %v", n.Host.Name, o))
		results.add(o)
	}
	w.Logf("%d. %s", number, strings.Join(told, "; "))
}

// blow is a fault that strikes a node, from when to when.
type blow struct {
	fault    fault
	node     *node
	from, to time.Time
	mend     func()
}

// reaches reports whether a node feels it.
func (b *blow) reaches(n *node) bool { return b.node == n || b.fault.shared }

// judge says what came of a round for a node. One that nothing was wrong with must have been prompt, and its service there for
// the client all the time.
func (w *world) judge(n *node, struck []*blow, gaps []gap, lost time.Duration, right time.Time) *outcome {
	w.Helper()
	o := &outcome{fault: untouched, node: n, lost: lost}
	var from, to time.Time
	for i, b := range slices.DeleteFunc(slices.Clone(struck), func(b *blow) bool { return !b.reaches(n) }) {
		if i == 0 {
			o.fault, from, to = b.fault.name, b.from, b.to
			continue
		}
		o.fault, from, to = several, earlier(from, b.from), later(to, b.to)
	}
	if !to.IsZero() {
		o.status = right.Sub(to)
	}
	for _, g := range gaps {
		o.weigh(g, from, to)
	}
	if o.fault == untouched {
		if worst := max(o.stale, o.missing); worst > *prompt {
			w.Errorf("%s: it took %v until the router heard of an address, or of its end, and nothing was wrong with the node", n.Host.Name, worst)
		}
		if lost > 0 {
			w.Errorf("%s: the client had no answer of %v for %v, and nothing was wrong with the node", n.Host.Name, n.service.Addr(), lost)
		}
	}
	return o
}

// deal is the next fault for a node: all that its FRR can have, in an order of chance, and then all again.
func deal(r *rand.Rand, n *node, decks map[*node][]fault) fault {
	if len(decks[n]) == 0 {
		deck := slices.DeleteFunc(slices.Clone(faults), func(f fault) bool {
			return f.since != "" && f.since != n.FRR.Version.Name || *only != "" && f.name != *only
		})
		if len(deck) == 0 {
			n.Fatalf("no fault is called %q", *only)
		}
		r.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
		decks[n] = deck
	}
	f := decks[n][0]
	decks[n] = decks[n][1:]
	return f
}
