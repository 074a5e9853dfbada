package plan

import (
	"maps"
	"slices"
	"strings"
)

// usersOf says whom the route maps and lists of a configuration concern, by
// "route-map NAME" or the kind and the name of a list. Their content acts when
// bgpd's delay timer runs out: it sends what has changed, or asks for it again.
func usersOf(root *node) map[string][]Effect {
	users := map[string][]Effect{}
	for _, instance := range only(root, instances) {
		attachments(instance, func(name string, e Effect) {
			users["route-map "+name] = append(users["route-map "+name], e)
		})
	}
	refers := map[string][]string{} // a route map to what it refers to
	for _, n := range root.children {
		if name, ok := routeMapName(n.line); ok {
			for _, c := range n.children {
				if what := referred(c.line); what != "" && !slices.Contains(refers[name], what) {
					refers[name] = append(refers[name], what)
				}
			}
		}
	}
	direct := maps.Clone(users)
	for _, attached := range sorted(direct) {
		reached := map[string]bool{attached: true} // maps may call each other
		for next := slices.Clone(refers[attached]); len(next) > 0; next = next[1:] {
			if !reached[next[0]] {
				reached[next[0]] = true
				users[next[0]] = slices.Concat(users[next[0]], direct[attached])
				next = append(next, refers[next[0]]...)
			}
		}
	}
	return users
}

// attachments calls f for each route map that stands between a BGP instance and
// a peer of its.
func attachments(instance *node, f func(routeMap string, e Effect)) {
	peers, ranges := peersOf(instance), rangesOf(instance)
	members := membersOf(peers, nil, ranges)
	for _, family := range instance.children {
		if !isFamily(family.line) {
			continue
		}
		for _, c := range family.children {
			words := strings.Fields(c.line)
			if len(words) != 5 || words[0] != "neighbor" || words[2] != "route-map" {
				continue
			}
			kind := RefreshIn
			if words[4] == "out" {
				kind = RefreshOut
			}
			subjects, isGroup := members[words[1]]
			if !isGroup {
				subjects = []string{words[1]}
			}
			for _, peer := range subjects {
				if isGroup && family.slots()[slotOf("neighbor "+peer+" route-map _ "+words[4])] != nil {
					continue // it has one of its own
				}
				f(words[3], Effect{peer, kind, vrfOf(instance.line)})
			}
		}
	}
}

// routeMapName returns what a route-map entry is of, as usersOf keeps it.
func routeMapName(line string) (name string, ok bool) {
	words := strings.Fields(line)
	if len(words) != 4 || words[0] != "route-map" {
		return "", false
	}
	return "route-map " + words[1], true
}

// referred returns what a line of a route map refers to, as usersOf keeps it.
func referred(line string) string {
	words := strings.Fields(line)
	switch {
	case len(words) == 2 && words[0] == "call":
		return "route-map " + words[1]
	case len(words) == 5 && words[0] == "match" && words[3] == "prefix-list":
		return words[1] + " prefix-list " + words[4] // match ip address prefix-list NAME
	case len(words) >= 3 && words[0] == "match":
		return words[1] + " " + words[2] // match community NAME
	case len(words) == 4 && words[3] == "delete":
		return strings.NewReplacer("large-comm-list", "large-community", "extended-comm-list", "extcommunity", "comm-list", "community").Replace(words[1]) + " " + words[2]
	}
	return ""
}

// top is the top-level command that a command is, takes back or stands in.
func top(c Command) string {
	return strings.TrimPrefix(slices.Concat(c.Context, []string{c.Line})[0], "no ")
}

// concerns are the effects of a command about a route map or a list.
func (b *builder) concerns(c Command) []Effect {
	if p := partOf(top(c)); b.attached == nil || p != lists && p != routeMaps {
		return nil
	}
	if b.users == nil {
		b.users = usersOf(b.attached)
	}
	if len(c.Context) > 0 {
		name, _ := routeMapName(c.Context[0])
		return b.users[name]
	}
	line := strings.TrimPrefix(c.Line, "no ")
	if name, ok := routeMapName(line); ok {
		return b.users[name]
	}
	kind, name := listOf(line)
	return b.users[kind+" "+name]
}
