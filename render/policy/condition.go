package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// test is a condition that FRR decides: a match command, or its contrary.
type test struct {
	slot string // the command without its argument; an entry has one of each
	name string
	not  bool
}

func (t test) line() string { return t.slot + t.name }

// verdict is what is known of a condition while compiling.
type verdict int

const (
	depends verdict = iota // on the route
	holds
	fails
)

func decided(yes bool) verdict {
	if yes {
		return holds
	}
	return fails
}

// conditions returns the tests of a statement, false if it can never match.
func (c *compiler) conditions(cs *v1.Conditions) ([]test, bool) {
	var tests []test
	c.path += "conditions."
	defer func() { c.path = strings.TrimSuffix(c.path, "conditions.") }()

	// What can be decided without a route comes first: a statement that is
	// for another neighbor or family has no problems.
	c.excluded = false
	for _, decide := range []func(*v1.Conditions) verdict{c.family, c.neighbor} {
		if decide(cs) == fails && !c.judging {
			c.excluded = true
			return nil, false
		}
	}
	possible := true
	for _, read := range []func(*v1.Conditions) ([]test, verdict){
		c.prefix, c.asPath, c.community, c.extCommunity, c.largeCommunity, c.pathLength, c.communityCount,
		c.routeType, c.origin, c.nextHop, c.localPref, c.med, c.rpki,
	} {
		more, v := read(cs)
		possible = possible && v != fails
		tests = append(tests, more...)
	}
	return tests, possible
}

func (c *compiler) family(cs *v1.Conditions) verdict {
	return decided(len(cs.AfiSafiIn) == 0 || slices.Contains(cs.AfiSafiIn, c.subject.Family))
}

// linkLocal is where the addresses of unnumbered neighbors are from.
var linkLocal = netip.MustParsePrefix("fe80::/10")

func (c *compiler) neighbor(cs *v1.Conditions) verdict {
	s, option := c.set(neighborSet, "neighborSet", cs.NeighborSet)
	if s == nil {
		return holds
	}
	some := false
	if !c.policies.work.entry(len(s.neighbors) / 16) {
		return fails
	}
	for _, n := range s.neighbors {
		if peer := c.subject.Peer; peer.IsValid() {
			some = some || n.Contains(peer.WithZone(""))
			continue
		}
		from := c.subject.Range
		if !from.IsValid() {
			from = linkLocal
		}
		if n.Overlaps(from) && n.Bits() > from.Bits() {
			c.problem("neighborSet", n.String(), "is only a part of %s, where this neighbor's address is from, and is not known before it connects", from)
		}
		some = some || n.Overlaps(from)
	}
	return decided(some != (option == "invert"))
}

// set returns the set of a condition, nil if there is no such condition or it
// is a problem.
func (c *compiler) set(kind, field string, m *v1.MatchSet) (*set, string) {
	if m == nil {
		return nil, ""
	}
	s, ok := c.policies.sets[setKey{kind, m.Name}]
	if !ok {
		c.problem(field+".name", m.Name, "names no defined set of type %s", kind)
		return nil, ""
	}
	option := m.Match
	if option == "" {
		option = "any"
	}
	allowed := []string{"any", "all", "invert"}
	if kind == prefixSet || kind == neighborSet {
		allowed = []string{"any", "invert"}
	}
	size := len(s.members) + len(s.neighbors) + len(s.prefixes)
	switch {
	case !slices.Contains(allowed, option):
		c.problem(field+".match", option, "must be one of %s for a set of type %s", strings.Join(allowed, ", "), kind)
		return nil, ""
	case size == 0 && (kind == neighborSet || option == "all" || option == "invert" && kind == prefixSet):
		c.problem(field+".name", m.Name, "has no members: whether this condition then always or never holds is not defined; leave out the condition or the statement")
		return nil, ""
	}
	return s, option
}

