package plan

import (
	"slices"
	"strings"
)

// Between returns the plan that takes FRR from the running configuration (the
// text of `show running-config`) to the wanted one (a whole frr.conf).
//
// What is referred to is made before what refers to it, and unmade after it:
//
//	foreign lines, the pace, lists, route maps, BFD profiles, globals,
//	BGP instances
//
// then backwards for what is not wanted any more. So no peer is ever without
// the policy that both configurations give it, and a prefix that both carry is
// never away.
//
// Nor does any policy see what is neither the old nor the new. A list that
// stays is as it shall be before a route map that asks it is attached: bgpd
// tries the attached ones again when its delay timer runs out. Mirrored routes
// that go are gone before the policies change, and so are the doors by which
// they came; those that come come after. What was edited acts when all is done.
func Between(running, wanted string) *Plan {
	from := parse(asked(running, wanted))
	to := yield(from, parse(wanted))
	old, goal := unlike(from, to)
	old.settle()
	goal.settle()
	b := &builder{attached: from, restartsReset: !strings.HasPrefix(version(running), "8.")}
	left := b.renumbered(old, goal)
	stays, _ := parted(to, func(n *node) bool { return !imports(n.line) || from.find(n.line) == nil })
	b.make(foreign, left, goal)
	b.make(pace, left, goal)
	left = b.shut(b.departed(left, goal), goal, stays)
	first, doors := parted(goal, func(n *node) bool { return imports(n.line) && !lastOf(n, stays) })
	b.make(lists, left, first)
	left = b.shortened(left, to)
	for p := routeMaps; p < statics; p++ {
		b.make(p, left, first)
	}
	// bgpd judges what it redistributes by a new map only when that has acted:
	// before, it may deny routes that the map permits.
	if slices.ContainsFunc(first.children, func(n *node) bool { return n.part() == routeMaps && imports(n.line) }) {
		b.shutBy = len(b.steps)
	}
	b.instances(left, goal)
	b.make(lists, left, doors)
	b.make(routeMaps, left, doors)
	b.make(statics, left, goal)
	b.unmake(statics, left, goal) // prefixes that have moved to another interface
	b.attached, b.users = to, nil
	for p := globals; p >= pace; p-- {
		b.unmake(p, left, goal)
	}
	b.hurry(from, to)
	b.account(from, to)
	return &Plan{Steps: b.steps}
}

// builder collects steps, and what it has to know of the BGP instance that it
// is about.
type builder struct {
	steps []Step
	// shutBy is how many steps it takes until no door is open that shall not be,
	// and until the import maps that come are there.
	shutBy int
	// restartsReset says that this FRR resets a session when its graceful
	// restart changes; 8.4 waits for the next session.
	restartsReset bool
	// attached is the configuration whose route maps act, and users are whom
	// they concern, known when it is asked.
	attached *node
	users    map[string][]Effect
	// before is what of the instance runs.
	before *node
	// members are those of each peer group, before and after.
	members map[string][]string
}

func (b *builder) add(s Step) { b.steps = append(b.steps, s) }

// make adds what is wanted of a part and does not run, in the wanted order.
func (b *builder) make(p part, old, goal *node) {
	b.makeIn(nil, p, old, goal)
	for _, c := range containers(goal) {
		b.makeIn([]string{c.line}, p, old.find(c.line), c)
	}
}

func (b *builder) makeIn(context []string, p part, old, goal *node) {
	wanted := only(goal, p)
	if len(wanted) == 0 {
		return
	}
	running := old.slots()
	for _, n := range wanted {
		if !unplanned(n.line) && !holds(n.line) {
			b.merge(context, running[n.key()], n)
		}
	}
}

// merge brings one line, and what is below it, from old (nil if it does not
// run) to goal.
func (b *builder) merge(context []string, old, goal *node) {
	switch {
	case len(goal.children) == 0 && !opens(goal.line):
		switch {
		case old == nil:
			b.set(context, nil, goal)
		case clings(old.line, goal.line):
			b.unset(context, old)
			b.set(context, nil, goal)
		case old.line != goal.line:
			b.set(context, old, goal)
		}
		return
	case old == nil:
		b.open(context, goal)
		old = &node{}
	case old.line != goal.line:
		b.reopen(context, old, goal)
	}
	inner := within(context, goal.line)
	running, wanted := bySlot(old.children), bySlot(goal.children)
	for _, n := range goal.children {
		b.merge(inner, running[n.key()], n)
	}
	// Taken back last: a route map that lost its match before it got the other
	// would match everything.
	if isForeign(context, goal.line) {
		return
	}
	// The last first: `bfd profile` before `bfd`, which takes it along.
	for _, n := range slices.Backward(old.children) {
		if wanted[n.key()] == nil {
			b.unset(inner, n)
		}
	}
}

