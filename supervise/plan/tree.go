package plan

import (
	"slices"
	"strings"
)

// node is a line of a configuration and the lines within its context.
type node struct {
	line     string
	children []*node
	// below finds the children by their line; a context that FRR shows in two
	// places is one context.
	below map[string]*node
	slot  map[string]*node
	id    string // what slotOf says of the line
}

// parse reads a configuration in the form of frr.conf and of `show
// running-config`: a line per command, a context's own lines indented under
// it. Comments and the lines that only leave a context carry no meaning.
func parse(text string) *node {
	root := &node{}
	type level struct {
		indent int
		node   *node
	}
	stack := []level{{-1, root}}
	for raw := range strings.Lines(text) {
		line := strings.TrimSpace(raw)
		if noise(line) {
			continue
		}
		indent := len(raw) - len(strings.TrimLeft(raw, " \t"))
		for stack[len(stack)-1].indent >= indent {
			stack = stack[:len(stack)-1]
		}
		if strings.Contains(line, "  ") || strings.Contains(line, "\t") {
			line = strings.Join(strings.Fields(line), " ")
		}
		above := stack[len(stack)-1].node
		if things := several(line); things != nil {
			for _, thing := range things {
				above.child(thing)
			}
			continue
		}
		stack = append(stack, level{indent, above.child(line)})
	}
	return root
}

// child returns the node of a line, made if it is not there.
func (n *node) child(line string) *node {
	if c, ok := n.below[line]; ok {
		return c
	}
	if n.below == nil {
		n.below = map[string]*node{}
	}
	c := &node{line: line}
	n.below[line] = c
	n.children = append(n.children, c)
	return c
}

// unlike returns two configurations less what they have in common at top level:
// of thousands of routes, those that come and go; of hundreds of route maps,
// those that change.
func unlike(a, b *node) (*node, *node) {
	common := map[string]bool{}
	for _, c := range a.children {
		common[c.line] = c.equals(b.below[c.line])
	}
	less := func(n *node) *node {
		out := &node{}
		for _, c := range n.children {
			if !common[c.line] {
				out.children = append(out.children, c)
			}
		}
		return out
	}
	return less(a), less(b)
}

// equals says whether two lines and all below them are the same, in any order.
func (n *node) equals(other *node) bool {
	return other != nil && n.line == other.line && len(n.children) == len(other.children) &&
		!slices.ContainsFunc(n.children, func(c *node) bool { return !c.equals(other.find(c.line)) })
}

// key is what slotOf says of the line.
func (n *node) key() string {
	if n.id == "" {
		n.id = slotOf(n.line)
	}
	return n.id
}

// find returns the child with a line, nil if there is none. From then on no
// child may be added but by child.
func (n *node) find(line string) *node {
	if n == nil {
		return nil
	}
	if n.below == nil {
		n.below = make(map[string]*node, len(n.children))
		for _, c := range n.children {
			n.below[c.line] = c
		}
	}
	return n.below[line]
}

func noise(line string) bool {
	return line == "" || line[0] == '!' || line[0] == '#' || line == "end" ||
		line == "exit" || strings.HasPrefix(line, "exit-") ||
		line == "Building configuration..." || line == "Current configuration:"
}
