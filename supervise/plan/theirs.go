package plan

import (
	"slices"
	"strings"
)

// yield returns a wanted configuration without the mirrored routes that the
// operator has entered as routes of their own: FRR keeps one route to a prefix
// by an interface, of the distance and the tag that it was last told. Theirs
// does what the mirrored one would.
func yield(running, wanted *node) *node {
	theirs := map[string]bool{}
	for _, n := range running.children {
		if !n.isStatic() || n.part() != foreign {
			continue
		}
		if words := strings.Fields(n.line); len(words) > 3 && !slices.Contains(words, "table") {
			theirs[strings.Join(words[:4], " ")] = true
		}
	}
	inner := map[*node]*node{}
	for _, c := range containers(wanted) {
		if r := running.find(c.line); r != nil {
			if less := yield(r, c); less != c {
				inner[c] = less
			}
		}
	}
	if len(theirs) == 0 && len(inner) == 0 {
		return wanted
	}
	left := &node{line: wanted.line}
	for _, n := range wanted.children {
		if n.part() == statics && theirs[strings.Join(strings.Fields(n.line)[:4], " ")] {
			continue
		}
		if less := inner[n]; less != nil {
			n = less
		}
		left.children = append(left.children, n)
	}
	return left
}

func (n *node) isStatic() bool {
	return strings.HasPrefix(n.line, "ip route ") || strings.HasPrefix(n.line, "ipv6 route ")
}
