//go:build linux

package transitions_test

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"

	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
)

// table is what a router knows from the node: prefixes, each with what is said
// of it.
type table map[netip.Prefix]string

func (r *router) table() table {
	t := table{}
	if r.ear != nil {
		for prefix, route := range r.ear.Announced() {
			t[prefix] = said(route)
		}
	}
	return t
}

// said is everything that an announcement says.
func said(r listener.Route) string {
	var out strings.Builder
	for _, a := range r.Attributes {
		if a.GetType() != bgp.BGP_ATTR_TYPE_MP_REACH_NLRI && a.GetType() != bgp.BGP_ATTR_TYPE_NEXT_HOP {
			fmt.Fprint(&out, a, " ")
		}
	}
	return fmt.Sprint(out.String(), via, r.NextHop, " ", r.LinkLocal)
}

const via = "via "

// same reports whether what a router hears is what it knew or knows. When FRR
// regroups its peers it sends itself for the next hop now and then, where that
// is on the peer's own network: the packets come through all the same.
func (r *router) same(now listener.Route, known string) bool {
	text := said(now)
	if now.NextHop != r.remote {
		return text == known
	}
	text, _, _ = strings.Cut(text, via)
	known, _, _ = strings.Cut(known, via)
	return text == known
}

// transition takes the node from what it runs to something else by a plan, and
// tells who was hurt.
func (f *fabric) transition(t *testing.T, in render.Input) (faults []string) {
	t.Helper()
	config, wanted := rendered(t, in)
	known := map[string]table{} // before the kernel has what FRR may announce without being told
	for peer, r := range f.routers {
		known[peer] = r.table()
	}
	f.kernel(t, in.Links)
	running := f.running(t)
	before := map[string]table{}
	f.listen()
	for peer, r := range f.routers {
		before[peer] = r.table()
	}
	p := plan.Between(running, wanted)
	began := time.Now()
	if err := f.apply(t, p); err != nil {
		return []string{fmt.Sprintf("FRR refuses the plan: %v\n%s", err, p)}
	}
	applied := time.Now()
	if d := plan.Differences(f.running(t), wanted); len(d) > 0 {
		faults = append(faults, fmt.Sprintf("differences remain: %v", d))
	}
	f.turn(t)                          // for the last words
	time.Sleep(200 * time.Millisecond) // on sessions whose listener is replaced now
	up := f.adjust(t, config, "")
	faults = append(faults, f.settle(t, applied, up)...)
	told := foretell(t, f.Version, f.present, in)
	f.present = in

	effects := map[string]plan.Kind{}
	for _, e := range p.Effects() {
		if e.Kind == plan.Reset {
			e.Kind = resets(p, e)
		}
		if strings.Contains(e.Peer, "/") {
			e.Peer = dynamic
		}
		if old := effects[e.Peer]; old == plan.Removed && e.Kind == plan.Added || old == plan.Added && e.Kind == plan.Removed {
			e.Kind = plan.Reset // from one range to another
		}
		effects[e.Peer] = e.Kind
	}
	again := map[int]bool{} // whose own routes come again, to pass another policy
	ended := map[int]bool{} // whose own routes come and go with the session
	for peer, r := range f.routers {
		again[r.number] = effects[peer] == plan.RefreshIn || effects[peer] == plan.Reset
		if kind := effects[peer]; kind == plan.Reset || kind == plan.Removed || kind == plan.Added {
			ended[r.number] = true
		}
	}
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	took := applied.Sub(began)
	for peer, r := range f.routers {
		if hurt := r.judge(took < together, took < together || f.slowly, effects[peer], before[peer], r.table(), ended, again, began); hurt != nil {
			fault("%s:\n  %s", peer, strings.Join(hurt, "\n  "))
		}
	}
	down := map[string]bool{}
	for peer, r := range f.routers {
		down[peer] = effects[peer] == ofBFD || slices.ContainsFunc(r.heard, func(e listener.Event) bool { return e.Kind == listener.Down })
	}
	faults = append(faults, f.untrue(told, down, known)...)
	if len(faults) > 0 {
		fault("the plan, applied in %s, was:\n%s", took.Round(time.Millisecond), p)
	}
	return faults
}

// together is how long bgpd waits, after a peer's policy has changed, to send it
// all that has changed for it, and that is more than zebra needs to tell it of a
// route that has gone. A plan that takes longer, as on a machine that is very
// busy, is seen command by command in the attributes.
const together = 100 * time.Millisecond

// ofBFD is a reset by the peer because BFD stops. The routers here speak none: their sessions stay.
const ofBFD plan.Kind = "reset by BFD"

// resets is what a reset is: ofBFD if nothing else in the plan resets the session.
func resets(p *plan.Plan, e plan.Effect) plan.Kind {
	for _, s := range p.Steps {
		if slices.Contains(s.Effects, e) && !stopsBFD.MatchString(s.Command.Line) {
			return plan.Reset
		}
	}
	return ofBFD
}

var stopsBFD = regexp.MustCompile(`^no neighbor \S+ bfd`)

// judge compares what a router heard with what the plan says of its session,
// and with what it knew before and knows now: the words if they come together,
// all routes if they come in time, and else those that are not about to be
// announced again.
func (r *router) judge(words, routes bool, kind plan.Kind, before, after table, ended, again map[int]bool, began time.Time) (faults []string) {
	fault := func(e listener.Event, format string, args ...any) {
		when := ""
		if !e.At.IsZero() {
			when = fmt.Sprintf("after %s: ", e.At.Sub(began).Round(time.Millisecond))
		}
		faults = append(faults, when+fmt.Sprintf(format, args...))
	}
	down, asked := false, false
	var last listener.Event
	for _, e := range r.heard {
		was, is := before[e.Prefix], after[e.Prefix]
		switch e.Kind {
		case listener.Down:
			down, last = true, e
		case listener.RefreshReceived:
			asked, last = true, e
		case listener.Withdrawn:
			if was != "" && is != "" && !ended[from(e.Prefix)] {
				fault(e, "%s was withdrawn for a while", e.Prefix)
			}
		case listener.Announced:
			if was == "" && is == "" && (routes || from(e.Prefix) != 0 && !again[from(e.Prefix)]) {
				fault(e, "%s was announced for a while", e.Prefix)
			} else if words && was+is != "" && !r.same(*e.Route, was) && !r.same(*e.Route, is) {
				fault(e, "%s was announced otherwise for a while:\n    %s\n    before: %s\n    after: %s", e.Prefix, said(*e.Route), was, is)
			}
		}
	}
	if ends := kind == plan.Reset || kind == plan.Removed; down != ends && kind != plan.Limited && kind != ofBFD {
		fault(last, "the plan says %q, but the session ended: %v", kind, down)
	}
	if !down && kind != plan.Added && kind != plan.Limited && kind != ofBFD && asked != (kind == plan.RefreshIn) {
		fault(last, "the plan says %q, but the routes were asked for again: %v", kind, asked)
	}
	return slices.Compact(faults)
}
