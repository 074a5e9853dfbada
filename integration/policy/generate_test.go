//go:build linux

package policy

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/policy"
)

// generator makes random trials, of what GoBGP does as it documents it.
//
// Left out is therefore: a prefix set with nested members (GoBGP asks the
// longest only), all and invert of extended communities (it asks whether all of
// the route's are in the set, or the last one), a MED less than 0 (it leaves
// the MED as it was), an AS_SET with a pattern like _65001_ (it does not look
// into sets then), the communities for which a router does something of
// its own (FRR for 65535:0 and 65535:666, GoBGP for 65535:6), what GoBGP 3.10 ignores
// (communityCount, origin) or does not have, and on export an AS
// number other than the own to prepend.
type generator struct {
	*rand.Rand
	family v1.Family
	own    bool // the AS path that is compared begins with the own AS
	bound  bool // a statement sets the own or the unchanged next hop
	lost   bool // a statement sets another one
}

var (
	somePaths       = []string{"65002", "65002 65010", "65002 65010 65011", "65002 65002 65011", "65002 4200000001", "65002 65011 65010 65012", "65002 {65010,65011}", "65002 65010 {65012}"}
	pathPatterns    = []string{"^65002$", "65010$", "^65002_65010_", "_6501[01]$", `^65002( \d+)?$`, "^$", "65011", "^65002 65010", ".*", "(65010|65011)_65012", "[^0-9 ]", "4200000001", `^\d+ \d+ \d+$`, "^65001", "^65001_65002_65010$", "^65002.*65012$", "^6.*1$"}
	singlePatterns  = []string{"_65010_", "^65002_", "_65011$", "^65002$", "_65001_", "^65001_", "_65002$", "^65001$"}
	someCommunities = []string{"65000:1", "65000:2", "65000:10", "65000:100", "1:65000", "65535:2", "65535:4", "65535:65284"}
	commPatterns    = []string{"65000:1", "65000:2", "route-filter-translated-v4", "65535:4", "^65000:", ":1$", "65000:1.*", "^65000:1[0-9]*$", ".*", "65535:.*", "^[0-9]+:65000$", "(^1:|:2$)", "65000:(1|2)$", "3{2}5", "[^0]$", `^\d+:\d$`, "no-peer"}
	someLarge       = []string{"65000:1:1", "65000:1:2", "65000:2:1", "4200000000:7:7", "1:1:1"}
	largePatterns   = []string{"65000:1:1", "4200000000:7:7", "^65000:1:", "65000:.*:1$", ".*:1", "65000:1:[0-9]+", "^1:1"}
	someExt         = []string{"rt:65000:1", "rt:65000:2", "soo:65000:1", "rt:10.0.0.1:5", "soo:65000:100000"}
	extPatterns     = []string{"rt:65000:1", "soo:65000:1", "rt:^65000:.*", "rt:10.0.0.1:5", "rt:^10[.]", "soo:.*1", "rt:.*"}
)

