package random

import (
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// exportPolicy does what only an export policy can do.
const exportPolicy = "to tor"

var policyNames = []string{"from-tor", exportPolicy, "drain"}

// The defined sets, by the type that conditions refer to them by.
var sets = map[string]v1.DefinedSet{
	"prefix": {Type: "prefix", Name: "vips", Prefixes: []v1.Prefix{
		{IPPrefix: "10.200.0.0/16", MaskLengthMin: 24, MaskLengthMax: 30}, {IPPrefix: "192.0.2.0/24"},
		{IPPrefix: "2001:db8:200::/48", MaskLengthMin: 64, MaskLengthMax: 128},
	}},
	"neighbor":        {Type: "neighbor", Name: "tors", List: []string{"10.1.0.1/32", "10.1.0.2", "2001:db8::/64"}},
	"as-path":         {Type: "as-path", Name: "own paths", List: []string{"^65000", "_65002$", "_65003_"}},
	"community":       {Type: "community", Name: "marked", List: []string{"65000:1", "^65000:2[0-9]*$", "no-export"}},
	"ext-community":   {Type: "ext-community", Name: "targets", List: []string{"rt:65000:1", "soo:10.0.0.1:2"}},
	"large-community": {Type: "large-community", Name: "large", List: []string{"65000:1:2", "^4200000000:[0-9]+:7$"}},
}

var setTypes = []string{"prefix", "neighbor", "as-path", "community", "ext-community", "large-community"}

func definedSets(c choice) []v1.DefinedSet {
	var list []v1.DefinedSet
	for _, kind := range setTypes {
		s := sets[kind]
		s.List, s.Prefixes = slices.Clone(s.List), slices.Clone(s.Prefixes)
		c.Shuffle(len(s.List), func(i, j int) { s.List[i], s.List[j] = s.List[j], s.List[i] })
		if n := c.IntN(3); n < len(s.List) {
			s.List = s.List[n:]
		}
		if n := c.IntN(3); n < len(s.Prefixes) {
			s.Prefixes = s.Prefixes[n:]
		}
		list = append(list, s)
	}
	return list
}

func policyDefinitions(c choice) []v1.PolicyDefinition {
	var list []v1.PolicyDefinition
	for _, name := range policyNames {
		p := v1.PolicyDefinition{Name: name}
		for range c.IntN(5) {
			s := v1.Statement{Name: pick(c, "", "first", "last one"), Conditions: conditions(c), Actions: actions(c)}
			if c.oneIn(6) {
				s.Actions.Nexthop = nexthop(c, name)
				if n := s.Actions.Nexthop; n.Address != "" || n.Unchanged {
					s.Conditions.AfiSafiIn = unicast[:1]
				}
			}
			p.Statements = append(p.Statements, s)
		}
		list = append(list, p)
	}
	return list
}

func applyPolicy(c choice) v1.ApplyPolicy {
	assignment := func(names ...string) func(choice) v1.PolicyAssignment {
		return func(c choice) v1.PolicyAssignment {
			return v1.PolicyAssignment{
				Name:          pick(c, "", "assignment"),
				Policies:      some(c, names...),
				DefaultAction: pick[v1.RouteAction](c, "", v1.Accept, v1.Reject),
			}
		}
	}
	return v1.ApplyPolicy{
		ImportPolicy: maybe(c, assignment(policyNames[0], policyNames[2])),
		ExportPolicy: maybe(c, assignment(policyNames...)),
	}
}

func conditions(c choice) v1.Conditions {
	set := func(kind string, ways ...string) *v1.MatchSet {
		if !c.oneIn(4) {
			return nil
		}
		return &v1.MatchSet{Name: sets[kind].Name, Match: pick(c, ways...)}
	}
	out := v1.Conditions{
		PrefixSet:         set("prefix", "", "any", "invert"),
		NeighborSet:       set("neighbor", "", "any", "invert"),
		ASPathSet:         set("as-path", "", "any", "all", "invert"),
		CommunitySet:      set("community", "", "any", "all", "invert"),
		ExtCommunitySet:   set("ext-community", "", "any", "all", "invert"),
		LargeCommunitySet: set("large-community", "", "any", "all", "invert"),
		Origin:            pick(c, "", "", "", "igp", "egp", "incomplete"),
		RouteType:         pick(c, "", "", "", "", "local"),
	}
	if c.oneIn(6) {
		out.ASPathLength = &v1.ASPathLengthCondition{Operator: pick(c, "eq", "ge", "le"), Length: 1 + c.upTo(3)}
	}
	if c.oneIn(6) {
		out.CommunityCount = &v1.CommunityCountCondition{Operator: pick(c, "eq", "ge", "le"), Count: 1 + c.upTo(3)}
	}
	if c.oneIn(6) {
		out.NextHopInList = some(c, "10.1.0.1", "10.1.0.2", "2001:db8::1")
	}
	if c.oneIn(6) {
		out.AfiSafiIn = some(c, unicast...)
	}
	if c.oneIn(6) {
		out.LocalPrefEq = new(100 * c.upTo(2))
	}
	if c.oneIn(6) {
		out.MEDEq = new(10 + 10*c.upTo(2))
	}
	return out
}

func actions(c choice) v1.Actions {
	out := v1.Actions{
		RouteAction: pick[v1.RouteAction](c, "", v1.Accept, v1.Reject),
		Origin:      pick(c, "", "", "", "igp", "incomplete"),
		LocalPref:   pick[uint32](c, 0, 0, 0, 200),
	}
	communities := func(values ...string) *v1.CommunityAction {
		if !c.oneIn(4) {
			return nil
		}
		return &v1.CommunityAction{Type: pick(c, "add", "remove", "replace"), Communities: append(some(c, values...), values[0])}
	}
	out.Community = communities("65000:9", "65000:1")
	out.LargeCommunity = communities("65000:9:9", "65000:1:2")
	if c.oneIn(8) {
		out.ExtCommunity = &v1.CommunityAction{Type: "add", Communities: []string{"rt:65000:9"}}
	}
	if c.oneIn(4) {
		out.MED = &v1.MEDAction{Type: pick(c, "mod", "replace"), Value: 1 + int64(c.upTo(50))}
	}
	if c.oneIn(4) {
		out.ASPrepend = &v1.ASPrependAction{ASN: pick[v1.ASN](c, 65001, 65099), Repeat: c.upTo(3)}
	}
	return out
}

func nexthop(c choice, policy string) *v1.NexthopAction {
	ways := []v1.NexthopAction{{Address: "10.1.0.8"}, {Unchanged: true}, {PeerAddress: true}}
	if policy == exportPolicy {
		ways = append(ways, v1.NexthopAction{Self: true})
	}
	return new(pick(c, ways...))
}
