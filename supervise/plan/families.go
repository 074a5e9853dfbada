package plan

import (
	"slices"
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
		running, wanted := old.find(name), goal.find(name)
		inner := within(context, name)
		b.exchange(inner, filter(running, isGroup), filter(wanted, isGroup), func(line string) []Step {
			return memberActivation(inner, running, peers, peerOf(line))
		})
		left := filter(running, func(line string) bool {
			return isOther(line) && !implied(line, peers, wanted)
		})
		b.exchange(inner, left, filter(wanted, isOther), nil)
	}
}

// exchange makes the lines of one address family, then unmakes those that are
// not wanted. A peer has its policy before it is activated and until it is
// deactivated. What a command to activate or to deactivate undoes besides,
// forgotten tells.
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

// implied says whether the running activation of a member needs no command to
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

// inOrder puts policies before activations.
func inOrder(lines []*node) []*node {
	rank := func(n *node) int {
		if activates(n.line) {
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
