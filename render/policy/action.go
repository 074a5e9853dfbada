package policy

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// actions returns the set commands of a statement, and those that need another
// entry after it.
func (c *compiler) actions(a *v1.Actions) (sets, more []string) {
	c.path += "actions."
	defer func() { c.path = strings.TrimSuffix(c.path, "actions.") }()

	switch a.RouteAction {
	case "", v1.Accept, v1.Reject:
	default:
		c.problem("routeAction", string(a.RouteAction), "must be accept or reject, or absent")
	}
	sets = append(sets, c.changeCommunities(a.Community)...)
	sets = append(sets, c.changeLarge(a.LargeCommunity)...)
	first, more := c.changeExt(a.ExtCommunity)
	sets = append(sets, first...)
	sets = append(sets, c.changeNextHop(a.Nexthop)...)
	sets = append(sets, c.changeMED(a.MED)...)
	sets = append(sets, c.prepend(a.ASPrepend)...)
	if a.Origin != "" {
		c.checkOrigin("origin", a.Origin)
		sets = append(sets, "set origin "+a.Origin)
	}
	if a.LocalPref != 0 {
		sets = append(sets, fmt.Sprintf("set local-preference %d", a.LocalPref))
	}
	return sets, more
}

// What an action does to communities.
const (
	add     = "add"
	remove  = "remove"
	replace = "replace"
)

// values reads the communities of an action by parse, which returns how FRR
// writes one and what to sort it by; or, of those to remove, as members of a
// set.
func (c *compiler) values(kind, field string, a *v1.CommunityAction, parse func(string) (text, key string, err error)) (words []string, members []member) {
	type value struct{ text, key string }
	var values []value
	for i, raw := range a.Communities {
		at := fmt.Sprintf("%s.communities[%d]", field, i)
		if a.Type == remove {
			m, err := c.policies.member(kind, raw)
			if err != nil {
				c.problem(at, raw, "%v", err)
				continue
			}
			members = append(members, m)
			continue
		}
		text, key, err := parse(raw)
		switch {
		case errors.Is(err, errPattern):
			c.problem(at, raw, "is no value of a community")
		case err != nil:
			c.problem(at, raw, "%v", err)
		default:
			values = append(values, value{text, key})
		}
	}
	for _, v := range sorted(values, func(v value) string { return v.key }) {
		words = append(words, v.text)
	}
	if a.Type != add && a.Type != remove && a.Type != replace {
		c.problem(field+".type", a.Type, "must be one of add, remove, replace")
	}
	if len(words) > maxWords || len(strings.Join(words, " ")) > maxPrinted {
		c.problem(field+".communities", a.Type, "are more than FRR can take in a line: divide them between two statements")
	}
	return words, members
}

// removal is the list of members to remove. It has no name of its own, so
// its content is its identity.
func (c *compiler) removal(kind string, members []member) string {
	var identity []string
	for _, m := range members {
		identity = append(identity, m.raw)
	}
	return c.union(kind, c.title, append([]string{remove}, identity...), members)
}

func (c *compiler) changeCommunities(a *v1.CommunityAction) []string {
	if a == nil {
		return nil
	}
	words, members := c.values(communitySet, "community", a, func(s string) (string, string, error) {
		v, err := parseCommunity(s)
		if err == nil && v == 0 {
			err = errors.New("is a name to FRR 8, and none to FRR 10, which cannot set it: use another value")
		}
		return communityWord(v), fmt.Sprintf("%08x", v), err
	})
	return c.change(communitySet, a.Type, "community", "comm-list", words, members)
}

func (c *compiler) changeLarge(a *v1.CommunityAction) []string {
	if a == nil {
		return nil
	}
	words, members := c.values(largeSet, "largeCommunity", a, parseLarge)
	return c.change(largeSet, a.Type, "large-community", "large-comm-list", words, members)
}

func (c *compiler) change(kind, how, attribute, list string, words []string, members []member) []string {
	switch {
	case how == replace && len(words) == 0:
		return []string{"set " + attribute + " none"}
	case how == replace:
		return []string{"set " + attribute + " " + strings.Join(words, " ")}
	case how == add && len(words) > 0:
		return []string{"set " + attribute + " " + strings.Join(words, " ") + " additive"}
	case how == remove && len(members) > 0:
		return []string{"set " + list + " " + c.removal(kind, members) + " delete"}
	}
	return nil
}

// changeExt needs two entries to replace extended communities, since FRR only
// ever adds to them.
func (c *compiler) changeExt(a *v1.CommunityAction) (sets, more []string) {
	if a == nil {
		return nil, nil
	}
	words, members := c.values(extSet, "extCommunity", a, func(s string) (string, string, error) {
		e, err := parseExt(s)
		return e.kind + " " + e.value, e.key, err
	})
	byKind := map[string][]string{}
	for _, w := range words {
		kind, value, _ := strings.Cut(w, " ")
		byKind[kind] = append(byKind[kind], value)
	}
	for _, kind := range []string{"rt", "soo"} {
		if len(byKind[kind]) > 0 {
			sets = append(sets, "set extcommunity "+kind+" "+strings.Join(byKind[kind], " "))
		}
	}
	switch {
	case a.Type == replace:
		return []string{"set extcommunity none"}, sets
	case a.Type == remove && slices.ContainsFunc(members, func(m member) bool { return m.standard == "" }):
		c.problem("extCommunity.communities", a.Type, "must be values: for an expression FRR removes all extended communities of a route that has one like it")
	case a.Type == remove && len(members) > 0 && !c.subject.Dialect.DeletesExtCommunities:
		c.problem("extCommunity.type", a.Type, "cannot be done by this version of FRR, which removes all extended communities or none: replace them by those that are to stay")
	case a.Type == remove && len(members) > 0:
		return []string{"set extended-comm-list " + c.removal(extSet, members) + " delete"}, nil
	}
	return sets, nil
}

