package policy

import (
	"fmt"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// maxCount is the greatest number that a condition can count to: the count
// becomes a regular expression.
const maxCount = 250

// Expressions that count. An AS_SET counts as one, what a confederation adds
// as none (RFC 4271 section 9.1.2.2, RFC 5065 section 5.3).
const (
	confederation = "^(([(][0-9 ]*[)]|[[][0-9,]*[]])[ ])*"
	pathElement   = "([0-9]+|[{][0-9,]*[}])"
	anyElement    = "[^ ]+"
)

func atLeast(n uint32, begins, element string) string {
	if n == 1 {
		return begins + element
	}
	return fmt.Sprintf("%s%s([ ]%s){%d}", begins, element, element, n-1)
}

func (c *compiler) pathLength(cs *v1.Conditions) ([]test, verdict) {
	l := cs.ASPathLength
	if l == nil {
		return nil, depends
	}
	n := int64(l.Length)
	if c.prepended() != 0 {
		n-- // FRR does not count the own AS yet
	}
	return c.count("asPathLength", l.Operator, int64(l.Length), n, func(n uint32) test {
		k := listKinds[pathSet]
		name := c.list(k.letter, k.expanded, fmt.Sprintf("LENGTH-%d", n), []string{"length"}, []string{atLeast(n, confederation, pathElement)})
		return test{slot: k.match, name: name}
	})
}

func (c *compiler) communityCount(cs *v1.Conditions) ([]test, verdict) {
	l := cs.CommunityCount
	if l == nil {
		return nil, depends
	}
	return c.count("communityCount", l.Operator, int64(l.Count), int64(l.Count), func(n uint32) test {
		k := listKinds[communitySet]
		name := c.list(k.letter+"X", k.expanded, fmt.Sprintf("COUNT-%d", n), []string{"count"}, []string{atLeast(n, "^", anyElement)})
		return test{slot: k.match, name: name}
	})
}

// count compares a number with n, by tests that it is at least something.
func (c *compiler) count(field, operator string, given, n int64, atLeast func(uint32) test) ([]test, verdict) {
	if given > maxCount {
		c.problem(field, fmt.Sprint(given), "is more than FRR can count to: at most %d", maxCount)
		return nil, depends
	}
	var tests []test
	switch operator {
	case "ge", "eq":
		if n > 0 {
			tests = append(tests, atLeast(uint32(n)))
		} else if n < 0 && operator == "eq" {
			return nil, fails
		}
		if operator == "ge" {
			return tests, depends
		}
	case "le":
		if n < 0 {
			return nil, fails
		}
	default:
		c.problem(field+".operator", operator, "must be one of eq, ge, le")
		return nil, depends
	}
	more := atLeast(uint32(n + 1))
	more.not = true
	return append(tests, more), depends
}

func (c *compiler) routeType(cs *v1.Conditions) ([]test, verdict) {
	const local, internal, external = "local", "internal", "external"
	switch cs.RouteType {
	case "":
		return nil, depends
	case local, internal, external:
	default:
		c.problem("routeType", cs.RouteType, "must be one of internal, external, local")
		return nil, depends
	}
	if c.subject.Direction == Import {
		return nil, decided(cs.RouteType == external && c.subject.External || cs.RouteType == internal && !c.subject.External)
	}
	own := test{slot: tagSlot, name: fmt.Sprint(c.subject.Tag)}
	if cs.RouteType == local {
		return []test{own}, depends
	}
	own.not = true
	learned := c.subject.Learned
	switch {
	case learned.Internal == learned.External: // both, or it is not known
		c.problem("routeType", cs.RouteType, "cannot be told by an export policy on a node with internal and external neighbors: FRR's route map does not see where a route is from; add a community in an import policy and match that")
		return nil, depends
	case cs.RouteType == internal && !learned.Internal, cs.RouteType == external && !learned.External:
		return nil, fails
	}
	return []test{own}, depends
}

func (c *compiler) origin(cs *v1.Conditions) ([]test, verdict) {
	if cs.Origin == "" {
		return nil, depends
	}
	c.checkOrigin("origin", cs.Origin)
	return []test{{slot: "match origin ", name: cs.Origin}}, depends
}

func (c *compiler) checkOrigin(field, origin string) {
	if origin != "igp" && origin != "egp" && origin != "incomplete" {
		c.problem(field, origin, "must be one of igp, egp, incomplete")
	}
}

func (c *compiler) nextHop(cs *v1.Conditions) ([]test, verdict) {
	if len(cs.NextHopInList) == 0 {
		return nil, depends
	}
	words := prefixFamily(c.subject.Family)
	var values []string
	other := false
	for i, raw := range cs.NextHopInList {
		p, err := addressOrPrefix(raw)
		switch {
		case err != nil:
			c.problem(fmt.Sprintf("nextHopInList[%d]", i), raw, "%v", err)
		case p.Addr().Is4() != (words == "ip"):
			other = true
		case p.Bits() == p.Addr().BitLen():
			values = append(values, p.String())
		default:
			values = append(values, fmt.Sprintf("%s le %d", p, p.Addr().BitLen()))
		}
	}
	given := strings.Join(cs.NextHopInList, " ")
	switch {
	case words == "":
		c.problem("nextHopInList", given, "cannot be matched in family %s: limit the statement by afiSafiIn", c.subject.Family)
	case c.nextHopSet && c.subject.Direction == Export:
		c.problem("nextHopInList", given, "stands after a statement that changes the next hop: GoBGP would still compare the one from before, FRR does not know it any more; put this statement first")
	case other && c.subject.Family == v1.IPv4Unicast && !c.subject.Peer.Is4():
		c.problem("nextHopInList", given, "has IPv6 addresses, and this neighbor may send IPv4 routes with IPv6 next hops, which FRR's condition does not match: limit the statement by afiSafiIn or a neighbor set")
	}
	if len(values) == 0 {
		return nil, fails
	}
	name := c.list("N", words+" prefix-list", c.title, values, values)
	return []test{{slot: "match " + words + " next-hop prefix-list ", name: name}}, depends
}

func (c *compiler) localPref(cs *v1.Conditions) ([]test, verdict) {
	if cs.LocalPrefEq == nil {
		return nil, depends
	}
	value := fmt.Sprint(*cs.LocalPrefEq)
	if c.subject.Direction == Export && c.subject.External {
		c.problem("localPrefEq", value, "cannot be compared towards an external neighbor, to which LOCAL_PREF is not sent (RFC 4271 section 5.1.5): add a community in an import policy and match that")
	}
	c.localPrefUsed = true
	return []test{{slot: "match local-preference ", name: value}}, depends
}

func (c *compiler) med(cs *v1.Conditions) ([]test, verdict) {
	if cs.MEDEq == nil {
		return nil, depends
	}
	value := fmt.Sprint(*cs.MEDEq)
	switch {
	case *cs.MEDEq == 0:
		c.problem("medEq", value, "cannot be matched: FRR does not tell a MED of 0 from none; match 1 or more in a statement before this one")
	case c.subject.Direction == Export && c.subject.External:
		c.problem("medEq", value, "cannot be compared towards an external neighbor, to which the MED of other routes is not sent (RFC 4271 section 5.1.4): add a community in an import policy and match that")
	}
	return []test{{slot: "match metric ", name: value}}, depends
}

func (c *compiler) rpki(cs *v1.Conditions) ([]test, verdict) {
	if cs.RPKIResult != "" {
		c.problem("rpkiResult", cs.RPKIResult, "cannot be matched: it needs bgpd's RPKI module and a validating cache, which are not configured; have a router that validates mark routes with a community, and match that")
	}
	return nil, depends
}
