//go:build linux

package main

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/supervise/forecast"
	"github.com/k8frr/k8frr/supervise/plan"
)

// transition is a change of a configuration, in the words of a spec.
type transition struct{ name, from, to string }

const (
	first  = "10.1.0.1"
	second = "10.1.0.2"
	plain  = "  neighbors:\n  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}\n  - config: {neighborAddress: 10.1.0.2, peerAsn: 65002}\n"
	halves = `  definedSets:
  - {type: prefix, name: half, prefixes: [{ipPrefix: 10.200.0.0/16, maskLengthMin: 16, maskLengthMax: 32}]}
  - {type: community, name: marked, list: ["65000:7"]}
  policyDefinitions:
  - name: half
    statements: [{conditions: {prefixSet: {name: half}}, actions: {routeAction: accept}}]
  - name: other-half
    statements: [{conditions: {prefixSet: {name: half, match: invert}}, actions: {routeAction: accept}}]
  - name: marks
    statements:
    - {conditions: {prefixSet: {name: half}}, actions: {community: {type: add, communities: ["65000:7"]}}}
    - {conditions: {communitySet: {name: marked}}, actions: {routeAction: reject}}
`
)

// with changes the neighbors of a configuration.
func with(oldAndNew ...string) string { return strings.NewReplacer(oldAndNew...).Replace(plain) }

// exporting has the first neighbor get what a policy lets through.
func exporting(policy string) string {
	return halves + with("peerAsn: 65001}", "peerAsn: 65001}\n    applyPolicy: {exportPolicy: {policies: ["+policy+"], defaultAction: reject}}")
}

var transitions = []transition{
	{"the same", plain, plain},
	{"description", plain, with("65001}", "65001, description: other}")},
	{"password", plain, with("65001}", "65001, authPassword: hunter2}")},
	{"shutdown", plain, with("65002}", "65002, adminDown: true}")},
	{"a neighbor leaves", plain, plain[:strings.LastIndex(plain, "  - ")]},
	{"second family", plain, with("65001}", "65001}\n    afiSafis: [{family: ipv4-unicast}, {family: ipv6-unicast}]")},
	{"hold time", plain, with("65001}", "65001}\n    timers: {holdTime: 30}")},
	{"communities", plain, with("65001}", "65001, sendCommunity: none}")},
	{"source", plain, with("65001}", "65001}\n    transport: {localAddress: 10.1.0.9}")},
	{"half is filtered", plain, exporting("half")},
	{"the other half", exporting("half"), exporting("other-half")},
	{"marked, then rejected", plain, strings.Replace(exporting("marks"), "defaultAction: reject", "defaultAction: accept", 1)},
	{"both halves", exporting("half"), exporting("half, other-half")},
	{"nothing is imported", plain, "  netlinkImport: {enabled: false}\n" + plain},
	{"everything at once", plain, exporting("half")[:strings.LastIndex(exporting("half"), "  - ")]},
}

// lanes is how many labs share the work on each version of FRR.
const lanes = 3

var whole = flag.Bool("whole", false, "make every change on every version of FRR, and not on one in turn")

func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", strconv.Itoa(lanes*len(lab.Versions))) // unless the command line says otherwise: a lane mostly waits
	flag.Parse()
	os.Exit(m.Run())
}

// TestForecastsComeTrue makes changes on real FRR of every version and compares
// what peers hear with what was forecast.
func TestForecastsComeTrue(t *testing.T) {
	for turn, v := range lab.Versions {
		for lane := range lanes {
			t.Run(fmt.Sprint(v.Name, " lane ", lane), func(t *testing.T) {
				t.Parallel()
				r := newRig(t, v)
				for i, tr := range transitions {
					if i%lanes == lane && (*whole || (i/lanes)%len(lab.Versions) == turn) {
						t.Run(tr.name, func(t *testing.T) { r.try(t, tr.from, tr.to) })
						t.Run(tr.name+", back", func(t *testing.T) { r.try(t, tr.to, tr.from) })
					}
				}
			})
		}
	}
}

