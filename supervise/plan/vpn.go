package plan

import "strings"

// restate enters again what a changed router ID makes FRR replace, although it
// was stated: the route distinguisher of a VRF's exports (8.4), and their route
// targets, become ones that it derives from the router ID.
func (b *builder) restate(context []string, start int, instance *node) {
	var derived []Step
	for _, name := range familyNames(instance) {
		for _, n := range instance.find(name).children {
			if strings.HasPrefix(n.line, "rd vpn export ") || strings.HasPrefix(n.line, "rt vpn export ") {
				derived = append(derived, Step{Command: Command{within(context, name), n.line}})
			}
		}
	}
	for i := start; i < len(b.steps); i++ {
		if s := &b.steps[i]; strings.HasPrefix(strings.TrimPrefix(s.Line, "no "), "bgp router-id") {
			s.Undo = append(s.Undo, derived...)
			for _, again := range derived {
				b.add(again)
			}
			return
		}
	}
}
