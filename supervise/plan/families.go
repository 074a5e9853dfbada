package plan

import (
	"slices"
	"strconv"
	"strings"
)

// families brings the address families of a BGP instance to what is wanted.
//
// What is said of a peer group comes first, made and unmade, because FRR passes
// it on to the members at once and forgets what it knew of them:
//
//	neighbor GROUP activate       activates the members, too
//	no neighbor GROUP activate    deactivates the members, too, and forgets
//	                              which of them were inactive
//
// and a member that has to be the way its group is does not need, and must not
// get, a command of its own.
func (b *builder) families(context []string, old, goal *node, peers map[string]*peer) {
	isGroup := func(line string) bool { p := peers[peerOf(line)]; return p != nil && p.isGroup }
	isOther := func(line string) bool { return !isGroup(line) }
	for _, name := range familyNames(goal, old) {
		inner, wanted := within(context, name), goal.find(name)
		running := b.overridden(inner, b.closed(inner, old.find(name), wanted), wanted, peers)
		b.exchange(inner, filter(running, isGroup), filter(wanted, isGroup), func(line string) []Step {
			return memberActivation(inner, running, peers, peerOf(line))
		})
		left := filter(running, func(line string) bool {
			return isOther(line) && !implied(line, peers, wanted)
		})
		b.exchange(inner, left, filter(wanted, isOther), nil)
	}
}

// closed takes back, first of all in an address family, what lets routes in that
// are not wanted any more, and returns what then still runs: a route must not
// meet the new policies by a door that is about to close.
func (b *builder) closed(context []string, old, goal *node) *node {
	if old == nil {
		return nil
	}
	left, wanted := &node{line: old.line}, bySlot(goal.contents())
	for _, n := range old.children {
		switch w := wanted[n.key()]; {
		case !isDoor(n.line):
		case w == nil:
			b.unset(context, n)
			continue
		case ownASNs(w.line) < ownASNs(n.line):
			b.set(context, n, w)
			n = w
		}
		left.children = append(left.children, n)
	}
	return left
}

// isDoor reports whether a line lets in routes that nothing else does, or lets
// them out.
func isDoor(line string) bool { return isSource(line) || ownASNs(line) > 0 || hidesASNs(line) }

// hidesASNs reports whether a line announces routes to a peer that it would not get
// otherwise, because its own AS number stands in their paths.
func hidesASNs(line string) bool {
	return strings.HasPrefix(line, "neighbor ") && (strings.HasSuffix(line, " as-override") || strings.Contains(line, " remove-private-AS"))
}

func isSource(line string) bool {
	return strings.HasPrefix(line, "redistribute ") || strings.HasPrefix(line, "network ") || strings.HasPrefix(line, "aggregate-address ")
}

// ownASNs is how often a line lets the own AS number stand in a path that a
// neighbor sends.
func ownASNs(line string) int {
	_, times, ok := strings.Cut(line+" ", " allowas-in ")
	switch n, err := strconv.Atoi(strings.TrimSpace(times)); {
	case !ok || strings.HasPrefix(line, "no "):
		return 0
	case err != nil:
		return 3 // FRR's default, and no number: origin
	default:
		return n
	}
}

// mostPrefixes is how many prefixes a line lets a neighbor send, 0 if it is
// about something else.
func mostPrefixes(line string) int {
	_, limit, _ := strings.Cut(line, " maximum-prefix ")
	number, _, _ := strings.Cut(limit, " ")
	n, _ := strconv.Atoi(number)
	return n
}

// overridden gives the members of groups the route maps of their own, and
// returns what then runs: those that a group hands down pass them by. A member
// that has its group's, FRR takes for one that has none of its own.
func (b *builder) overridden(context []string, old, goal *node, peers map[string]*peer) *node {
	running := bySlot(old.contents())
	now := &node{}
	if old != nil {
		now.line = old.line
	}
	made := map[string]*node{}
	for _, n := range goal.contents() {
		name := peerOf(n.line)
		if own := "neighbor " + name + " route-map "; peers[name] != nil && isMember(peers, name) && strings.HasPrefix(n.line, own) &&
			old.find("neighbor "+peers[name].group+" route-map "+n.line[len(own):]) == nil {
			b.merge(context, running[n.key()], n)
			made[n.key()] = n
			now.children = append(now.children, n)
		}
	}
	for _, n := range old.contents() {
		if made[n.key()] == nil {
			now.children = append(now.children, n)
		}
	}
	return now
}

// contents are the children of a node, none of nil.
func (n *node) contents() []*node {
	if n == nil {
		return nil
	}
	return n.children
}

// exchange makes the lines of one address family, then unmakes those that are
// not wanted. A peer has its policy before it is activated and until it is
// deactivated, and every peer before a door opens. What a command to activate
// or to deactivate undoes besides, forgotten tells.
func (b *builder) exchange(context []string, old, goal *node, forgotten func(line string) []Step) {
	start := len(b.steps)
	running, wanted := bySlot(old.children), bySlot(goal.children)
	for _, n := range inOrder(goal.children) {
		b.merge(context, running[n.key()], n)
	}
	for _, n := range slices.Backward(inOrder(old.children)) {
		if wanted[n.key()] == nil {
			b.unset(context, n)
		}
	}
	for i := start; forgotten != nil && i < len(b.steps); i++ {
		if s := &b.steps[i]; activates(s.Line) {
			s.Undo = append(s.Undo, forgotten(s.Line)...)
		}
	}
}

// implied reports whether the running activation of a member needs no command to
// be taken back, because its group is now wanted to be what that would do.
func implied(line string, peers map[string]*peer, wanted *node) bool {
	name := peerOf(line)
	if !activates(line) || peers[name] == nil || !isMember(peers, name) {
		return false
	}
	groupActive := wanted.find(activation(peers[name].group, true)) != nil
	return groupActive != strings.HasPrefix(line, "no ")
}

// memberActivation are the commands that make the members of a group active
// and inactive as they were.
func memberActivation(context []string, running *node, peers map[string]*peer, group string) []Step {
	var steps []Step
	if running == nil {
		return nil
	}
	for _, n := range running.children {
		if p := peers[peerOf(n.line)]; p != nil && p.group == group && activates(n.line) {
			steps = append(steps, Step{Command: Command{context, n.line}})
		}
	}
	return steps
}

// inOrder puts policies before activations, and both before doors.
func inOrder(lines []*node) []*node {
	rank := func(n *node) int {
		switch {
		case isDoor(n.line):
			return 2
		case activates(n.line):
			return 1
		}
		return 0
	}
	return slices.SortedStableFunc(slices.Values(lines), func(x, y *node) int { return rank(x) - rank(y) })
}

// familyNames are the address families of instances, each once.
func familyNames(instances ...*node) []string {
	var names []string
	for _, instance := range instances {
		for _, c := range instance.children {
			if isFamily(c.line) && !slices.Contains(names, c.line) {
				names = append(names, c.line)
			}
		}
	}
	return names
}

// withoutFamilies is an instance with only what stands right below it.
func withoutFamilies(instance *node) *node {
	out := &node{line: instance.line}
	for _, c := range instance.children {
		if !isFamily(c.line) {
			out.children = append(out.children, c)
		}
	}
	return out
}

func isFamily(line string) bool { return strings.HasPrefix(line, "address-family ") }
