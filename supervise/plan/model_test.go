package plan

import (
	"slices"
	"strings"
	"testing"
)

// model is a small FRR: it runs scripts on a configuration. Unlike FRR it has
// nothing but the text.
type model struct{ root *node }

// run runs the lines of a script and fails the test at one that FRR would
// refuse.
func (m *model) run(t *testing.T, script []string) {
	t.Helper()
	at := []*node{m.root}
	for _, raw := range script {
		line := strings.TrimLeft(raw, " ")
		if depth := len(raw) - len(line); (line == "exit" || line == "exit-address-family") && depth != len(at)-2 || !strings.HasPrefix(line, "exit") && depth != len(at)-1 {
			t.Fatalf("%q is indented as if it were elsewhere than in %q", raw, at[len(at)-1].line)
		}
		here := at[len(at)-1]
		switch {
		case line == "exit" || line == "exit-address-family":
			if isFamily(here.line) != (line == "exit-address-family") {
				t.Fatalf("%q does not leave %q", line, here.line)
			}
			at = at[:len(at)-1]
		case opens(line):
			at = append(at, enter(here, line))
		default:
			m.command(t, here, line)
		}
	}
	if len(at) != 1 {
		t.Fatalf("the script ends within %q", at[len(at)-1].line)
	}
}

// enter enters a context. A route-map entry may get another action by that.
func enter(here *node, line string) *node {
	for _, c := range here.children {
		if slotOf(c.line) == slotOf(line) {
			c.line = line
			return c
		}
	}
	c := &node{line: line}
	here.children, here.below = append(here.children, c), nil
	return c
}

func (m *model) command(t *testing.T, here *node, line string) {
	positive, isNo := strings.CutPrefix(line, "no ")
	name, words := peerOf(line), strings.Fields(positive)
	switch {
	case isNo && name != "" && (len(words) == 2 || len(words) == 3 && words[2] == "peer-group"):
		m.forget(t, here, name)
		return
	case line == "no bgp default ipv4-unicast":
		here.children = explicit(here).children
	case line == "bgp default ipv4-unicast":
		defer implicit(here)
	case activates(line):
		m.members(here, name, func(family *node, member string) {
			drop(family, func(l string) bool { return activates(l) && peerOf(l) == member })
		})
	}
	replaced := drop(here, func(l string) bool { return slotOf(l) == slotOf(line) || isNo && negate(l) == line })
	if m.isDefault(here, line) {
		return
	}
	if m.isDefault(here, positive) && isNo {
		here.children = append(here.children, &node{line: line})
		return
	}
	if isNo && !replaced {
		t.Errorf("%q in %q takes nothing back", line, here.line)
	}
	if !isNo {
		here.children = append(here.children, &node{line: line})
	}
}

// implicit shows of IPv4 what an instance shows that activates it by itself.
func implicit(instance *node) {
	family := enter(instance, ipv4)
	for name, p := range peersOf(instance) {
		on := activation(name, true)
		if p.group == "" && !drop(family, func(l string) bool { return l == on }) {
			family.children = append(family.children, &node{line: negate(on)})
		}
	}
}

// isDefault reports whether FRR is as a command says by itself: then it shows
// nothing, and otherwise the "no" form.
func (m *model) isDefault(here *node, line string) bool {
	if line == "bgp ebgp-requires-policy" || line == "bgp default ipv4-unicast" || !strings.HasPrefix(line, "no ") && strings.Contains(line, " send-community") {
		return true
	}
	group := ""
	for _, instance := range only(m.root, instances) {
		p := peersOf(instance)[peerOf(line)]
		if p == nil {
			continue
		}
		instance.below = nil
		if group = p.group; group == "" && here.line == ipv4 && activatesIPv4(instance) && line == activation(peerOf(line), true) {
			return true
		}
	}
	return group != "" && line == activation(peerOf(line), true) &&
		slices.ContainsFunc(here.children, func(c *node) bool { return c.line == activation(group, true) })
}

// members calls f for each member of a group, in the address family here.
func (m *model) members(here *node, group string, f func(*node, string)) {
	for _, instance := range only(m.root, instances) {
		for name, p := range peersOf(instance) {
			if p.group == group {
				f(here, name)
			}
		}
	}
}

// forget deletes a neighbor, or a group with its members.
func (m *model) forget(t *testing.T, instance *node, name string) {
	t.Helper()
	peers := peersOf(instance)
	if peers[name] == nil {
		t.Errorf("no neighbor %s: there is none", name)
		return
	}
	gone := map[string]bool{name: true}
	for member, p := range peers {
		gone[member] = gone[member] || p.group == name
	}
	about := func(l string) bool { return gone[peerOf(l)] }
	drop(instance, about)
	for _, family := range instance.children {
		drop(family, about)
	}
}

func drop(n *node, which func(string) bool) bool {
	before := len(n.children)
	n.children = slices.DeleteFunc(n.children, func(c *node) bool { return which(c.line) })
	n.below = nil
	return len(n.children) < before
}

// lines flattens a configuration, sorted, without what does not matter: `ip nht`
// is wanted on FRR 8.4 and, like all that has no name, stays.
func (m *model) lines() []string { return flat(m.root, "") }

func flat(n *node, context string) []string {
	var list []string
	for _, c := range n.children {
		if (isFamily(c.line) || holds(c.line)) && len(c.children) == 0 || context == "" && (unplanned(c.line) || strings.Contains(c.line, " nht ")) {
			continue
		}
		list = append(list, context+c.line)
		list = append(list, flat(c, context+c.line+" / ")...)
	}
	slices.Sort(list)
	return list
}