func (c *compiler) changeNextHop(a *v1.NexthopAction) []string {
	if a == nil {
		return nil
	}
	sets := c.nextHopSets(a)
	switch {
	case len(sets) > 0 && c.nextHopBound:
		c.problem("nexthop", sets[0], "stands after a statement that sets the next hop to the own or the unchanged one and goes on, which FRR does not take back: accept the route there")
	case slices.Contains(sets, unchangedNextHop) && c.nextHopLost:
		c.problem("nexthop.unchanged", "true", "stands after a statement that changes the next hop and goes on, after which FRR does not know the one from before: put this statement first, or accept the route there")
	}
	return sets
}

const unchangedNextHop = "set ip next-hop unchanged"

// bindsNextHop reports whether FRR holds on to a next hop, whatever comes later.
func bindsNextHop(set string) bool {
	return strings.HasSuffix(set, " next-hop peer-address") || set == unchangedNextHop
}

// replacesNextHop reports whether FRR forgets the next hop that a route came with.
func replacesNextHop(set string) bool {
	return strings.Contains(set, " next-hop ") && !bindsNextHop(set)
}

func (c *compiler) nextHopSets(a *v1.NexthopAction) []string {
	words := prefixFamily(c.subject.Family)
	literal := func(field string, addr netip.Addr) []string {
		c.nextHopSet = true
		switch {
		case addr.Is4() && words == "ip":
			return []string{"set ip next-hop " + addr.String()}
		case addr.IsLinkLocalUnicast() && words == "ipv6":
			// FRR refuses it, and with it what else it is told at the time.
			c.problem("nexthop."+field, addr.String(), "is a link-local address, which FRR takes for no next hop of a policy: give a global one")
			return nil
		case addr.Is6() && words == "ipv6":
			return []string{"set ipv6 next-hop global " + addr.WithZone("").String()}
		}
		c.problem("nexthop."+field, addr.String(), "cannot be the next hop of routes of family %s: limit the statement by afiSafiIn", c.subject.Family)
		return nil
	}
	out := c.subject.Direction == Export
	switch {
	case a.Address != "":
		addr, err := netip.ParseAddr(a.Address)
		if err != nil || addr.Is4In6() || addr.Zone() != "" || addr.IsUnspecified() {
			c.problem("nexthop.address", a.Address, "must be an IPv4 or IPv6 address")
			return nil
		}
		return literal("address", addr)
	case words == "" && (a.Self || a.Unchanged || a.PeerAddress):
		c.problem("nexthop", string(c.subject.Family), "cannot be changed in this family: limit the statement by afiSafiIn")
	case a.Self && !out:
		c.problem("nexthop.self", "true", "cannot be done by an import policy: FRR's route map does not know the own address there; set it on export, or give the address")
	case a.Self:
		c.nextHopSet = true
		return []string{"set " + words + " next-hop peer-address"}
	case a.PeerAddress && !c.subject.Peer.IsValid():
		c.problem("nexthop.peerAddress", "true", "is not known for a neighbor without a configured address: give the address")
	case a.PeerAddress:
		return literal("peerAddress", c.subject.Peer)
	case a.Unchanged && out && words == "ipv6":
		c.problem("nexthop.unchanged", "true", "cannot be done for IPv6, where FRR knows it only for a whole neighbor: give the address")
	case a.Unchanged && out:
		c.nextHopSet = true
		return []string{unchangedNextHop}
	}
	return nil
}

func (c *compiler) changeMED(a *v1.MEDAction) []string {
	if a == nil {
		return nil
	}
	value := fmt.Sprint(a.Value)
	switch {
	case a.Type == "mod" && a.Value == 0:
		c.problem("med.value", value, "adds nothing: FRR refuses it")
	case a.Type == "mod" && a.Value >= -math.MaxUint32 && a.Value <= math.MaxUint32:
		return []string{fmt.Sprintf("set metric %+d", a.Value)}
	case a.Type == replace && a.Value >= 0 && a.Value <= math.MaxUint32:
		return []string{fmt.Sprintf("set metric %d", a.Value)}
	case a.Type == "mod" || a.Type == replace:
		c.problem("med.value", value, "must be within the 32 bits of a MED: 0 to 4294967295, or as much more or less")
	default:
		c.problem("med.type", a.Type, "must be mod or replace")
	}
	return nil
}

func (c *compiler) prepend(a *v1.ASPrependAction) []string {
	if a == nil {
		return nil
	}
	asn := uint32(a.ASN)
	switch {
	case asn == 0:
		c.problem("asPrepend.asn", "0", "must be an AS number, 1 to 4294967295")
	case a.Repeat > maxWords:
		c.problem("asPrepend.repeat", fmt.Sprint(a.Repeat), "must be at most %d: a command of FRR's has no more words", maxWords)
	case c.prepended() != 0 && asn != c.subject.LocalASN:
		c.problem("asPrepend.asn", fmt.Sprint(asn), "cannot stand before the own AS %d in what an external neighbor receives (RFC 4271 section 5.1.2): prepend %d", c.subject.LocalASN, c.subject.LocalASN)
	}
	return []string{"set as-path prepend" + strings.Repeat(fmt.Sprintf(" %d", asn), int(max(a.Repeat, 1)))}
}