func (c *compiler) prefix(cs *v1.Conditions) ([]test, verdict) {
	s, option := c.set(prefixSet, "prefixSet", cs.PrefixSet)
	if s == nil {
		return nil, depends
	}
	words := prefixFamily(c.subject.Family)
	values := s.prefixValues(words == "ip")
	// As with GoBGP, a set of another family never matches, inverted or not.
	if words == "" || len(values) == 0 {
		return nil, fails
	}
	name := c.list("P", words+" prefix-list", cs.PrefixSet.Name, nil, values)
	return []test{{"match " + words + " address prefix-list ", name, option == "invert"}}, depends
}

func (c *compiler) community(cs *v1.Conditions) ([]test, verdict) {
	return c.communities(communitySet, "communitySet", cs.CommunitySet)
}

func (c *compiler) extCommunity(cs *v1.Conditions) ([]test, verdict) {
	return c.communities(extSet, "extCommunitySet", cs.ExtCommunitySet)
}

func (c *compiler) largeCommunity(cs *v1.Conditions) ([]test, verdict) {
	return c.communities(largeSet, "largeCommunitySet", cs.LargeCommunitySet)
}

func (c *compiler) communities(kind, field string, m *v1.MatchSet) ([]test, verdict) {
	s, option := c.set(kind, field, m)
	if s == nil {
		return nil, depends
	}
	k := listKinds[kind]
	switch {
	case len(s.members) == 0:
		return nil, decided(option == "invert")
	case option != "all" || len(s.members) == 1:
		return []test{{k.match, c.union(kind, m.Name, nil, s.members), option == "invert"}}, depends
	}
	// Values are required together, by one entry of a standard list, and
	// expressions one by one.
	var tests []test
	var together []member
	if !c.policies.work.entry(len(s.members)) {
		return nil, fails
	}
	for _, member := range s.members {
		if member.standard != "" {
			together = append(together, member)
			continue
		}
		name := c.list(k.letter+"X", k.expanded, m.Name, []string{"all", member.raw}, member.expanded)
		tests = append(tests, test{k.match, name, false})
	}
	if len(together) > 0 {
		var values []string
		for _, m := range sorted(together, func(m member) string { return m.key }) {
			values = append(values, m.standard)
		}
		value := strings.Join(values, " ")
		if len(values) > maxWords || len(value) > maxPrinted {
			c.problem(field+".match", option, "needs all %d members in one line, which is longer than FRR can take: divide the set between two statements' conditions", len(values))
		}
		tests = append(tests, test{k.match, c.list(k.letter, k.standard, m.Name, []string{"all"}, []string{value}), false})
	}
	return tests, depends
}

func (c *compiler) asPath(cs *v1.Conditions) ([]test, verdict) {
	s, option := c.set(pathSet, "asPathSet", cs.ASPathSet)
	if s == nil {
		return nil, depends
	}
	kind := listKinds[pathSet]
	own := c.prepended()
	var identity []string
	if own != 0 {
		identity = []string{fmt.Sprint(own)} // the expressions depend on it
	}
	var tests []test
	var lines []string
	for _, m := range s.members {
		if !c.policies.work.entry(1) {
			return nil, fails
		}
		line, constant, err := c.policies.line(m.path, own)
		switch {
		case err != nil:
			c.problem("asPathSet.name", m.raw, "%v", err)
		case constant != nil && *constant && option == "any":
			return nil, holds
		case constant != nil && *constant && option == "invert", constant != nil && !*constant && option == "all":
			return nil, fails
		case constant != nil:
		case option == "all":
			name := c.list(kind.letter, kind.expanded, cs.ASPathSet.Name, append(identity, "all", m.raw), []string{line})
			tests = append(tests, test{kind.match, name, false})
		default:
			lines = append(lines, line)
		}
	}
	if option == "all" {
		return tests, depends
	}
	if len(lines) == 0 {
		return nil, decided(option == "invert")
	}
	name := c.list(kind.letter, kind.expanded, cs.ASPathSet.Name, identity, lines)
	return []test{{kind.match, name, option == "invert"}}, depends
}

// prepended is the AS number that the receiver sees in front of the AS path,
// and GoBGP's export policies do too, while FRR's route maps do not; 0 for none.
func (c *compiler) prepended() uint32 {
	if c.subject.Direction == Export && c.subject.External {
		return c.subject.LocalASN
	}
	return 0
}