func some[T any](g *generator, values []T) []T {
	var out []T
	for _, v := range values {
		if g.IntN(3) == 0 {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		return []T{pick(g, values)}
	}
	return out
}

func pick[T any](g *generator, values []T) T { return values[g.IntN(len(values))] }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g *generator) trial() trial {
	t := trial{family: v1.IPv4Unicast, direction: policy.Import, from: neighborNamed("external"), to: neighborNamed("watcher")}
	if g.chance(30) {
		t.family = v1.IPv6Unicast
	}
	switch g.IntN(5) {
	case 0:
		t.from = neighborNamed("internal")
	case 1:
		t.direction = policy.Export
	case 2:
		t.direction, t.to = policy.Export, neighborNamed("customer")
	}
	g.family = t.family
	g.own = t.to.asn != ownASN
	sets := some(g, pathPatterns)
	asSets := true
	if g.chance(50) {
		sets, asSets = some(g, singlePatterns), false
	}
	t.spec.DefinedSets = []v1.DefinedSet{
		g.prefixSet("p1"), g.prefixSet("p2"),
		{Type: "neighbor", Name: "n1", List: []string{t.subject().address(t.family).String()}},
		{Type: "neighbor", Name: "n2", List: []string{"192.0.2.0/24", "2001:db8::/32"}},
		{Type: "as-path", Name: "a1", List: sets},
		{Type: "as-path", Name: "a2", List: []string{sets[0]}},
		{Type: "community", Name: "c1", List: some(g, commPatterns)},
		{Type: "community", Name: "c2", List: some(g, someCommunities)},
		{Type: "large-community", Name: "l1", List: some(g, largePatterns)},
		{Type: "large-community", Name: "l2", List: some(g, someLarge)},
		{Type: "ext-community", Name: "e1", List: some(g, extPatterns)},
	}
	for i := range 1 + g.IntN(3) {
		d := v1.PolicyDefinition{Name: fmt.Sprintf("policy-%d", i)}
		for range 1 + g.IntN(4) {
			d.Statements = append(d.Statements, v1.Statement{Conditions: g.conditions(t), Actions: g.actions(t)})
		}
		t.spec.PolicyDefinitions = append(t.spec.PolicyDefinitions, d)
		t.chain.Policies = append(t.chain.Policies, d.Name)
	}
	switch {
	case g.chance(40):
		t.chain.DefaultAction = v1.Reject
	case t.direction == policy.Export:
		t.chain.DefaultAction = v1.Accept // unset, it rejects what is learned
	}
	prefixes := map[netip.Prefix]bool{}
	for range 24 {
		r := g.route(t, asSets)
		if !prefixes[r.prefix] {
			prefixes[r.prefix] = true
			t.routes = append(t.routes, r)
		}
	}
	return t
}

func (g *generator) prefixSet(name string) v1.DefinedSet {
	s := v1.DefinedSet{Type: "prefix", Name: name}
	for n := range 3 {
		p := v1.Prefix{IPPrefix: fmt.Sprintf("10.%d.0.0/16", 2+n)}
		least, most := uint32(16), uint32(32)
		if g.family == v1.IPv6Unicast {
			p.IPPrefix = fmt.Sprintf("fd00:%d::/32", 2+n)
			least, most = 32, 128
		}
		switch g.IntN(5) {
		case 0:
			p.MaskLengthMin = least + 8
		case 1:
			p.MaskLengthMax = most - 8
		case 2:
			p.MaskLengthMin, p.MaskLengthMax = least, most
		case 3:
			continue
		}
		s.Prefixes = append(s.Prefixes, p)
	}
	if g.chance(10) || len(s.Prefixes) == 0 {
		other := map[v1.Family]string{v1.IPv4Unicast: "fd00:9::/32", v1.IPv6Unicast: "10.9.0.0/16"}[g.family]
		s.Prefixes = append(s.Prefixes, v1.Prefix{IPPrefix: other})
	}
	return s
}

func (g *generator) match(options []string, names ...string) *v1.MatchSet {
	return &v1.MatchSet{Name: pick(g, names), Match: pick(g, options)}
}

func (g *generator) conditions(t trial) v1.Conditions {
	var c v1.Conditions
	restricted, options := []string{"", "any", "invert"}, []string{"", "any", "all", "invert"}
	for range g.IntN(4) {
		switch g.IntN(11) {
		case 0, 1:
			c.PrefixSet = g.match(restricted, "p1", "p2")
		case 2:
			c.NeighborSet = g.match(restricted, "n1", "n1", "n2")
		case 3:
			c.ASPathSet = g.match(options, "a1", "a2")
		case 4:
			c.CommunitySet = g.match(options, "c1", "c2")
		case 5:
			c.LargeCommunitySet = g.match(options, "l1", "l2")
		case 6:
			c.ExtCommunitySet = g.match([]string{"", "any"}, "e1")
		case 7:
			c.ASPathLength = &v1.ASPathLengthCondition{Operator: pick(g, []string{"eq", "ge", "le"}), Length: uint32(1 + g.IntN(4))}
		case 8:
			if t.direction == policy.Import {
				c.RouteType = pick(g, []string{"internal", "external", "local"})
			}
		case 9:
			if t.direction == policy.Import {
				c.NextHopInList = some(g, []string{"10.1.0.2", "10.1.7.0/24", "fd00:1::2", "fd00:1::7:0/112"})
			}
		case 10:
			c.AfiSafiIn = some(g, []v1.Family{v1.IPv4Unicast, v1.IPv6Unicast})
		}
	}
	return c
}