// unmake takes back what runs of a part and is not wanted.
func (b *builder) unmake(p part, old, goal *node) {
	b.unmakeIn(nil, p, old, goal)
	for _, c := range containers(old) {
		b.unmakeIn([]string{c.line}, p, c, goal.find(c.line))
	}
}

func (b *builder) unmakeIn(context []string, p part, old, goal *node) {
	running := only(old, p)
	if len(running) == 0 {
		return
	}
	wanted := goal.slots()
	for _, n := range running {
		if wanted[n.key()] == nil {
			b.unset(context, n)
		}
	}
}

// set enters a line, which replaces the old one of its slot if there is one.
func (b *builder) set(context []string, old, goal *node) {
	step := Step{Command: Command{context, goal.line}}
	if old == nil {
		step.Undo = []Step{{Command: Command{context, negate(goal.line)}}}
	} else {
		step.Undo = []Step{{Command: Command{context, old.line}}}
	}
	// A profile comes before the BFD that it is for, and goes before it: a session must
	// not begin with other times than its own, and `no neighbor X bfd profile` after
	// `no neighbor X bfd` begins one again.
	if last := len(b.steps) - 1; old == nil && last >= 0 && strings.HasPrefix(b.steps[last].Line, goal.line+" profile ") && strings.HasSuffix(goal.line, " bfd") {
		step.Undo = slices.Concat(b.steps[last].Undo, step.Undo)
		b.steps[last].Undo = nil
	}
	step.Effects = b.effectsOf(step.Command)
	if old != nil && mostPrefixes(old.line) <= mostPrefixes(goal.line) {
		step.Effects = slices.DeleteFunc(step.Effects, func(e Effect) bool { return e.Kind == Limited })
	}
	b.add(step)
}

// open enters a context that does not exist yet. An address family cannot be
// taken back; what is entered in it takes itself back.
func (b *builder) open(context []string, goal *node) {
	step := Step{Command: Command{context, goal.line}, Opens: true}
	if !isFamily(goal.line) {
		step.Undo = []Step{{Command: Command{context, negate(goal.line)}}}
	}
	b.add(step)
}

// reopen changes what the command that enters a context says, as the action of
// a route-map entry. What is in the context stays.
func (b *builder) reopen(context []string, old, goal *node) {
	b.add(Step{
		Command: Command{context, goal.line},
		Opens:   true,
		Undo:    []Step{{Command: Command{context, old.line}, Opens: true}},
	})
}

// unset takes a line back, and all that is below it.
func (b *builder) unset(context []string, old *node) {
	steps := unsetSteps(context, old)
	for i := range steps {
		steps[i].Effects = b.effectsOf(steps[i].Command)
	}
	if len(steps) > 0 {
		steps[len(steps)-1].Undo = setSteps(context, old)
	}
	b.steps = append(b.steps, steps...)
}

// unsetSteps are the commands that take back a line with all below it. An
// address family cannot be taken back itself, only what is in it.
func unsetSteps(context []string, n *node) []Step {
	if !isFamily(n.line) {
		return []Step{{Command: Command{context, negate(n.line)}}}
	}
	var steps []Step
	for _, c := range n.children {
		steps = append(steps, unsetSteps(within(context, n.line), c)...)
	}
	return steps
}

// setSteps are the commands that make a line with all below it.
func setSteps(context []string, n *node) []Step {
	steps := []Step{{Command: Command{context, n.line}, Opens: opens(n.line)}}
	for _, c := range n.children {
		steps = append(steps, setSteps(within(context, n.line), c)...)
	}
	return steps
}

// slots finds the children by their slot. From then on no child may be added.
func (n *node) slots() map[string]*node {
	if n == nil {
		return nil
	}
	if n.slot == nil {
		n.slot = bySlot(n.children)
	}
	return n.slot
}

func bySlot(nodes []*node) map[string]*node {
	m := make(map[string]*node, len(nodes))
	for _, n := range nodes {
		m[n.key()] = n
	}
	return m
}

// opens reports whether a command enters a context, even an empty one.
func opens(line string) bool {
	return strings.HasPrefix(line, "route-map ") && !strings.HasPrefix(line, "route-map vpn ") || strings.HasPrefix(line, "router ") ||
		isFamily(line) || strings.HasPrefix(line, "interface ") || strings.HasPrefix(line, "profile ") || holds(line)
}

func within(context []string, line string) []string {
	return append(slices.Clone(context), line)
}

// isForeign reports whether a line, in its contexts, is the operator's.
func isForeign(context []string, line string) bool {
	outermost := append(slices.Clone(context), line)
	if holds(outermost[0]) {
		outermost = outermost[1:]
	}
	return len(outermost) > 0 && partOf(outermost[0]) == foreign
}
