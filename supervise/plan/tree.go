package plan

import "strings"

// node is a line of a configuration and the lines within its context.
type node struct {
	line     string
	children []*node
	// below finds the children by their line, if they are many; a context
	// that FRR shows in two places is one context.
	below  index
	slot   map[string]*node
	id     string // what slotOf says of the line
	of     part   // what partOf says of it, once parted
	parted bool
	// common says that the other configuration has it, too.
	common bool
}

// few is how many children are found without a map: a configuration has tens
// of thousands of route-map entries, of some lines each.
const few = 8

// parse reads a configuration in the form of frr.conf and of `show
// running-config`: a line per command, a context's own lines indented under
// it. Comments and the lines that only leave a context carry no meaning.
func parse(text string) *node {
	const perLine = 64 // bytes, of a route or an entry of a list
	root := &node{below: indexFor(len(text) / perLine)}
	type level struct {
		indent int
		node   *node
	}
	stack := []level{{-1, root}}
	var made nodes
	for raw := range strings.Lines(text) {
		line := strings.TrimSpace(raw)
		if noise(line) {
			continue
		}
		indent := len(raw) - len(strings.TrimLeft(raw, " \t"))
		for stack[len(stack)-1].indent >= indent {
			stack = stack[:len(stack)-1]
		}
		if strings.Contains(line, "  ") || strings.IndexByte(line, '\t') >= 0 {
			line = strings.Join(strings.Fields(line), " ")
		}
		line = spelled(line)
		above := stack[len(stack)-1].node
		if things := several(line); things != nil {
			for _, thing := range things {
				above.child(thing, &made)
			}
			continue
		}
		stack = append(stack, level{indent, above.child(line, &made)})
	}
	return root
}

// nodes are made many at a time.
type nodes []node

func (n *nodes) add(line string) *node {
	if len(*n) == 0 {
		*n = make(nodes, 256)
	}
	made := &(*n)[0]
	*n = (*n)[1:]
	made.line = line
	return made
}

// child returns the node of a line, made if it is not there.
func (n *node) child(line string, made *nodes) *node {
	if n.below == nil && len(n.children) < few {
		if c := n.find(line); c != nil {
			return c
		}
		c := made.add(line)
		n.children = append(n.children, c)
		return c
	}
	if 2*len(n.children) >= len(n.below) {
		n.below = indexOf(n.children)
	}
	at := n.below.at(line)
	if *at == nil {
		*at = made.add(line)
		n.children = append(n.children, *at)
	}
	return *at
}

// unlike returns two configurations less what they have in common at top level:
// of thousands of routes, those that come and go; of hundreds of route maps,
// those that change.
func unlike(a, b *node) (*node, *node) {
	for i, c := range a.children {
		// Both are mostly in the same order.
		var other *node
		if i < len(b.children) && b.children[i].line == c.line {
			other = b.children[i]
		} else {
			other = b.find(c.line)
		}
		if c.equals(other) {
			c.common, other.common = true, true
		}
	}
	less := func(n *node) *node {
		out := &node{}
		for _, c := range n.children {
			if !c.common {
				out.children = append(out.children, c)
			}
		}
		return out
	}
	return less(a), less(b)
}

// equals reports whether two lines and all below them are the same, in any order.
func (n *node) equals(other *node) bool {
	if other == nil || n.line != other.line || len(n.children) != len(other.children) {
		return false
	}
	for i, c := range n.children {
		twin := other.children[i]
		if twin.line != c.line {
			twin = other.find(c.line)
		}
		if !c.equals(twin) {
			return false
		}
	}
	return true
}

// key is what slotOf says of the line.
func (n *node) key() string {
	if n.id == "" {
		n.id = slotOf(n.line)
	}
	return n.id
}

// part is what partOf says of the line.
func (n *node) part() part {
	if !n.parted {
		n.of, n.parted = partOf(n.line), true
	}
	return n.of
}

// find returns the child with a line, nil if there is none. From then on no
// child may be added but by child.
func (n *node) find(line string) *node {
	if n == nil {
		return nil
	}
	if n.below == nil {
		if len(n.children) <= few {
			for _, c := range n.children {
				if c.line == line {
					return c
				}
			}
			return nil
		}
		n.below = indexOf(n.children)
	}
	return *n.below.at(line)
}

func noise(line string) bool {
	return line == "" || line[0] == '!' || line[0] == '#' || line == "end" ||
		line == "exit" || strings.HasPrefix(line, "exit-") ||
		line == "Building configuration..." || line == "Current configuration:"
}
