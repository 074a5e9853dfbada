package plan

import (
	"slices"
	"strings"
)

// slots are the commands of which FRR keeps one at a time: entering it again
// with another value replaces the value. In a pattern, @ is a word that tells
// one slot from another, _ is the value, and … is the value to the end of the
// line. A command that matches no pattern is a slot of its own.
var slots = patterns(
	// top level
	"bgp route-map delay-timer _",
	"ip protocol @ route-map _",
	"ipv6 protocol @ route-map _",
	"ip prefix-list @ seq @ …",
	"ipv6 prefix-list @ seq @ …",
	"route-map @ _ @",
	// router bgp
	"bgp router-id _",
	"neighbor @ remote-as _",
	"neighbor @ description …",
	"neighbor @ password …",
	"neighbor @ advertisement-interval _",
	"neighbor @ timers connect _",
	"neighbor @ timers _ _",
	"neighbor @ peer-group _",
	"neighbor @ interface remote-as _",
	"neighbor @ interface peer-group _",
	"neighbor @ interface _",
	// address-family
	"redistribute @ …",
	"neighbor @ route-map _ @",
	// route-map
	"match interface _",
	"match source-protocol _",
	"match tag _",
	"match ip address prefix-list _",
	"match ipv6 address prefix-list _",
	"set metric _",
	"set origin _",
	"set tag _",
)

// short are the commands whose "no" form must not, or need not, repeat the
// value: a password has no business in it, and FRR takes no description there.
var short = patterns(
	"bgp route-map delay-timer _",
	"neighbor @ description …",
	"neighbor @ password …",
	"neighbor @ advertisement-interval _",
	"neighbor @ timers connect _",
	"neighbor @ timers _ _",
	"redistribute @ …",
)

// patterns are kept by their first word, which every command has.
func patterns(list ...string) map[string][][]string {
	out := map[string][][]string{}
	for _, p := range list {
		words := strings.Fields(p)
		out[words[0]] = append(out[words[0]], words)
	}
	return out
}

// match returns the identity of a command under a pattern: its words less the
// values.
func match(pattern, words []string) (identity string, ok bool) {
	var id []string
	for i, p := range pattern {
		switch {
		case p == "…":
			return strings.Join(id, " "), i <= len(words)
		case i >= len(words):
			return "", false
		case p == "_":
			continue
		case p != "@" && p != words[i]:
			return "", false
		}
		id = append(id, words[i])
	}
	return strings.Join(id, " "), len(pattern) == len(words)
}

func firstMatch(patterns map[string][][]string, command string) (string, bool) {
	words := strings.Fields(command)
	if len(words) == 0 {
		return "", false
	}
	for _, p := range patterns[words[0]] {
		if id, ok := match(p, words); ok {
			return id, true
		}
	}
	return "", false
}

// slotOf names what a command sets, so that two commands of one slot are two
// values of one thing. A command and its "no" form share their slot.
func slotOf(command string) string {
	positive := strings.TrimPrefix(command, "no ")
	if slot, ok := firstMatch(slots, positive); ok {
		return slot
	}
	return positive
}

// settle drops the commands that a later one of their slot replaces.
func (n *node) settle() {
	last := bySlot(n.children)
	n.children = slices.DeleteFunc(n.children, func(c *node) bool { return last[slotOf(c.line)] != c })
	n.below = nil
	for _, c := range n.children {
		c.settle()
	}
}

// negate returns the command that takes another back.
func negate(command string) string {
	if positive, ok := strings.CutPrefix(command, "no "); ok {
		return positive
	}
	if id, ok := firstMatch(short, command); ok {
		return "no " + id
	}
	return "no " + command
}
