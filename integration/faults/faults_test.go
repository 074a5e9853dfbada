//go:build linux

package faults

import (
	_ "embed"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// What runs, and what is declared then. FRR is not asked again so soon to take what it refused, so the latter is another one
// every time: its description has a number.
var (
	//go:embed testdata/before.yaml
	before string
	//go:embed testdata/after.yaml
	after string
)

// What kube-lb0 carries, beside which it is said whether without a prefix route.
var (
	addressesBefore = []string{"10.9.1.1/32", "10.9.1.2/32 bare", "10.9.2.9/24", "10.9.3.1/32", "10.9.4.1/32 bare", "10.9.5.9/24 bare"}
	addressesAfter  = []string{"10.9.1.1/32", "10.9.1.2/32 bare", "10.9.2.9/24", "10.9.6.1/32", "10.9.7.1/32 bare", "10.9.8.9/24 bare"}
)

// transition is from what runs to something else.
type transition struct {
	text string
	// ends are where it may end, by what the agent says then.
	ends  map[string]snapshot
	steps int
}

// transitions are those of a version that a fault may be in: something else is declared, and kube-lb0 carries something else.
func (r reference) transitions() []transition {
	return []transition{
		{after, map[string]snapshot{"after": r.after, "before": r.before}, r.steps},
		{before, map[string]snapshot{"after": r.before}, r.mirrored},
	}
}

// fault is where something goes wrong.
type fault struct {
	transition
	step int
}

// A fault of every kind, or with -every 1 all of them.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			want := refer(t, version)
			t.Logf("the plan is %d commands, that for addresses alone %d", want.steps, want.mirrored)
			for i, k := range kinds(version) {
				for share, faults := range want.faults(i, k.nodes) {
					t.Run(fmt.Sprintf("%s/%d", k.name, share), func(t *testing.T) { t.Parallel(); sweep(t, version, k, faults) })
				}
			}
		})
	}
}

// faults are those of a kind, on some nodes.
func (r reference) faults(kind, nodes int) [][]fault {
	if *every == 0 {
		all := r.transitions()
		t := all[kind%len(all)]
		return [][]fault{{{t, 1 + (kind*37+11)%t.steps}}}
	}
	shares := make([][]fault, nodes)
	for _, t := range r.transitions() {
		for step, n := 1+kind%*every, 0; step <= t.steps; step, n = step+*every, n+1 {
			shares[n%nodes] = append(shares[n%nodes], fault{t, step})
		}
	}
	return shares
}

