package policy

import (
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
	name := prefix + letter + "-" + readable(title) + "-" + digest(append([]string{command, title}, identity...)...)
	key := setKey{command, name}
	if c.listed[key] {
		return name
	}
	l, known := c.policies.lists[key]
	if !known && c.policies.work.entry(len(values)) {
		l = List{Command: command, Name: name, Entries: listEntries(values)}
		c.policies.lists[key] = l
	}
	if c.listed == nil {
		c.listed = map[setKey]bool{}
	}
	c.listed[key] = true
	c.lists = append(c.lists, l)
	return name
}

// union adds the list that matches any of the members: a standard one, if all
// members are values.
func (c *compiler) union(kind, title string, identity []string, members []member) string {
	k := listKinds[kind]
	key := setKey{kind, title}
	if command, known := c.policies.unions[key]; known && identity == nil {
		return c.list(unionLetter(k, command), command, title, nil, nil)
	}
	if !c.policies.work.entry(len(members)) {
		return ""
	}
	standard := k.standard != ""
	var exact, expanded []string
	for _, m := range members {
		standard = standard && m.standard != ""
		exact = append(exact, m.standard)
		expanded = append(expanded, m.expanded...)
	}
	command, values := k.expanded, expanded
	if standard {
		command, values = k.standard, exact
	}
	if identity == nil {
		c.policies.unions[key] = command
	}
	return c.list(unionLetter(k, command), command, title, identity, values)
}

func unionLetter(k listKind, command string) string {
	if command == k.expanded {
		return k.letter + "X"
	}
	return k.letter
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
