package plan

import "strings"

// consequences says what a command, and its "no" form, does to the sessions
// that it is about: those of its neighbor, of its peer group's members, or all.
// A command that is not here does nothing.
//
// Each row was measured at the peer, on FRR 8.4.4 and 10.3: a reset is a
// NOTIFICATION that the peer receives (RFC 4486: 6/2 shutdown, 6/3 peer
// deconfigured, 6/6 other configuration change). bgpd's own counter of sessions
// is no witness, as it begins again when a neighbor is made again.
var consequences = []struct {
	pattern string
	kind    Kind
}{
	{"bgp router-id _", Reset},                        // 6/6 to every peer
	{"neighbor @ remote-as _", Reset},                 // 6/6
	{"neighbor @ interface remote-as _", Reset},       // 6/6
	{"neighbor @ peer-group _", Reset},                // 6/3, as the neighbor is made again
	{"neighbor @ interface peer-group _", Reset},      // 6/3, likewise
	{"neighbor @ password …", Reset},                  // 6/6
	{"neighbor @ capability extended-nexthop", Reset}, // 6/6
	{"neighbor @ activate", Reset},                    // 6/6
	{"neighbor @ shutdown", Reset},                    // 6/2
	{"neighbor @ route-map _ out", RefreshOut},        // UPDATEs after 0.1 s
	{"neighbor @ timers _ _", Pending},                // negotiated in OPEN (RFC 4271 section 4.2)
}

func consequenceOf(command string) Kind {
	words := strings.Fields(strings.TrimPrefix(command, "no "))
	for _, c := range consequences {
		if _, ok := match(strings.Fields(c.pattern), words); ok {
			return c.kind
		}
	}
	return ""
}

// effectsOf is what a command may do to sessions.
func (b *builder) effectsOf(c Command) []Effect {
	kind := consequenceOf(c.Line)
	if kind == "" {
		return nil
	}
	name := c.Peer()
	if name == "" {
		return effectOn(sorted(peersOf(b.before)), kind) // groups have no session and drop out
	}
	members, isGroup := b.members[name]
	if !isGroup {
		return effectOn([]string{name}, kind)
	}
	var subjects []string
	for _, m := range members {
		if !b.speaksForItself(m, c) {
			subjects = append(subjects, m)
		}
	}
	return effectOn(subjects, kind)
}

// speaksForItself says whether a member runs with a value of its own, so that
// its group's does not concern it.
func (b *builder) speaksForItself(member string, group Command) bool {
	context := b.before
	if len(group.Context) > 1 {
		context = context.find(group.Context[1])
	}
	own := slotOf(strings.Replace(group.Line, "neighbor "+group.Peer()+" ", "neighbor "+member+" ", 1))
	if context == nil {
		return false
	}
	for _, c := range context.children {
		if slotOf(c.line) == own {
			return true
		}
	}
	return false
}

// account settles what the steps from start on do to sessions, knowing which
// can be before and after, and tells each effect once.
func (b *builder) account(start int, was, will map[string]bool) {
	for i := start; i < len(b.steps); i++ {
		var told []Effect
		for _, e := range b.steps[i].Effects {
			switch {
			case !was[e.Peer] && !will[e.Peer]:
				continue
			case !was[e.Peer]:
				e.Kind = Added
			case !will[e.Peer]:
				e.Kind = Removed
			}
			if gravity[e.Kind] > gravity[b.told[e.Peer]] {
				b.told[e.Peer] = e.Kind
				told = append(told, e)
			}
		}
		b.steps[i].Effects = told
	}
}
