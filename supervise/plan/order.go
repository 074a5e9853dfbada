package plan

import (
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// departed takes back the mirrored routes of prefixes that nothing carries any
// more, and returns what then still runs.
func (b *builder) departed(old, goal *node) *node {
	depart := func(context []string, from, to *node) *node {
		stays := map[string]bool{}
		for _, n := range only(to, statics) {
			stays[strings.Fields(n.line)[2]] = true
		}
		left := &node{line: from.line}
		for _, n := range from.children {
			if n.part() == statics && !stays[strings.Fields(n.line)[2]] {
				b.unset(context, n)
			} else {
				left.children = append(left.children, n)
			}
		}
		return left
	}
	left := depart(nil, old, goal)
	for i, c := range left.children {
		if holds(c.line) {
			left.children[i] = depart([]string{c.line}, c, goal.find(c.line))
		}
	}
	return left
}

// hurry has edited policies act when all is done, neither before nor after a
// delay, but for closed doors and new import maps: these act before anything is
// let out that was not before. What the kernel asks for alone has no need of it.
func (b *builder) hurry(running, wanted *node) {
	edits := func(s Step) bool { p := partOf(top(s.Command)); return p == lists || p == routeMaps || p == pace }
	declared := func(s Step) bool { return !s.mirrors() }
	if !slices.ContainsFunc(b.steps, edits) {
		return
	}
	paces, first := only(wanted, pace), slices.IndexFunc(b.steps, declared)
	if len(paces) == 0 || first < 0 {
		return
	}
	usual := paces[0].line
	for i := range slices.Backward(b.steps) {
		if declared(b.steps[i]) {
			b.steps[i].pace = usual
			break
		}
	}
	if len(only(running, instances)) == 0 {
		return
	}
	for i := first; i < len(b.steps); i++ {
		if partOf(top(b.steps[i].Command)) != pace {
			b.steps[i].hold = true
			usual = hold
			break
		}
	}
	if b.shutBy > 0 && b.steps[b.shutBy-1].pace == "" {
		b.steps[b.shutBy-1].pace = usual
	}
}

// shut takes back the entries by which the node imports what it shall not any
// more, and returns what then still runs.
//
// An import route map must not be empty, for FRR takes that for one that permits
// everything: something of it has to stay.
func (b *builder) shut(old, wanted, stays *node) *node {
	left := &node{}
	for _, n := range old.children {
		if imports(n.line) && wanted.slots()[n.key()] == nil && !lastOf(n, stays) {
			b.unset(nil, n)
			b.shutBy = len(b.steps)
		} else {
			left.children = append(left.children, n)
		}
	}
	return left
}

// lastOf reports whether a configuration has nothing of the route map or list that
// a line is of: it comes before anything refers to it, and goes after.
func lastOf(n *node, wanted *node) bool {
	of := func(line string) string {
		if name, ok := routeMapName(line); ok {
			return name
		}
		list, _ := listAndSort(line)
		return list
	}
	return !slices.ContainsFunc(wanted.children, func(w *node) bool { return imports(w.line) && of(w.line) == of(n.line) })
}

// parted are two halves of a configuration, by its top-level lines.
func parted(n *node, second func(*node) bool) (*node, *node) {
	a, b := &node{line: n.line}, &node{line: n.line}
	for _, c := range n.children {
		half := a
		if second(c) {
			half = b
		}
		half.children = append(half.children, c)
	}
	return a, b
}

// imports reports whether a line is of the route map by which the node imports, or
// of the list that this asks.
func imports(line string) bool {
	_, list := listOf(line)
	return strings.HasPrefix(line, "route-map "+render.NamePrefix+"IMPORT") || strings.HasPrefix(list, render.NamePrefix+"LISTED")
}