// sweep has it go wrong at some steps, one after the other, each in a transition of its own.
func sweep(t *testing.T, version lab.Version, k kind, faults []fault) {
	n := newNode(t, version)
	n.disk = k.disk
	n.declare(before, addressesBefore)
	n.startAgent()
	var longest time.Duration
	ends := map[string]int{}
	for _, f := range faults {
		n.reset()
		began := time.Now()
		end, took := n.suffer(k, f)
		ends[end]++
		longest = max(longest, took)
		t.Logf("step %d, %s: %s after %v (%v in all)", f.step, n.wire.what, end, took.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	}
	t.Logf("%s: %d faults, ended in %v, the last after %v", k.name, len(faults), ends, longest.Round(time.Millisecond))
	n.discreet()
}

// discreet makes sure that the agent has shown no password.
func (n *node) discreet() {
	n.t.Helper()
	text, err := os.ReadFile(n.status)
	if err != nil {
		n.t.Error(err)
	}
	for _, secret := range secrets {
		if strings.Contains(n.log()+string(text), secret) {
			n.t.Errorf("the agent shows %s", secret)
		}
	}
}

// reset brings the node to where every transition begins.
func (n *node) reset() {
	n.t.Helper()
	if n.number > 1 {
		n.declare(before, addressesBefore)
	}
	n.eventually("what was before runs", patience, n.runs)
	n.up(patience, steady, changed, leaves, remade, keyed)
	n.eventually("the router has heard all", patience, n.quiet)
}

// quiet says that the router has heard what kube-lb0 carries, from all that it has sessions with, and nothing for a while.
func (n *node) quiet() bool {
	for _, p := range n.heard.Established() {
		if len(n.heard.From(p).Announced()) == 0 {
			return false
		}
	}
	events := n.heard.Events()
	return n.carries() && time.Since(events[len(events)-1].At) > time.Second
}

// suffer has it go wrong at a step, and proves that it ends well: where, and after how long.
func (n *node) suffer(k kind, f fault) (end string, took time.Duration) {
	n.t.Helper()
	n.mark, n.helped = n.heard.Mark(), false
	n.wire.arm(f.step, func(c *client, command []byte) []byte { return k.strike(n, c, command) })
	n.declare(f.text, addressesAfter)
	struck := false
	n.eventually("it goes wrong, or the plan is done", patience, func() bool {
		select {
		case <-n.wire.struck:
			struck = true
		default:
		}
		return struck || n.runs() && n.carries()
	})
	if !struck {
		n.wire.disarm()
	} else if k.mend != nil {
		k.mend(n)
	}
	end, took = n.ended(k.bound, f.ends)
	if !struck {
		end += " without a fault"
	}
	if !n.helped {
		n.unhurt(k)
	}
	if end == "before" {
		n.declare(after, addressesAfter)
		n.ended(k.bound, map[string]snapshot{"after": f.ends["after"]})
	}
	return end, took
}

// patienceWithLock is how long somebody may wait who reads that mgmtd has to be restarted, before he believes it.
const patienceWithLock = 10 * time.Second

// ended waits until the agent says where it ended, and all is so: what, and after how long.
func (n *node) ended(bound time.Duration, ends map[string]snapshot) (string, time.Duration) {
	n.t.Helper()
	unlocked := false
	for began := time.Now(); ; time.Sleep(500 * time.Millisecond) {
		c := n.applied()
		if strings.Contains(c.Message, "mgmtd has to be restarted") && time.Since(began) > patienceWithLock && !unlocked {
			n.t.Logf("after %s, mgmtd kept the lock of a vtysh that was ended, and FRR is restarted", n.wire.what)
			all := kill("all", n.daemons()...)
			all.strike(n, nil, nil)
			all.mend(n)
			unlocked, began, n.helped = true, time.Now(), true
		}
		if slices.Equal(n.fallen(), []string{"mgmtd"}) {
			n.t.Logf("after %s, mgmtd ended by itself (docs/frr.md), and is restarted", n.wire.what)
			n.restart(n.fallen())
		}
		end, unlike := "", "the agent says "+c.Reason+": "+c.Message
		switch {
		case c.ObservedGeneration != int64(n.number):
		case n.runs():
			end = "after"
		case c.Reason == "RefusedByFRR" && strings.Contains(c.Message, fmt.Sprintf("Generation %d keeps running", n.number-1)):
			end = "before"
		}
		if goal, ok := ends[end]; ok {
			unlike = n.look().unlike(n.numbered(goal))
		}
		if unlike == "" {
			return end, time.Since(began)
		}
		if time.Since(began) > bound {
			n.t.Fatalf("after %s, it ended neither before nor after, within %v; the agent says %q, but\n%s\nthe router heard:\n%v\nbgpd has:\n%s\nFRR was told:\n%s\nthe agent's log:\n%s",
				n.wire.what, bound, end, unlike, n.heard.Since(n.mark), n.table(), n.wire.heard(), tail(n.log()))
		}
	}
}

// carries reports whether the router hears what kube-lb0 carries, from the neighbor of whom nothing else changes.
func (n *node) carries() bool {
	heard := n.heard.From(peer(steady)).Announced()
	for _, a := range n.carried {
		if _, ok := heard[netip.MustParsePrefix(strings.TrimSuffix(a, " bare")).Masked()]; !ok {
			return false
		}
	}
	return true
}

// unhurt makes sure that no session has ended but those that had to.
func (n *node) unhurt(k kind) {
	n.t.Helper()
	moved := []netip.Addr{peer(leaves), peer(joins), peer(remade)}
	for _, e := range n.heard.Since(n.mark) {
		if e.Kind == listener.Down && !slices.Contains(moved, e.Peer) && !k.hurts {
			n.t.Errorf("after %s: %v", n.wire.what, e)
		}
	}
}
