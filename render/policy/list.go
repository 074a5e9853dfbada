package policy

import (
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// listKind is how lists for one type of set are called.
type listKind struct {
	letter             string
	standard, expanded string // commands; without a standard form only expanded
	match              string
}

var listKinds = map[string]listKind{
	pathSet:      {"A", "", "bgp as-path access-list", "match as-path "},
	communitySet: {"C", "bgp community-list standard", "bgp community-list expanded", "match community "},
	extSet:       {"E", "bgp extcommunity-list standard", "bgp extcommunity-list expanded", "match extcommunity "},
	largeSet:     {"L", "bgp large-community-list standard", "bgp large-community-list expanded", "match large-community "},
}

// list adds a list of values and returns its name. What is, beside its kind and
// title, the list's identity makes the name; values that change do not.
func (c *compiler) list(letter, command, title string, identity []string, values []string) string {
	l := List{
		Command: command,
		Name:    prefix + letter + "-" + readable(title) + "-" + digest(append([]string{command, title}, identity...)...),
		Entries: listEntries(values),
	}
	if !slices.ContainsFunc(c.lists, func(o List) bool { return o.Command == l.Command && o.Name == l.Name }) {
		c.lists = append(c.lists, l)
	}
	return l.Name
}

// union adds the list that matches any of the members: a standard one, if all
// members are values.
func (c *compiler) union(kind, title string, identity []string, members []member) string {
	k := listKinds[kind]
	standard := k.standard != ""
	var exact, expanded []string
	for _, m := range members {
		standard = standard && m.standard != ""
		exact = append(exact, m.standard)
		expanded = append(expanded, m.expanded...)
	}
	if standard {
		return c.list(k.letter, k.standard, title, identity, exact)
	}
	return c.list(k.letter+"X", k.expanded, title, identity, expanded)
}

// prefixFamily are the words with which FRR filters the prefixes of a family;
// empty for those whose routes are no prefixes.
func prefixFamily(f v1.Family) string {
	switch f {
	case v1.IPv4Unicast, v1.IPv4Multicast, v1.IPv4Labeled, v1.IPv4VPN:
		return "ip"
	case v1.IPv6Unicast, v1.IPv6Multicast, v1.IPv6Labeled, v1.IPv6VPN:
		return "ipv6"
	}
	return ""
}
