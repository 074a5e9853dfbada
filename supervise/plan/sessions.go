package plan

import (
	"slices"
	"strings"
)

// ipv4 is the address family that FRR activates by itself.
const ipv4 = "address-family ipv4 unicast"

// sessions tells which neighbors of a BGP instance can have a session: those
// that are not shut down and have an active address family. FRR keeps the
// others idle.
func sessions(instance *node) map[string]bool {
	can := map[string]bool{}
	peers := peersOf(instance)
	for name, p := range peers {
		down := instance.find("neighbor "+name+" shutdown") != nil
		can[name] = !p.isGroup && !down && slices.ContainsFunc(familyNames(instance), func(family string) bool {
			return active(instance, peers, family, name)
		})
	}
	return can
}

// active says whether a neighbor or a group takes part in an address family.
// Unless told `no bgp default ipv4-unicast`, FRR activates all for IPv4.
func active(instance *node, peers map[string]*peer, family, name string) bool {
	shown := instance.find(family)
	switch group := peers[name].group; {
	case shown.find("neighbor "+name+" activate") != nil:
		return true
	case shown.find("no neighbor "+name+" activate") != nil:
		return false
	case isMember(peers, name):
		return active(instance, peers, family, group)
	default:
		return family == ipv4 && activatesIPv4(instance)
	}
}

func isMember(peers map[string]*peer, name string) bool {
	group := peers[peers[name].group]
	return group != nil && group.isGroup
}

func activatesIPv4(instance *node) bool {
	return instance.find("no bgp default ipv4-unicast") == nil
}

// explicit is an instance that says what takes part in which address family as
// FRR shows it when it activates nothing by itself: each group and neighbor,
// but a member only where it differs from its group.
func explicit(instance *node) *node {
	peers := peersOf(instance)
	names := familyNames(instance)
	if activatesIPv4(instance) && len(peers) > 0 && !slices.Contains(names, ipv4) {
		names = append(names, ipv4)
	}
	out := withoutFamilies(instance)
	for _, family := range names {
		rest := &node{line: family}
		if shown := instance.find(family); shown != nil {
			rest.children = slices.DeleteFunc(slices.Clone(shown.children), func(c *node) bool {
				return activates(c.line) && peers[peerOf(c.line)] != nil
			})
		}
		for _, name := range sorted(peers) {
			is := active(instance, peers, family, name)
			usual := isMember(peers, name) && active(instance, peers, family, peers[name].group)
			if is != usual {
				rest.children = append(rest.children, &node{line: activation(name, is)})
			}
		}
		out.children = append(out.children, rest)
	}
	return out
}

func activation(peer string, on bool) string {
	command := "neighbor " + peer + " activate"
	if !on {
		return negate(command)
	}
	return command
}

func activates(line string) bool {
	return strings.HasPrefix(strings.TrimPrefix(line, "no "), "neighbor ") && strings.HasSuffix(line, " activate")
}