func (g *generator) change(values, patterns []string) *v1.CommunityAction {
	a := &v1.CommunityAction{Type: pick(g, []string{"add", "remove", "replace"})}
	a.Communities = some(g, values)
	if a.Type == "remove" {
		a.Communities = some(g, patterns)
	}
	return a
}

func (g *generator) actions(t trial) v1.Actions {
	a := v1.Actions{RouteAction: pick(g, []v1.RouteAction{"", "", v1.Accept, v1.Reject})}
	for range g.IntN(4) {
		switch g.IntN(7) {
		case 0:
			a.Community = g.change(someCommunities, commPatterns)
		case 1:
			a.LargeCommunity = g.change(someLarge, largePatterns)
		case 2:
			a.ExtCommunity = &v1.CommunityAction{Type: pick(g, []string{"add", "replace"}), Communities: some(g, g.exts(t))}
		case 3:
			a.MED = &v1.MEDAction{Type: pick(g, []string{"mod", "replace"}), Value: int64(1 + g.IntN(50))}
			if g.chance(5) {
				a.MED.Value = 4294967000
			}
		case 4:
			a.ASPrepend = &v1.ASPrependAction{ASN: 65050, Repeat: uint32(g.IntN(4))}
			if g.own {
				a.ASPrepend.ASN = ownASN
			}
		case 5:
			if t.to.asn == ownASN {
				a.LocalPref = uint32(1 + g.IntN(300))
			}
		case 6:
			a.Nexthop = &v1.NexthopAction{Address: map[v1.Family]string{v1.IPv4Unicast: "10.1.7.9", v1.IPv6Unicast: "fd00:1::7:9"}[t.family]}
			if t.direction == policy.Export {
				switch g.IntN(3) {
				case 0:
					a.Nexthop = &v1.NexthopAction{Self: true}
				case 1:
					if t.family == v1.IPv4Unicast {
						a.Nexthop = &v1.NexthopAction{Unchanged: true}
					}
				}
				if g.bound || g.lost && a.Nexthop.Unchanged {
					a.Nexthop = nil // FRR would not take it back
				}
				if a.Nexthop != nil {
					g.bound = g.bound || a.Nexthop.Address == ""
					g.lost = g.lost || a.Nexthop.Address != ""
				}
			}
		}
	}
	return a
}

// exts are extended communities. FRR 10.3 keeps those with an IPv4 address from
// external neighbors, with or without a policy.
func (g *generator) exts(t trial) []string {
	return slices.DeleteFunc(slices.Clone(someExt), func(e string) bool { return t.to.asn != ownASN && e == "rt:10.0.0.1:5" })
}

func (g *generator) route(t trial, asSets bool) route {
	r := route{origin: pick(g, []string{"igp", "egp", "incomplete"}), path: pick(g, somePaths)}
	if !asSets {
		for r.path == "-" || slices.Contains([]byte(r.path), '{') {
			r.path = pick(g, somePaths)
		}
	}
	if t.from.asn == ownASN && g.chance(30) {
		r.path = ""
	}
	a := netip.AddrFrom4([4]byte{10, byte(2 + g.IntN(4)), byte(g.IntN(3) * 16), 0})
	bits := 16 + 4*g.IntN(5)
	if t.family == v1.IPv6Unicast {
		a = netip.MustParseAddr(fmt.Sprintf("fd00:%d:%x::", 2+g.IntN(4), g.IntN(3)*16))
		bits = 32 + 8*g.IntN(13)
	}
	r.prefix = netip.PrefixFrom(a, bits).Masked()
	if g.chance(30) {
		r.nexthop = map[v1.Family]netip.Addr{v1.IPv4Unicast: netip.MustParseAddr("10.1.7.7"), v1.IPv6Unicast: netip.MustParseAddr("fd00:1::7:7")}[t.family]
	}
	if g.chance(50) {
		med := uint32(g.IntN(100))
		r.med = &med
	}
	if g.chance(70) {
		r.communities = some(g, someCommunities)
	}
	if g.chance(50) {
		r.large = some(g, someLarge)
	}
	if g.chance(50) {
		r.ext = some(g, g.exts(t))
	}
	if t.from.asn == ownASN && g.chance(50) {
		pref := uint32(g.IntN(200))
		r.localPref = &pref
	}
	return r
}
