package plan

import (
	"slices"
	"strings"
)

// ipv4 is the address family that FRR activates by itself.
const ipv4 = "address-family ipv4 unicast"

// allSessions tells which neighbors of a configuration can have a session:
// those that are not shut down and have an active address family. FRR keeps the
// others idle. A range of unnamed neighbors can if its group can.
func allSessions(root *node) map[session]bool {
	all := map[session]bool{}
	for _, instance := range only(root, instances) {
		peers, families, vrf := peersOf(instance), activeFamilies(instance), vrfOf(instance.line)
		can := func(name string) bool {
			down := instance.find("neighbor "+name+" shutdown") != nil
			return !down && slices.ContainsFunc(families, func(family string) bool {
				return active(instance, peers, family, name)
			})
		}
		for name, p := range peers {
			if !p.isGroup {
				all[session{vrf, name}] = can(name)
			}
		}
		for prefix, group := range rangesOf(instance) {
			all[session{vrf, prefix}] = peers[group] != nil && can(group)
		}
	}
	return all
}

// active reports whether a neighbor or a group takes part in an address family.
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

// activeFamilies are the address families of an instance, shown or active by
// themselves.
func activeFamilies(instance *node) []string {
	names := familyNames(instance)
	if activatesIPv4(instance) && !slices.Contains(names, ipv4) {
		names = append(names, ipv4)
	}
	return names
}

func activatesIPv4(instance *node) bool {
	return instance.find("no bgp default ipv4-unicast") == nil
}

// explicit is an instance that says what takes part in which address family as
// FRR shows it when it activates nothing by itself: each group and neighbor,
// but a member only where it differs from its group.
func explicit(instance *node) *node {
	peers := peersOf(instance)
	out := withoutFamilies(instance)
	for _, family := range activeFamilies(instance) {
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
