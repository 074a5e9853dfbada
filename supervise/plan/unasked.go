package plan

import (
	"regexp"
	"strings"
)

// unasked are lines of a BGP instance that some FRR shows although nothing has entered them:
//
//   - 10.6 and 10.7 print use-underlays-nexthop-weight in every instance with a flag such as `bgp always-compare-med`, and its
//     `no` form clears those flags;
//   - 10.4.2 to 10.6.1 print `no neighbor X capability link-local` of every unnumbered neighbor, for which it is the default.
var unasked = regexp.MustCompile(`^ (use-underlays-nexthop-weight|no neighbor \S+ capability link-local)\r?\n?$`)

// asked is a running configuration without the lines that FRR shows of itself, but for those that are wanted. Taken for
// somebody's, they would be taken back.
func asked(running, wanted string) string {
	if !strings.Contains(running, "\n use-underlays-nexthop-weight") && !strings.Contains(running, " capability link-local") {
		return running
	}
	declared := map[string]bool{}
	for line := range strings.Lines(wanted) {
		declared[strings.TrimSpace(line)] = true
	}
	var left strings.Builder
	for line := range strings.Lines(running) {
		if !unasked.MatchString(line) || declared[strings.TrimSpace(line)] {
			left.WriteString(line)
		}
	}
	return left.String()
}
