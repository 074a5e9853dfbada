package plan

import (
	"maps"
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
	was, will := sessions(n), map[string]bool{}
	for _, w := range wanted {
		maps.Copy(will, sessions(w))
	}
	start := len(b.steps)
	b.add(Step{
		Command: Command{nil, negate(n.line)},
		Undo:    setSteps(nil, n),
		Effects: effectOn(slices.Collect(maps.Keys(was)), Reset),
	})
	b.account(start, was, will)
}

// instance brings one BGP instance to what is wanted.
func (b *builder) instance(old, goal *node) {
	shown := old
	old, goal = explicit(old), explicit(goal)
	oldPeers, goalPeers := peersOf(old), peersOf(goal)
	b.before = old
	b.members = membersOf(oldPeers, goalPeers)

	context, start := []string{goal.line}, len(b.steps)
	gone := replaced(oldPeers, goalPeers)
	first, last := parting(gone, oldPeers, goalPeers)
	for _, name := range first {
		b.removePeer(context, name, shown, oldPeers[name])
	}
	remaining := without(old, gone)
	b.merge(nil, withoutFamilies(remaining), withoutFamilies(goal))
	b.families(context, remaining, goal, goalPeers)
	for _, name := range last {
		b.removePeer(context, name, shown, oldPeers[name])
		b.steps[len(b.steps)-1].parting = true
	}
	b.account(start, sessions(old), sessions(goal))
}

// parting says which of the peers that go have to go first: those that are made
// again, and groups with their members. Others go last, when FRR has taken all
// that is new: if it refuses that, their sessions have not ended.
func parting(gone []string, old, wanted map[string]*peer) (first, last []string) {
	for _, name := range gone {
		if p := old[name]; wanted[name] != nil || p.isGroup || p.group != "" {
			first = append(first, name)
		} else {
			last = append(last, name)
		}
	}
	return first, last
}

// removePeer deletes a neighbor or a peer group with all that FRR shows of it.
func (b *builder) removePeer(context []string, name string, shown *node, p *peer) {
	command, subjects := "no neighbor "+name, []string{name}
	if p.isGroup {
		command, subjects = command+" peer-group", nil // its members went before
	}
	b.add(Step{
		Command: Command{context, command},
		Undo:    setSteps(nil, about(shown, name))[1:], // less the instance itself
		Effects: effectOn(subjects, Reset),
	})
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
	out := &node{}
	if n == nil {
		return out
	}
	out.line = n.line
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
