//go:build linux

package transitions_test

import (
	"strings"
	"testing"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render"
)

// hurtful are changes that let out, or let in, for a moment what neither side of
// them does, if they are made in another order than the planner's.
var hurtful = []change{
	{
		name: "more is imported, which a policy hides",
		from: sets("10.202.0.0/16", v1.Reject),
		make: func(_ *render.Input, s *v1.BGPConfigurationSpec) {
			s.NetlinkImport.InterfaceList = []string{"kube-lb0", "kube-lb1"}
			find(s, alone4).ApplyPolicy = export("listed")
		},
	},
	{
		name: "the own AS number is allowed, and refused by a policy",
		from: sets("10.51.3.0/24", v1.Reject),
		make: func(_ *render.Input, s *v1.BGPConfigurationSpec) {
			find(s, alone4).Config.AllowOwnASN = 2
			find(s, alone4).ApplyPolicy = &v1.ApplyPolicy{ImportPolicy: &v1.PolicyAssignment{Policies: []string{"listed"}}}
		},
	},
	{
		name: "a list of what is refused becomes one of what is accepted",
		from: func(in *render.Input, s *v1.BGPConfigurationSpec) {
			sets("10.200.0.1/32", v1.Reject)(in, s)
			find(s, alone4).ApplyPolicy = export("listed")
		},
		make: func(_ *render.Input, s *v1.BGPConfigurationSpec) {
			s.DefinedSets[0].Prefixes[0].IPPrefix = "10.201.0.0/24"
			s.PolicyDefinitions[0].Statements[0].Actions.RouteAction = v1.Accept
			find(s, alone4).ApplyPolicy.ExportPolicy.DefaultAction = v1.Reject
		},
	},
	{
		name: "a neighbor leaves, and what it sends is let out from now on",
		make: func(_ *render.Input, s *v1.BGPConfigurationSpec) {
			find(s, alone4).ApplyPolicy = export()
			remove(member1).make(nil, s)
		},
	},
	{
		name: "a shutdown ends with another policy",
		from: func(_ *render.Input, s *v1.BGPConfigurationSpec) {
			find(s, alone4).Config.AdminDown = true
			find(s, alone4).ApplyPolicy = export()
		},
		make: func(_ *render.Input, s *v1.BGPConfigurationSpec) {
			find(s, alone4).Config.AdminDown = false
			find(s, alone4).ApplyPolicy = nil
		},
	},
	{
		name: "a range comes with another policy of its group",
		from: func(_ *render.Input, s *v1.BGPConfigurationSpec) { s.PeerGroups[0].ApplyPolicy = export() },
		make: func(_ *render.Input, s *v1.BGPConfigurationSpec) {
			s.PeerGroups[0].ApplyPolicy = nil
			s.DynamicNeighbors = []v1.DynamicNeighbor{{Prefix: "10.3.0.0/24", PeerGroup: "FABRIC"}}
		},
	},
	{
		name: "nothing is imported any more, and everything is let out",
		from: func(_ *render.Input, s *v1.BGPConfigurationSpec) {
			find(s, alone4).ApplyPolicy = &v1.ApplyPolicy{ExportPolicy: &v1.PolicyAssignment{DefaultAction: v1.Reject}}
		},
		make: func(_ *render.Input, s *v1.BGPConfigurationSpec) {
			s.NetlinkImport.InterfaceList = []string{"kube-lb1"}
			find(s, alone4).ApplyPolicy = export()
		},
	},
}

// sets has a policy that does something to prefixes.
func sets(prefix string, action v1.RouteAction) func(*render.Input, *v1.BGPConfigurationSpec) {
	return func(_ *render.Input, s *v1.BGPConfigurationSpec) {
		s.DefinedSets = []v1.DefinedSet{{Type: "prefix", Name: "prefixes", Prefixes: []v1.Prefix{{IPPrefix: prefix, MaskLengthMin: 24, MaskLengthMax: 32}}}}
		s.PolicyDefinitions = []v1.PolicyDefinition{{Name: "listed", Statements: []v1.Statement{{
			Conditions: v1.Conditions{PrefixSet: &v1.MatchSet{Name: "prefixes"}}, Actions: v1.Actions{RouteAction: action},
		}}}}
	}
}

// export lets out everything that policies do not refuse, of others, too.
func export(policies ...string) *v1.ApplyPolicy {
	return &v1.ApplyPolicy{ExportPolicy: &v1.PolicyAssignment{Policies: policies}}
}

// TestHurtful makes each of the changes and takes it back, step by step, while
// the node's peers listen: done at once, a wrong order would not be heard.
func TestHurtful(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		f := newFabric(t, v)
		f.talk = true
		base := changed(usual(f.dialect), func(_ *render.Input, s *v1.BGPConfigurationSpec) {
			everything := &v1.PolicyAssignment{Policies: []string{}}
			s.Neighbors = append(s.Neighbors[:4], v1.Neighbor{
				Config: v1.NeighborConfig{NeighborAddress: witness, PeerASN: ownASN}, AfiSafis: both, Timers: s.Neighbors[0].Timers,
				ApplyPolicy: &v1.ApplyPolicy{ImportPolicy: everything, ExportPolicy: everything},
			})
		})
		for _, c := range hurtful {
			from := base
			if c.from != nil {
				from = changed(base, c.from)
			}
			f.slowly = false
			f.to(t, from, nil)
			f.slowly = true
			t.Run(c.name, func(t *testing.T) { f.hurtsNobody(t, changed(from, c.make)) })
			t.Run(c.name+", back", func(t *testing.T) { f.hurtsNobody(t, from) })
		}
	})
}

func (f *fabric) hurtsNobody(t *testing.T, in render.Input) {
	t.Helper()
	if faults := f.transition(t, in); faults != nil {
		t.Error(strings.Join(faults, "\n"))
	}
}
