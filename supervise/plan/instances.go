package plan

import (
	"slices"
	"strings"
)

// instances brings the BGP instances to what is wanted.
func (b *builder) instances(old, goal *node) {
	running, wanted := b.untie(only(old, instances)), only(goal, instances)

	// FRR refuses another AS number for an instance, so the instance has to
	// go first; those of VRFs before the default one, which they rest on: it
	// is refused to go while one of them imports or exports.
	gone, baseGone := map[*node]bool{}, false
	for _, n := range running {
		gone[n] = !slices.ContainsFunc(wanted, func(w *node) bool { return w.line == n.line })
		baseGone = baseGone || gone[n] && vrfOf(n.line) == ""
	}
	for _, ofVRF := range []bool{true, false} {
		for _, n := range running {
			if ofVRF != (vrfOf(n.line) != "") {
				continue
			}
			gone[n] = gone[n] || baseGone && rests(n)
			if gone[n] {
				b.removeInstance(n)
			}
		}
	}
	for _, n := range wanted {
		i := slices.IndexFunc(running, func(r *node) bool { return r.line == n.line && !gone[r] })
		if i < 0 {
			b.open(nil, n)
			b.instance(&node{line: n.line}, n)
			continue
		}
		b.instance(running[i], n)
	}
}

// rests reports whether an instance of a VRF exchanges routes with the default
// one.
func rests(instance *node) bool {
	return slices.ContainsFunc(instance.children, func(family *node) bool {
		return family.find("export vpn") != nil || family.find("import vpn") != nil
	})
}

func only(root *node, p part) []*node {
	var list []*node
	if root == nil {
		return nil
	}
	for _, n := range root.children {
		if n.part() == p {
			list = append(list, n)
		}
	}
	return list
}

// removeInstance deletes a BGP instance. Its sessions end; those that another
// instance of the VRF is wanted to have are reset.
func (b *builder) removeInstance(n *node) {
	b.add(Step{
		Command: Command{nil, negate(n.line)},
		Undo:    setSteps(nil, n),
		Effects: effectOn(vrfOf(n.line), slices.Concat(sorted(peersOf(n)), sorted(rangesOf(n))), Reset),
	})
}

// instance brings one BGP instance to what is wanted.
func (b *builder) instance(old, goal *node) {
	shown := old
	old, goal = explicit(old), explicit(goal)
	oldPeers, goalPeers := peersOf(old), peersOf(goal)
	b.before = old
	b.members = membersOf(oldPeers, goalPeers, rangesOf(old), rangesOf(goal))

	context := []string{goal.line}
	gone := replaced(oldPeers, goalPeers)
	first, last := parting(gone, oldPeers, goalPeers)
	away := inTheWay(old, goal, gone)
	for _, n := range away {
		b.unset(context, n)
	}
	for _, name := range first {
		b.removePeer(context, name, shown, oldPeers[name])
	}
	remaining := without(old, gone)
	held := heldBack(remaining, goal)
	remaining.children = slices.DeleteFunc(slices.Clone(remaining.children), func(n *node) bool {
		return slices.Contains(away, n) || slices.Contains(held, n)
	})
	start := len(b.steps)
	isRange := func(line string) bool { return strings.HasPrefix(line, "bgp listen range ") }
	noRange := func(line string) bool { return !isRange(line) }
	before, after := withoutFamilies(remaining), withoutFamilies(goal)
	b.merge(nil, filter(before, noRange), filter(after, noRange))
	b.restate(context, start, remaining)
	for _, name := range last {
		b.removePeer(context, name, shown, oldPeers[name])
		b.steps[len(b.steps)-1].parting = true
	}
	b.families(context, remaining, goal, goalPeers)
	b.merge(nil, filter(before, isRange), filter(after, isRange)) // whoever is waiting there finds its policies
	for _, n := range held {
		b.unset(context, n)
	}
}

// parting says which of the peers that go have to go first: those that are made
// again, and groups with their members. Others go when FRR has taken the new
// neighbors: if it refuses one, their sessions have not ended. But they go
// before the policies change, which would let out what they have sent.
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
		Effects: effectOn(vrfOf(context[0]), subjects, Reset),
	})
}

// without is an instance less everything about some peers.
func without(instance *node, peers []string) *node {
	if len(peers) == 0 {
		return instance
	}
	gone := map[string]bool{}
	for _, name := range peers {
		gone[name] = true
	}
	return filter(instance, func(line string) bool { return !gone[peerOf(line)] })
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
