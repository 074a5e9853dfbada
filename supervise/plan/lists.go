package plan

import "strings"

// renumbered takes back the list entries that are wanted under another number,
// and returns what then still runs. An entry has a number of its own and keeps
// it, unless two meet on one number; but then a list must not have the same
// entry twice: FRR 8.4 refuses the second without a word.
func (b *builder) renumbered(old, goal *node) *node {
	wanted := map[string]string{}
	for _, n := range only(goal, lists) {
		wanted[content(n.line)] = n.line
	}
	left := &node{}
	for _, n := range old.children {
		at, again := wanted[content(n.line)]
		if partOf(n.line) == lists && again && at != n.line {
			b.unset(nil, n)
			continue
		}
		left.children = append(left.children, n)
	}
	return left
}

// content is a list entry less its number: ip prefix-list NAME permit PREFIX.
func content(entry string) string {
	words := strings.Fields(entry)
	if len(words) < 5 || words[3] != "seq" {
		return entry
	}
	return strings.Join(append(words[:3], words[5:]...), " ")
}
