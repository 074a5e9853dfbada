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
}

// peersOf reads the neighbors and peer groups of a BGP instance.
func peersOf(instance *node) map[string]*peer {
	peers := map[string]*peer{}
	if instance == nil {
		return peers
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
			p.statesAS = true
		case rest[0] == "interface" && len(rest) == 2:
			p.zone = rest[1]
		case rest[0] == "interface":
			p.iface = true
			p.statesAS = p.statesAS || slices.Contains(rest, "remote-as")
			if i := slices.Index(rest, "peer-group"); i >= 0 && i+1 < len(rest) {
				p.group = rest[i+1]
			}
		}
		if p.isGroup {
			p.group = ""
		}
	}
	return peers
}

// same says whether FRR can take one peer to the other by commands alone. An
// AS number may change, but neither appear nor vanish: FRR then deletes the
// peer, or for a group its members.
func (p *peer) same(q *peer) bool {
	return p.isGroup == q.isGroup && p.group == q.group && p.iface == q.iface && p.zone == q.zone && p.statesAS == q.statesAS
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

// membersOf returns the members of each peer group, before or after.
func membersOf(old, wanted map[string]*peer) map[string][]string {
	members := map[string][]string{}
	for _, peers := range []map[string]*peer{old, wanted} {
		for _, name := range sorted(peers) {
			if group := peers[name].group; group != "" && !slices.Contains(members[group], name) {
				members[group] = append(members[group], name)
			}
		}
	}
	return members
}

func sorted(peers map[string]*peer) []string { return slices.Sorted(maps.Keys(peers)) }

// peerOf returns the neighbor or peer group that a command is about, "" if it
// is about none.
func peerOf(command string) string {
	words := strings.Fields(strings.TrimPrefix(command, "no "))
	if len(words) >= 2 && words[0] == "neighbor" {
		return words[1]
	}
	return ""
}
