package plan

import (
	"slices"
	"strings"
)

// consequences says what a command, and its "no" form, does to the sessions
// that it is about: those of its neighbor, of its peer group's members, or all.
// A command that is not here does nothing.
//
// Each row was measured at the peer, on FRR 8.4.4 and 10.3: a reset is a
// NOTIFICATION that the peer receives (RFC 4486: 6/2 shutdown, 6/3 peer
// deconfigured, 6/6 other configuration change). bgpd's own counter of sessions
// is no witness, as it begins again when a neighbor is made again.
// Inbound is a ROUTE-REFRESH that the peer receives. That the session stays was
// measured of the other rows, too; what is sent then depends on the routes.
var consequences = rows{
	{"bgp router-id _", Reset},                        // 6/6 to every peer
	{"neighbor @ remote-as _", Reset},                 // 6/6
	{"neighbor @ interface remote-as _", Reset},       // 6/6
	{"neighbor @ peer-group _", Reset},                // 6/3, as the neighbor is made again
	{"neighbor @ interface peer-group _", Reset},      // 6/3, likewise
	{"neighbor @ password …", Reset},                  // 6/6
	{"neighbor @ capability extended-nexthop", Reset}, // 6/6
	{"neighbor @ activate", Reset},                    // 6/6
	{"neighbor @ shutdown", Reset},                    // 6/2
	{"bgp cluster-id _", Reset},                       // 6/6, internal peers only
	{"bgp confederation identifier _", Reset},
	{"bgp graceful-restart|graceful-restart-disable", Pending},
	{"bgp graceful-restart restart-time _", Pending},
	{"bgp graceful-restart preserve-fw-state", Pending},
	{"bgp listen range @ peer-group _", Reset}, // of who peers from it; assumed, not measured
	{"neighbor @ local-as …", Reset},
	{"neighbor @ ebgp-multihop …", Reset},
	{"neighbor @ ttl-security hops _", Reset},
	{"neighbor @ update-source _", Reset},
	{"neighbor @ passive", Reset}, // 6/6, as the rows above and below
	{"neighbor @ disable-connected-check", Reset},
	{"neighbor @ capability software-version", Pending},
	{"neighbor @ graceful-restart|graceful-restart-helper|graceful-restart-disable", Pending},
	{"no neighbor @ bfd", Reset},       // by a peer with BFD, FRR or BIRD: it takes AdminDown for a failed path
	{"no neighbor @ bfd # # #", Reset}, // likewise
	{"no neighbor @ addpath-tx-best-selected …", Pending},
	{"neighbor @ addpath-tx-all-paths|addpath-tx-bestpath-per-AS|addpath-tx-best-selected …", Reset},
	{"neighbor @ disable-addpath-rx", Reset},
	{"neighbor @ route-reflector-client", Reset},
	{"neighbor @ route-map _ in", RefreshIn},
	{"neighbor @ allowas-in …", RefreshIn},
	{"no neighbor @ soft-reconfiguration inbound", ""},
	{"neighbor @ soft-reconfiguration inbound", RefreshIn},
	{"no neighbor @ maximum-prefix …", ""},
	{"neighbor @ maximum-prefix …", Limited}, // 6/1 if there are more already
	{"neighbor @ weight _", RefreshIn},
	{"neighbor @ as-override", RefreshOut},
	{"neighbor @ next-hop-self …", RefreshOut},
	{"neighbor @ remove-private-AS …", RefreshOut},
	{"neighbor @ send-community …", RefreshOut},
	{"neighbor @ route-map _ out", RefreshOut}, // UPDATEs after 0.1 s
	{"neighbor @ timers _ _", Pending},         // negotiated in OPEN (RFC 4271 section 4.2)
}

type rows []struct {
	pattern string
	kind    Kind
}

// byWord are the consequences by the first word of their commands.
var byWord = func() map[string][]consequence {
	out := map[string][]consequence{}
	for _, row := range consequences {
		p := compile(row.pattern)
		out[p[0][0]] = append(out[p[0][0]], consequence{p, row.kind})
	}
	return out
}()

type consequence struct {
	pattern
	kind Kind
}

func consequenceOf(command string) Kind {
	for _, form := range []string{command, strings.TrimPrefix(command, "no ")} {
		words := strings.Fields(form)
		for _, c := range byWord[words[0]] {
			if c.matches(words) {
				return c.kind
			}
		}
	}
	return ""
}

// effectsOf is what a command may do to sessions.
func (b *builder) effectsOf(c Command) []Effect {
	if partOf(top(c)) != instances {
		return b.concerns(c)
	}
	kind := consequenceOf(c.Line)
	if kind == "" || len(c.Context) == 0 {
		return nil
	}
	if isRestart(c.Line) && b.restartsReset {
		return effectOn(vrfOf(c.Context[0]), b.restarted(c), Reset)
	}
	return effectOn(vrfOf(c.Context[0]), b.subjects(c), kind)
}

// subjects are the peers whose sessions a command of a BGP instance is about.
// A group has no session, and no effect.
func (b *builder) subjects(c Command) []string {
	name := c.Peer()
	if prefix, _, ok := rangeOf(c.Line); ok {
		return []string{prefix}
	}
	if strings.HasPrefix(strings.TrimPrefix(c.Line, "no "), "bgp cluster-id ") {
		return internal(b.before) // the others do not hear of it
	}
	if name == "" {
		return slices.Concat(sorted(peersOf(b.before)), sorted(rangesOf(b.before)))
	}
	members, isGroup := b.members[name]
	if !isGroup {
		return []string{name}
	}
	var subjects []string
	for _, m := range members {
		if !b.speaksForItself(m, c) {
			subjects = append(subjects, m)
		}
	}
	return subjects
}

// speaksForItself reports whether a member runs with a value of its own, so that
// its group's does not concern it.
func (b *builder) speaksForItself(member string, group Command) bool {
	context := b.before
	if len(group.Context) > 1 {
		context = context.find(group.Context[1])
	}
	return context.slots()[slotOf(strings.Replace(group.Line, "neighbor "+group.Peer()+" ", "neighbor "+member+" ", 1))] != nil
}

// account settles what the steps do to sessions, knowing which can be before
// and after, and tells each effect once: that a session ends or can be from now
// on, at the step that brings it about.
func (b *builder) account(from, to *node) {
	if !slices.ContainsFunc(b.steps, func(s Step) bool { return len(s.Effects) > 0 }) {
		return
	}
	was, will := allSessions(from), allSessions(to)
	turns := b.turns()
	gravest := map[session]Kind{}
	for i := range b.steps {
		var told []Effect
		for _, e := range b.steps[i].Effects {
			s := e.session()
			switch {
			case !was[s] && !will[s]:
				continue
			case was[s] && will[s]:
			case turns[s] != i:
				continue
			case will[s]:
				e.Kind = Added
			default:
				e.Kind = Removed
			}
			if gravity[e.Kind] > gravity[gravest[s]] {
				gravest[s] = e.Kind
				told = append(told, e)
			}
		}
		b.steps[i].Effects = told
	}
}

// turns finds the step at which a session that comes or goes does: the first
// that would reset it, or else the first that has any effect.
func (b *builder) turns() map[session]int {
	turns, resets := map[session]int{}, map[session]bool{}
	for i, step := range b.steps {
		for _, e := range step.Effects {
			s := e.session()
			if _, known := turns[s]; !known || e.Kind == Reset && !resets[s] {
				turns[s] = i
			}
			resets[s] = resets[s] || e.Kind == Reset
		}
	}
	return turns
}
