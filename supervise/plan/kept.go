package plan

import (
	"slices"
	"strings"
)

// longestKept is the longest line that is kept: vtysh hangs over one of more than 4,096 bytes.
const longestKept = 4000

// Kept returns the operator's lines of a frr.conf that k8frr did not write, as a
// configuration: what k8frr does not own, without what known configurations say of
// the same, and with what FRR reads at its start only.
func Kept(file string, known ...string) string {
	var out strings.Builder
	var write func(n, known *node, context []string)
	write = func(n, known *node, context []string) {
		for _, c := range n.children {
			if len(c.line) > longestKept || !isKept(context, c) {
				continue
			}
			same := known.slots()[c.key()]
			if same != nil && len(c.children) == 0 {
				continue
			}
			start := out.Len()
			out.WriteString(strings.Repeat(" ", len(context)) + c.line + "\n")
			inner := out.Len()
			write(c, same, within(context, c.line))
			if len(c.children) > 0 {
				if out.Len() == inner && (same != nil || holds(c.line)) { // nothing of it is the operator's
					whole := out.String()[:start]
					out.Reset()
					out.WriteString(whole)
					continue
				}
				out.WriteString(strings.Repeat(" ", len(context)) + "exit\n")
			}
		}
	}
	write(parse(file), parse(strings.Join(known, "\n")), nil)
	return out.String()
}

// isKept reports whether a line of a foreign frr.conf is the operator's and does
// not take the place of one of k8frr's.
func isKept(context []string, n *node) bool {
	words := strings.Fields(n.line)
	switch {
	case len(words) > 2 && slices.Contains([]string{"ip protocol bgp", "ipv6 protocol bgp"}, strings.Join(words[:3], " ")):
		return false
	case len(context) == 0 && (strings.HasPrefix(n.line, "frr ") || strings.HasPrefix(n.line, "service integrated-vtysh-config") || strings.HasPrefix(n.line, "no service integrated-vtysh-config")):
		return false
	case len(context) == 0 && holds(n.line):
		return len(n.children) > 0
	}
	return isForeign(context, n.line)
}

// IsOurs reports whether a configuration has lines that only k8frr writes: names
// and routes of its own, not merely a BGP instance.
func IsOurs(text string) bool {
	var ours func(n *node) bool
	ours = func(n *node) bool {
		return slices.ContainsFunc(n.children, func(c *node) bool {
			p := c.part()
			return p != foreign && p != instances && p != pace || holds(c.line) && ours(c)
		})
	}
	return ours(parse(text))
}
