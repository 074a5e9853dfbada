//go:build linux

package controlplane

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
)

// TestControlPlane has one fault after another strike while addresses come and go. What the routers hear must be what the
// kernels carry all the time, and once a fault is mended all objects must tell the truth. In the end the agents must not have
// grown.
func TestControlPlane(t *testing.T) {
	w := newWorld(t)
	began := time.Now()
	w.right(began, *patience, "at first")
	t.Logf("-seed %d; all is right %v after the agents' start", *seed, time.Since(began).Round(time.Millisecond))
	for _, n := range w.nodes {
		n.before = n.uses()
	}
	r := rand.New(rand.NewPCG(*seed, 0))
	began = time.Now()
	for round := 1; time.Since(began) < *length; round++ {
		w.round(round, w.pick(r), r)
	}
	t.Logf("in %v:\n%s", time.Since(began).Round(time.Second), w.table)
	w.must(figures.Write(*rows, w.table.rows()))
	for _, n := range w.nodes {
		now := n.uses()
		t.Logf("%s: %v at first, %v in the end", n.Host.Name, n.before, now)
		if now.leaks(n.before) {
			t.Errorf("%s: the agent has grown from %v to %v", n.Host.Name, n.before, now)
		}
	}
}

// round is one fault, and what comes of it.
func (w *world) round(number int, f fault, r *rand.Rand) {
	w.Helper()
	resets := [len(w.routers)]int{}
	asked := make([]int, len(w.nodes))
	for i, router := range w.routers {
		resets[i] = router.Resets()
	}
	for i, n := range w.nodes {
		if time.Since(n.lives) > 20*time.Minute {
			n.renew()
		}
		asked[i] = n.asked()
		n.begin(rand.New(rand.NewPCG(r.Uint64(), 1)))
	}

	w.Logf("%d. %s", number, f.name)
	began := time.Now()
	mend := f.strike(w, r)
	time.Sleep(f.lasts + 300*time.Millisecond + time.Duration(r.Int64N(int64(min(*length/10, 3*time.Second)))))
	if f.during != nil {
		if err := f.during(w); err != nil {
			w.Errorf("%d. %s: %v", number, f.name, err)
		}
	}
	var rate float64
	lasted := time.Since(began)
	for i, n := range w.nodes {
		requests := n.asked() - asked[i]
		rate = max(rate, float64(requests)/lasted.Seconds())
		if float64(requests) > burst+often*lasted.Seconds() {
			w.Errorf("%d. %s: %s made %d requests in %v", number, f.name, n.Host.Name, requests, lasted.Round(time.Millisecond))
		}
	}
	mend()
	mended := time.Now()
	var slowest time.Duration
	for _, n := range w.nodes {
		n.churn.stop()
		slowest = max(slowest, n.judge(number, f))
		n.marks(number)
	}
	within := f.within
	if within == 0 {
		within = usually
	}
	right := w.right(mended, within, f.name)
	for i, router := range w.routers {
		if ended := router.Resets() - resets[i]; ended != 0 && !slices.Contains(f.resets, i) {
			w.Errorf("%d. %s: %d sessions of %s ended", number, f.name, ended, router.address)
		}
	}
	declared := time.Now()
	w.describe(fmt.Sprintf("round %d", number))
	told := w.right(declared, usually, f.name+", and a change after it")
	w.Logf("%d. %s for %v: all is right %v after, a change runs after %v; %.1f requests/s; slowest address %v", number, f.name, lasted.Round(100*time.Millisecond),
		right.Round(time.Millisecond), told.Round(time.Millisecond), rate, slowest.Round(time.Millisecond))
	w.table.add(f.name, right, told, rate, slowest)
}

// An agent makes no more requests than so many at once, and so many a second, whatever the server answers.
const (
	burst = 40
	often = 12
)

// judge says what of a node's addresses was heard late, or wrongly, and returns how long the slowest took.
func (n *node) judge(number int, f fault) time.Duration {
	n.Helper()
	c := &n.churn
	if !n.Process("agent").Running() {
		n.Fatalf("%d. %s: %s: the agent has ended: %v", number, f.name, n.Host.Name, n.Process("agent").Err())
	}
	if slices.Contains(f.resets, plain) {
		return 0
	}
	if len(c.late) > 0 && !f.silenced {
		n.Errorf("%d. %s: %s: not heard within %v: %q", number, f.name, n.Host.Name, late, c.late)
	}
	if wrong := n.wrong(); wrong != "" {
		n.Errorf("%d. %s: %s: %s", number, f.name, n.Host.Name, wrong)
	}
	if len(c.took) == 0 {
		return 0
	}
	return slices.Max(c.took)
}

// marks puts on an address that no status can have listed before.
func (n *node) marks(number int) {
	for _, verb := range []string{"add", "del"} {
		n.try("ip", "address", verb, fmt.Sprintf("10.8.%d.%d/32", number/250%250, number%250), "dev", kubeLB)
		number--
	}
}

// right waits until nothing is wrong, and returns how long that took since a moment, which must not be longer than within.
func (w *world) right(since time.Time, within time.Duration, after string) time.Duration {
	w.Helper()
	var amiss, last error
	w.wait().Until("all is right after "+after, func() bool { last, amiss = amiss, w.amiss(); return amiss == nil }, func() any { return amiss })
	took := time.Since(since)
	if took > within {
		w.Errorf("all was right only %v after %s, and not within %v: %v", took, after, within, last)
	}
	if took > within/4 {
		w.Logf("%s: the last to be right, after %v: %v", after, took.Round(time.Millisecond), last)
	}
	return took
}