// outcome is what becomes of sessions and of prefixes, in words.
type outcome struct{ Ended, Lost, Gained []string }

// foretold is the part of a forecast that can be heard: at a peer whose session
// stays, ends or begins, and what it knows afterwards.
func foretold(f *forecast.Forecast) outcome {
	var out outcome
	for _, c := range f.Changes {
		for _, s := range c.Sessions {
			if s.Effect == forecast.Reset || s.Effect == forecast.Removed {
				out.Ended = append(out.Ended, s.Peer)
			}
		}
		for _, route := range c.Routes {
			if text := route.Peer + " " + route.What; route.Gained {
				out.Gained = append(out.Gained, text)
			} else {
				out.Lost = append(out.Lost, text)
			}
			if !route.Certain {
				out.Lost = append(out.Lost, "uncertain")
			}
		}
	}
	slices.Sort(out.Lost)
	slices.Sort(out.Gained)
	return out
}

// try brings the node to where the change begins, forecasts it and makes it.
func (r *rig) try(t *testing.T, from, to string) {
	before, after := r.fleet(t, from), r.fleet(t, to)
	r.take(t, before, from)
	told := foretold(forecast.Of(before, after, r.version))
	known := map[string][]netip.Prefix{}
	for peer, ear := range r.ears {
		known[peer] = prefixes(ear)
	}
	marks := map[string]int{}
	heard := map[string][]listener.Event{}
	r.replaced = func(peer string, ear *listener.Listener) {
		heard[peer] = append(heard[peer], ear.Since(marks[peer])...)
		marks[peer] = 0
	}
	for peer, ear := range r.ears {
		marks[peer] = ear.Mark()
	}
	p := r.take(t, after, to)
	r.replaced = nil
	var got outcome
	for _, peer := range []string{first, second} {
		ear := r.ears[peer]
		events := append(heard[peer], ear.Since(marks[peer])...)
		if slices.ContainsFunc(events, func(e listener.Event) bool { return e.Kind == listener.Down }) {
			got.Ended = append(got.Ended, peer)
		}
		now := prefixes(ear)
		got.Lost = append(got.Lost, without(peer, known[peer], now)...)
		got.Gained = append(got.Gained, without(peer, now, known[peer])...)
	}
	slices.Sort(got.Lost)
	slices.Sort(got.Gained)
	if diff := cmp.Diff(told, got); diff != "" {
		t.Errorf("(-forecast +heard):\n%s\nby the plan\n%s", diff, p)
	}
}

// without are the prefixes that are in one list and not in the other.
func without(peer string, list, other []netip.Prefix) []string {
	var out []string
	for _, p := range list {
		if !slices.Contains(other, p) {
			out = append(out, fmt.Sprint(peer, " ", p))
		}
	}
	return out
}

// take makes the node run what a fleet says, and waits until all is quiet.
func (r *rig) take(t *testing.T, f fleetOf, spec string) *plan.Plan {
	t.Helper()
	g := &f.Groups[0]
	p := plan.Between(r.running(t), g.Text(g.Members[0]).Reveal())
	if !p.Empty() {
		if err := r.client.Apply(r.within(t, patience), p.Script()); err != nil {
			t.Fatalf("FRR refuses the plan: %v\n%s", err, p)
		}
	}
	time.Sleep(200 * time.Millisecond) // for the last words on sessions whose listener is replaced now
	r.listen(t, g.Config)
	applied := time.Now()
	for _, n := range g.Config.Neighbors {
		if !n.AdminDown {
			if _, err := r.ears[n.ID].WaitEstablished(r.within(t, patience)); err != nil {
				t.Fatalf("%s: %v", n.ID, err)
			}
		}
	}
	// bgp route-map delay-timer 1, and FRR's own hold times
	time.Sleep(time.Until(applied.Add(2 * time.Second)))
	for end := time.Now().Add(patience); r.quiet() < 1500*time.Millisecond && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	return p
}
