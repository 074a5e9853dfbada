//go:build linux

package transitions_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
)

// many is how many service addresses a node has in the case that other agents
// are known for: they number the entries of a list by position, so that the
// first one that goes takes all others along.
const many = 1000

func service(i int) string { return fmt.Sprintf("10.200.%d.%d", i/250, i%250+1) }

// TestIncumbent edits a list of 1,000 prefixes that says what a router is told.
func TestIncumbent(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		f := newFabric(t, v)
		all := make([]v1.Prefix, many)
		var addresses []render.Address
		for i := range all {
			all[i] = v1.Prefix{IPPrefix: service(i) + "/32"}
			addresses = append(addresses, address(service(i)+"/32"))
		}
		listed := func(match string, prefixes ...v1.Prefix) render.Input {
			in := usual(f.dialect)
			s := &in.Configuration.Spec
			s.Neighbors = s.Neighbors[:2]
			s.PeerGroups = nil
			s.DefinedSets = []v1.DefinedSet{{Type: "prefix", Name: "services", Prefixes: prefixes}}
			s.PolicyDefinitions = []v1.PolicyDefinition{{Name: "filter", Statements: []v1.Statement{{
				Conditions: v1.Conditions{PrefixSet: &v1.MatchSet{Name: "services", Match: match}},
				Actions:    v1.Actions{RouteAction: v1.Accept},
			}}}}
			s.Neighbors[0].ApplyPolicy = &v1.ApplyPolicy{ExportPolicy: &v1.PolicyAssignment{Policies: []string{"filter"}, DefaultAction: v1.Reject}}
			in.Links = []render.Link{{Name: "kube-lb0", Up: true, Addresses: addresses}}
			return in
		}
		f.to(t, listed("any", all...), nil)
		if n := len(f.routers[alone4].announced()); n != many {
			t.Fatalf("%d prefixes are announced", n)
		}
		less := func(at int) []v1.Prefix { return slices.Delete(slices.Clone(all), at, at+1) }
		for _, c := range []struct {
			name                 string
			in                   render.Input
			announced, withdrawn int
		}{
			{"the first goes", listed("any", less(0)...), 0, 1},
			{"the first comes", listed("any", all...), 1, 0},
			{"one in the middle goes", listed("any", less(many/2)...), 0, 1},
			{"all but those listed", listed("invert", less(many/2)...), 1, many - 1},
			{"those listed", listed("any", less(many/2)...), many - 1, 1},
			{"one comes, another goes", listed("any", less(7)...), 1, 1},
			{"none is listed", listed("any"), 0, many - 1},
			{"all are listed", listed("any", all...), many, 0},
		} {
			t.Run(c.name, func(t *testing.T) {
				before := f.routers[alone4].table()
				began := time.Now()
				if faults := f.transition(t, c.in); faults != nil {
					t.Error(faults)
				}
				// What is said again as it was hurts nobody: FRR does that.
				announced, withdrawn := map[netip.Prefix]int{}, map[netip.Prefix]int{}
				var last time.Time
				for _, e := range f.routers[alone4].heard {
					switch {
					case e.Kind == listener.Announced && before[e.Prefix] == "":
						announced[e.Prefix]++
						last = e.At
					case e.Kind == listener.Withdrawn:
						withdrawn[e.Prefix]++
						last = e.At
					}
				}
				t.Logf("%d announced, %d withdrawn, the last after %s", len(announced), len(withdrawn), last.Sub(began).Round(time.Millisecond))
				if len(announced) != c.announced || len(withdrawn) != c.withdrawn {
					t.Errorf("%d announced, %d withdrawn, want %d, %d", len(announced), len(withdrawn), c.announced, c.withdrawn)
				}
				if n := len(f.routers[alone6].heard); n > 0 {
					t.Errorf("another router heard %d things", n)
				}
			})
		}
	})
}

// TestPrefixLimit lowers what a router may send below what it has sent, which
// the plan cannot know but says.
func TestPrefixLimit(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		f := newFabric(t, v)
		f.talk = true
		limited := func(most uint32) render.Input {
			return changed(usual(f.dialect), func(_ *render.Input, s *v1.BGPConfigurationSpec) {
				s.Neighbors, s.PeerGroups = s.Neighbors[:1], nil
				s.Neighbors[0].AfiSafis = []v1.AfiSafi{{Family: v1.IPv4Unicast, PrefixLimit: &v1.PrefixLimit{MaxPrefixes: most}}}
			})
		}
		f.to(t, limited(100), nil)
		for _, step := range []struct {
			most uint32
			says plan.Kind
		}{{50, plan.Limited}, {60, ""}} {
			p := f.to(t, limited(step.most), nil)
			if effects := p.Effects(); step.says == "" && len(effects) > 0 || step.says != "" && (len(effects) != 1 || effects[0].Kind != step.says) {
				t.Errorf("limit %d: the plan says %v\n%s", step.most, effects, p)
			}
			if n := f.routers[alone4].ear.Resets(); n > 0 {
				t.Fatalf("limit %d: the session ended", step.most)
			}
		}
		ear := f.routers[alone4].ear
		mark := ear.Mark()
		_, wanted := rendered(t, limited(1))
		if err := f.apply(t, plan.Between(f.running(t), wanted)); err != nil {
			t.Fatal(err)
		}
		e, err := ear.Wait(within(t, patience), mark, func(e listener.Event) bool { return e.Kind == listener.NotificationReceived })
		if err != nil || e.Code != 6 || e.Subcode != 1 {
			t.Errorf("the session did not end because of too many prefixes: %v %v", e, err)
		}
	})
}
