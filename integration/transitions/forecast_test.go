//go:build linux

package transitions_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/supervise/forecast"
)

// foretell is what `k8frr diff` says of a change, without any FRR.
func foretell(t *testing.T, version lab.Version, from, to render.Input) *forecast.Forecast {
	t.Helper()
	renderer, err := render.NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	side := func(in render.Input) *fleet.Fleet {
		input := fleet.Input{Common: in, Nodes: []*corev1.Node{in.Node}, Renderer: renderer}
		input.Common.Node = nil
		all, err := fleet.Of(input)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	return forecast.Of(side(from), side(to), version.Name)
}

// untrue tells what a forecast says and routers have not heard, or the other way
// round: of sessions that end, and of the node's own prefixes that routers gain
// and lose. Of what is uncertain nothing is claimed.
func (f *fabric) untrue(t *forecast.Forecast, ended map[string]bool, before map[string]table) (faults []string) {
	fault := func(format string, args ...any) {
		faults = append(faults, "the forecast is wrong: "+fmt.Sprintf(format, args...))
	}
	type change struct {
		peer   string
		prefix netip.Prefix
		gained bool
	}
	ends, told, uncertain := map[string]bool{}, map[change]bool{}, map[change]bool{}
	for _, c := range t.Changes {
		for _, s := range c.Sessions {
			if s.Effect == forecast.Reset || s.Effect == forecast.Removed {
				ends[routerOf(s.Peer)] = true
			}
		}
		for _, r := range c.Routes {
			what := change{routerOf(r.Peer), netip.MustParsePrefix(r.What), r.Gained}
			if told[what] = r.Certain; !r.Certain {
				uncertain[what] = true
				what.gained = !what.gained
				uncertain[what] = true
			}
		}
	}
	for peer, r := range f.routers {
		if peer != dynamic && ends[peer] != ended[peer] {
			fault("it says that the session with %s ends: %v, and it did: %v", peer, ends[peer], ended[peer])
		}
		heard := map[change]bool{}
		now := r.table()
		for p := range before[peer] {
			if now[p] == "" && from(p) == 0 {
				heard[change{peer, p, false}] = true
			}
		}
		for p := range now {
			if before[peer][p] == "" && from(p) == 0 {
				heard[change{peer, p, true}] = true
			}
		}
		for what, certain := range told {
			if what.peer == peer && certain && !heard[what] && !told[change{peer, what.prefix, !what.gained}] {
				fault("%s gains (or else loses) %s: %v, which it did not", peer, what.prefix, what.gained)
			}
		}
		for what := range heard {
			if _, said := told[what]; !said && !uncertain[what] {
				fault("nothing says that %s gains (or else loses) %s: %v", peer, what.prefix, what.gained)
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// routerOf is the router that a neighbor, or a range of them, is of.
func routerOf(peer string) string {
	if strings.Contains(peer, "/") {
		return dynamic
	}
	return peer
}
