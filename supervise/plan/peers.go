package plan

import (
	"maps"
	"slices"
	"strings"
)

// peer is what makes a neighbor or a peer group the one that it is. FRR does
// not turn one into another: it has to be deleted and made again.
type peer struct {
	isGroup  bool
	group    string // that it belongs to
	iface    bool   // unnumbered
	zone     string // interface of a link-local address
	statesAS bool
	internal bool    // states the AS number of the instance
	labeled  [2]bool // active in the IPv4 and the IPv6 address family with labels
}

// peersOf reads the neighbors and peer groups of a BGP instance.
func peersOf(instance *node) map[string]*peer {
	peers := map[string]*peer{}
	if instance == nil {
		return peers
	}
	inside := func(as string) bool {
		return as == "internal" || strings.HasPrefix(instance.line+" ", "router bgp "+as+" ")
	}
	for _, c := range instance.children {
		words := strings.Fields(c.line)
		if len(words) < 3 || words[0] != "neighbor" {
			continue
		}
		p := peers[words[1]]
		if p == nil {
			p = &peer{}
			peers[words[1]] = p
		}
		switch rest := words[2:]; {
		case rest[0] == "peer-group" && len(rest) == 1:
			p.isGroup = true
		case rest[0] == "peer-group":
			p.group = rest[1]
		case rest[0] == "remote-as":
			p.statesAS, p.internal = true, inside(rest[len(rest)-1])
		case rest[0] == "interface" && len(rest) == 2:
			p.zone = rest[1]
		case rest[0] == "interface":
			p.iface = true
			if i := slices.Index(rest, "remote-as"); i >= 0 && i+1 < len(rest) {
				p.statesAS, p.internal = true, inside(rest[i+1])
			}
			if i := slices.Index(rest, "peer-group"); i >= 0 && i+1 < len(rest) {
				p.group = rest[i+1]
			}
		}
		if p.isGroup {
			p.group = ""
		}
	}
	for i, family := range []string{"address-family ipv4 labeled-unicast", "address-family ipv6 labeled-unicast"} {
		if labeled := instance.find(family); labeled != nil {
			for _, c := range labeled.children {
				if p := peers[peerOf(c.line)]; p != nil && c.line == activation(peerOf(c.line), true) {
					p.labeled[i] = true
				}
			}
		}
	}
	return peers
}

// same reports whether FRR can take one peer to the other by commands alone. An
// AS number may change, but neither appear nor vanish: FRR then deletes the
// peer, or for a group its members. An internal peer drops, or refuses to have
// taken back, what only an external one may have. With labels and without
// exclude each other. In each case the session would be reset all the same.
func (p *peer) same(q *peer) bool {
	return p.isGroup == q.isGroup && p.group == q.group && p.iface == q.iface && p.zone == q.zone && p.statesAS == q.statesAS && p.internal == q.internal && p.labeled == q.labeled
}

// replaced returns the old peers that have to go: those that are not wanted,
// those that are wanted otherwise than FRR can change them, and the members of
// groups that go. Members come before groups.
func replaced(old, wanted map[string]*peer) []string {
	gone := map[string]bool{}
	for name, p := range old {
		if w, ok := wanted[name]; !ok || !p.same(w) {
			gone[name] = true
		}
	}
	for name, p := range old {
		if p.group != "" && gone[p.group] {
			gone[name] = true
		}
	}
	var names []string
	for name := range gone {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if old[a].isGroup != old[b].isGroup {
			if old[a].isGroup {
				return 1
			}
			return -1
		}
		return strings.Compare(a, b)
	})
	return names
}

// membersOf returns the members of each peer group, before or after, sorted,
// and the ranges that peer as it says.
func membersOf(old, wanted map[string]*peer, ranges ...map[string]string) map[string][]string {
	members := map[string][]string{}
	add := func(group, name string) { members[group] = append(members[group], name) }
	for _, peers := range []map[string]*peer{old, wanted} {
		for name, p := range peers {
			if p.group != "" {
				add(p.group, name)
			}
		}
	}
	for _, groups := range ranges {
		for prefix, group := range groups {
			add(group, prefix)
		}
	}
	for group := range members {
		slices.Sort(members[group])
		members[group] = slices.Compact(members[group])
	}
	return members
}

// rangesOf returns the prefixes of a BGP instance whose addresses may peer
// unnamed, with the group that says how.
func rangesOf(instance *node) map[string]string {
	ranges := map[string]string{}
	if instance == nil {
		return ranges
	}
	for _, c := range instance.children {
		if prefix, group, ok := rangeOf(c.line); ok {
			ranges[prefix] = group
		}
	}
	return ranges
}

// rangeOf reads bgp listen range PREFIX peer-group GROUP, or its "no" form.
func rangeOf(command string) (prefix, group string, ok bool) {
	if !strings.HasPrefix(strings.TrimPrefix(command, "no "), "bgp listen range ") {
		return "", "", false
	}
	words := strings.Fields(strings.TrimPrefix(command, "no "))
	if len(words) != 6 {
		return "", "", false
	}
	return words[3], words[5], true
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// peerOf returns the neighbor or peer group that a command is about, "" if it
// is about none.
func peerOf(command string) string {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(command, "no "), "neighbor ")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	return name
}
