package plan

import (
	"slices"
	"strings"
)

// instances brings the BGP instances to what is wanted.
func (b *builder) instances(old, goal *node) {
	running, wanted := only(old, instances), only(goal, instances)

	// FRR refuses another AS number for an instance, so the instance has to
	// go first; those of VRFs before the default one, which they rest on.
	var gone []*node
	for _, n := range running {
		if !slices.ContainsFunc(wanted, func(w *node) bool { return w.line == n.line }) {
			gone = append(gone, n)
		}
	}
	slices.SortStableFunc(gone, func(x, y *node) int { return strings.Count(y.line, " ") - strings.Count(x.line, " ") })
	for _, n := range gone {
		b.removeInstance(n, wanted)
	}
	for _, n := range wanted {
		i := slices.IndexFunc(running, func(r *node) bool { return r.line == n.line })
		if i < 0 {
			b.open(nil, n)
			b.instance(&node{line: n.line}, n)
			continue
		}
		b.instance(running[i], n)
	}
}

func only(root *node, p part) []*node {
	var list []*node
	for _, n := range root.children {
		if partOf(n.line) == p {
			list = append(list, n)
		}
	}
	return list
}

// removeInstance deletes a BGP instance. Its sessions end; one that is wanted
// in another instance is reset.
func (b *builder) removeInstance(n *node, wanted []*node) {
	elsewhere := map[string]bool{}
	for _, w := range wanted {
		for name := range peersOf(w) {
			elsewhere[name] = true
		}
	}
	of := map[string]Kind{}
	for name, p := range peersOf(n) {
		switch {
		case p.isGroup:
		case elsewhere[name]:
			of[name] = Reset
		default:
			of[name] = Removed
		}
	}
	b.add(Step{
		Command: Command{nil, negate(n.line)},
		Undo:    setSteps(nil, n),
		Effects: effects(of),
	})
}

// instance brings one BGP instance to what is wanted.
func (b *builder) instance(old, goal *node) {
	oldPeers, goalPeers := peersOf(old), peersOf(goal)
	context := []string{goal.line}

	b.told, b.members, b.neighbors = map[string]bool{}, map[string][]string{}, nil
	for name, p := range oldPeers {
		if !p.isGroup {
			b.neighbors = append(b.neighbors, name)
		}
		if p.group != "" {
			b.members[p.group] = append(b.members[p.group], name)
		}
	}
	slices.Sort(b.neighbors)

	gone := replaced(oldPeers, goalPeers)
	for _, name := range gone {
		b.removePeer(context, name, old, oldPeers[name], goalPeers[name])
		b.told[name] = true
	}
	remaining := without(old, gone)
	for name := range goalPeers {
		if _, known := oldPeers[name]; !known {
			b.told[name] = true
		}
	}
	start := len(b.steps)
	b.merge(nil, remaining, ordered(goal))
	b.announceAdded(start, oldPeers, goalPeers)
}

// removePeer deletes a neighbor or a peer group with all that is said of it.
func (b *builder) removePeer(context []string, name string, old *node, p, wanted *peer) {
	command := "no neighbor " + name
	var of map[string]Kind
	switch {
	case p.isGroup:
		command += " peer-group"
	case wanted == nil:
		of = map[string]Kind{name: Removed}
	default:
		of = map[string]Kind{name: Reset}
	}
	b.add(Step{
		Command: Command{context, command},
		Undo:    setSteps(nil, about(old, name))[1:], // less the instance itself
		Effects: effects(of),
	})
}

// announceAdded puts the effect of a session that was not there on the step
// that makes it.
func (b *builder) announceAdded(start int, old, goal map[string]*peer) {
	seen := map[string]bool{}
	for i := start; i < len(b.steps); i++ {
		name := peerOf(b.steps[i].Line)
		p, isPeer := goal[name]
		if !isPeer || p.isGroup || seen[name] {
			continue
		}
		if _, known := old[name]; known {
			continue
		}
		seen[name] = true
		b.steps[i].Effects = []Effect{{name, Added}}
	}
}

// effectsOf is what a command does to the sessions that run already.
func (b *builder) effectsOf(command string) []Effect {
	kind := consequenceOf(command)
	if kind == "" || command == "no neighbor "+peerOf(command)+" shutdown" {
		return nil
	}
	subjects := b.neighbors
	if name := peerOf(command); name != "" {
		subjects = []string{name}
		if members, isGroup := b.members[name]; isGroup {
			subjects = members
		}
	}
	of := map[string]Kind{}
	for _, s := range subjects {
		if !b.told[s] {
			of[s] = kind
		}
	}
	return effects(of)
}

// without is an instance less everything about some peers.
func without(instance *node, peers []string) *node {
	return filter(instance, func(line string) bool { return !slices.Contains(peers, peerOf(line)) })
}

// about is an instance with nothing but what is about one peer.
func about(instance *node, peer string) *node {
	return filter(instance, func(line string) bool { return peerOf(line) == peer })
}

// filter keeps the lines that ask for it, and contexts that keep any.
func filter(n *node, keep func(string) bool) *node {
	out := &node{line: n.line}
	for _, c := range n.children {
		if len(c.children) > 0 {
			if inner := filter(c, keep); len(inner.children) > 0 {
				out.children = append(out.children, inner)
			}
		} else if keep(c.line) {
			out.children = append(out.children, c)
		}
	}
	return out
}

// ordered puts, within each address family, the policy of a peer before its
// activation: from the first moment of a session its policy holds.
func ordered(instance *node) *node {
	out := &node{line: instance.line}
	for _, c := range instance.children {
		if isFamily(c.line) {
			c = &node{line: c.line, children: slices.Clone(c.children)}
			slices.SortStableFunc(c.children, func(x, y *node) int { return rank(x.line) - rank(y.line) })
		}
		out.children = append(out.children, c)
	}
	return out
}

func rank(line string) int {
	switch {
	case strings.HasSuffix(line, " activate"):
		return 1
	default:
		return 0
	}
}
