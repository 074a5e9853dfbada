package plan

import (
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
)

const rejected = render.NamePrefix + "REJECTED"

// compose makes the configuration without what is out.
func (l *leaving) compose(out *node) {
	var after []*node
	for _, n := range l.to.children {
		switch {
		case n.part() == instances:
			after = append(after, n)
		case holds(n.line):
			out.children = append(out.children, l.container(n, l.from.find(n.line)))
		case !l.isOut(Command{nil, n.line}):
			out.children = append(out.children, n)
		}
	}
	for _, n := range l.from.children { // as it was
		if n.part() != instances && !holds(n.line) && l.isOut(Command{nil, n.line}) {
			out.children = append(out.children, n)
		}
	}
	if len(l.rejects) > 0 && out.find("route-map "+rejected+" deny 10") == nil {
		out.children = append(out.children, &node{line: "route-map " + rejected + " deny 10"})
	}
	out.below = nil
	for _, n := range after {
		vrf := vrfOf(n.line)
		from := instanceOf(l.from, vrf)
		if !l.out[Part{Kind: InstancePart, VRF: vrf}] {
			out.children = append(out.children, l.instance(n, from))
		} else if from != nil && strings.Fields(from.line)[2] == strings.Fields(n.line)[2] {
			out.children = append(out.children, from)
		}
	}
	l.complete(out)
}

// isOut reports whether a command is of a part that is left out.
func (l *leaving) isOut(c Command) bool {
	for _, ours := range []bool{true, false} {
		if p, ok := partWith(c, func(Command) bool { return ours }); ok && l.out[p] {
			return true
		}
	}
	return false
}

// container is one of the contexts that k8frr and the operator share.
func (l *leaving) container(n, from *node) *node {
	out := &node{line: n.line}
	for _, c := range n.children {
		if !l.isOut(Command{[]string{n.line}, c.line}) {
			out.children = append(out.children, c)
		}
	}
	if from != nil {
		for _, c := range from.children {
			if l.isOut(Command{[]string{n.line}, c.line}) {
				out.children = append(out.children, c)
			}
		}
	}
	return out
}

// instance is a BGP instance. What is as it was comes after what is new: groups
// before their members, as they stand.
func (l *leaving) instance(n, from *node) *node {
	vrf, out := vrfOf(n.line), &node{line: n.line}
	isOut := func(context []string, c *node) bool {
		line := strings.TrimPrefix(c.line, "no ")
		if name := peerOf(line); name != "" {
			return l.out[Part{Kind: PeerPart, VRF: vrf, Name: name}]
		}
		return l.isOut(Command{append([]string{n.line}, context...), line})
	}
	var families []*node
	family := func(line string) *node {
		i := slices.IndexFunc(families, func(f *node) bool { return f.line == line })
		if i < 0 {
			i = len(families)
			families = append(families, &node{line: line})
		}
		return families[i]
	}
	for i, source := range []*node{n, from} {
		if source == nil {
			continue
		}
		old := i == 1
		for _, c := range source.children {
			if !isFamily(c.line) {
				if isOut(nil, c) == old {
					out.children = append(out.children, c)
				}
				continue
			}
			var kept []*node
			for _, inner := range c.children {
				if isOut([]string{c.line}, inner) == old {
					kept = append(kept, inner)
				}
			}
			if len(kept) > 0 || !old {
				f := family(c.line)
				f.children = append(f.children, kept...)
			}
		}
	}
	for p, uses := range l.rejects {
		if p.VRF != vrf || l.out[p] {
			continue
		}
		for _, use := range uses {
			context, line, _ := strings.Cut(use, "\n")
			words := strings.Fields(line)
			words[3] = rejected
			family(context).replace(strings.Join(words, " "))
		}
	}
	for _, f := range families {
		slices.SortStableFunc(f.children, func(a, b *node) int { return compareBool(peerOf(a.line) != "", peerOf(b.line) != "") })
	}
	out.children = append(out.children, families...)
	return out
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// replace sets a line in a context, in the place of another one of its slot.
func (n *node) replace(line string) {
	set := &node{line: line}
	if i := slices.IndexFunc(n.children, func(c *node) bool { return c.key() == set.key() }); i >= 0 {
		n.children[i] = set
		return
	}
	n.children = append(n.children, set)
}

// complete adds the policies, lists and profiles that what is as it was refers to,
// where the wanted configuration has none of the name, and takes out policies that
// nothing refers to and that ask for lists that are out.
func (l *leaving) complete(out *node) {
	has := map[string]bool{}
	for _, n := range out.children {
		has[groupOf(n.line)] = true
	}
	var missing []*node
	var add func(name string)
	add = func(name string) {
		if name == "" || has[name] {
			return
		}
		has[name] = true
		for _, n := range l.from.children {
			if groupOf(n.line) == name {
				missing = append(missing, n)
				for _, c := range n.children {
					add(referred(c.line))
				}
			}
		}
	}
	for _, n := range slices.Clone(out.children) {
		for _, c := range n.children {
			if n.part() == routeMaps {
				add(referred(c.line))
			}
			for _, inner := range append([]*node{c}, c.children...) {
				if words := strings.Fields(inner.line); peerOf(inner.line) != "" && len(words) == 5 && words[2] == "route-map" {
					add("route-map " + words[3])
				} else if n.part() == instances && len(words) == 5 && words[2] == "bfd" {
					l.profile(out, words[4])
				}
			}
		}
	}
	at := slices.IndexFunc(out.children, func(n *node) bool { return n.part() == instances })
	if at < 0 {
		at = len(out.children)
	}
	out.children = slices.Insert(out.children, at, missing...)
}

// groupOf is the route map or list that a top-level line is of, as referred names
// it; "" for none.
func groupOf(line string) string {
	if name, ok := routeMapName(line); ok {
		return name
	}
	if kind, name := listOf(line); name != "" {
		return kind + " " + name
	}
	return ""
}

// profile adds a profile of BFD as it was, if there is none.
func (l *leaving) profile(out *node, name string) {
	line := "profile " + name
	was := l.from.find("bfd").find(line)
	i := slices.IndexFunc(out.children, func(n *node) bool { return n.line == "bfd" })
	switch {
	case was == nil:
	case i < 0:
		out.children = slices.Insert(out.children, 0, &node{line: "bfd", children: []*node{was}})
	case !slices.ContainsFunc(out.children[i].children, func(n *node) bool { return n.line == line }):
		out.children[i].children = append(out.children[i].children, was)
	}
}

// printed is a configuration as frr.conf has it.
func printed(root *node) string {
	var b strings.Builder
	var write func(n *node, depth int)
	write = func(n *node, depth int) {
		indent := strings.Repeat(" ", depth)
		for _, c := range n.children {
			b.WriteString(indent + c.line + "\n")
			write(c, depth+1)
			if len(c.children) > 0 || opens(c.line) {
				b.WriteString(indent + exit(c.line) + "\n")
			}
		}
	}
	write(root, 0)
	return b.String()
}

// header is the comment that a configuration begins with.
func header(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "!") {
			break
		}
		b.WriteString(line)
	}
	return b.String()
}
