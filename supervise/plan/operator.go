package plan

import (
	"slices"
	"strings"
)

// Operator returns the operator's lines of configurations, each once, as a
// configuration: what is neither k8frr's nor read at FRR's start only.
func Operator(texts ...string) string {
	var out strings.Builder
	var write func(n *node, context []string)
	write = func(n *node, context []string) {
		for _, c := range n.children {
			theirs := func(inner *node) bool { return isForeign(within(context, c.line), inner.line) }
			if holds(c.line) && !slices.ContainsFunc(c.children, theirs) ||
				!holds(c.line) && (!isForeign(context, c.line) || len(context) == 0 && unplanned(c.line)) {
				continue
			}
			out.WriteString(strings.Repeat(" ", len(context)) + c.line + "\n")
			write(c, within(context, c.line))
		}
	}
	write(parse(strings.Join(texts, "\n")), nil)
	return out.String()
}

// TakeBack returns the plan that removes operator's lines from the running
// configuration: those that were entered (as Operator gives them) and are not
// wanted any more. Between leaves them, because a running configuration does
// not distinguish them from lines that were entered manually. What was entered by
// hand within a context keeps the context.
//
// It is for a configuration that runs what is wanted: a line that was replaced
// by another is not there any more, and a plan made before could hit the other.
func TakeBack(running, entered, wanted string) *Plan {
	b := &builder{}
	b.takeBack(nil, parse(running), parse(Operator(entered)), parse(wanted))
	return &Plan{Steps: b.steps}
}

// takeBack goes backwards: what refers to a line was entered after it.
func (b *builder) takeBack(context []string, running, entered, wanted *node) {
	for _, e := range slices.Backward(entered.children) {
		r, w := running.find(e.line), wanted.find(e.line)
		switch {
		case r == nil:
		case w == nil && covers(e, r) && !lasting(e.line):
			b.unset(context, r)
		default:
			b.takeBack(within(context, e.line), r, e, w)
		}
	}
}

// covers reports whether everything below a running line was entered.
func covers(entered, running *node) bool {
	for _, r := range running.children {
		if e := entered.find(r.line); e == nil || !covers(e, r) {
			return false
		}
	}
	return true
}

// lasting reports whether a command enters a context that is there by itself, of
// which only the lines can be taken back.
func lasting(line string) bool {
	return strings.HasPrefix(line, "interface ") || strings.HasPrefix(line, "line ") || holds(line)
}
