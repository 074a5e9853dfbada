package plan

import (
	"cmp"
	"slices"
	"strings"
)

// Kind is what happens to a session.
type Kind string

// What can happen to a session.
const (
	// Pending changes act when the session is next established.
	Pending Kind = "pending until the next session"
	// RefreshOut sends the peer what changed for it.
	RefreshOut Kind = "refresh outbound"
	// Added is a session that was not configured.
	Added Kind = "added"
	// Removed is a session that is configured no longer.
	Removed Kind = "removed"
	// Reset ends the session with a NOTIFICATION; it comes up again.
	Reset Kind = "reset"
)

// gravity orders kinds: of several effects on a peer the gravest is told.
var gravity = map[Kind]int{Pending: 1, RefreshOut: 2, Added: 3, Removed: 4, Reset: 5}

// Effect is what a step does to the session with a peer.
type Effect struct {
	Peer string
	Kind Kind
}

func (e Effect) String() string {
	switch e.Kind {
	case Added:
		return "adds " + e.Peer
	case Removed:
		return "removes " + e.Peer
	case Reset:
		return "resets " + e.Peer
	}
	return string(e.Kind) + ": " + e.Peer
}

// Effects returns the gravest effect of a plan on each peer, sorted by peer.
func (p *Plan) Effects() []Effect {
	worst := map[string]Kind{}
	for _, s := range p.Steps {
		for _, e := range s.Effects {
			if gravity[e.Kind] > gravity[worst[e.Peer]] {
				worst[e.Peer] = e.Kind
			}
		}
	}
	return effects(worst)
}

func effects(of map[string]Kind) []Effect {
	var list []Effect
	for peer, kind := range of {
		list = append(list, Effect{peer, kind})
	}
	slices.SortFunc(list, func(a, b Effect) int { return cmp.Compare(a.Peer, b.Peer) })
	return list
}

// consequences says what a command does to the sessions that it is about:
// those of its neighbor, of its peer group's members, or all. The first
// pattern that matches decides; a command that none matches does nothing.
//
// Each row was measured at the peer, on FRR 8.4.4 and 10.3: a reset is a
// NOTIFICATION (6/6, 6/2 or 6/3) that the peer receives. bgpd's own counter of
// sessions is no witness, as it begins again when a neighbor is made again.
var consequences = []struct {
	pattern string
	kind    Kind
}{
	{"bgp router-id _", Reset},                        // 6/6 to every peer
	{"neighbor @ remote-as _", Reset},                 // 6/6
	{"neighbor @ interface remote-as _", Reset},       // 6/6
	{"neighbor @ password …", Reset},                  // 6/6
	{"neighbor @ capability extended-nexthop", Reset}, // 6/6
	{"neighbor @ activate", Reset},                    // 6/6, both ways
	{"neighbor @ shutdown", Reset},                    // 6/2
	{"neighbor @ route-map _ out", RefreshOut},        // UPDATEs after 0.1 s
	{"neighbor @ timers connect _", ""},               // acts on the next attempt
	{"neighbor @ timers _ _", Pending},                // negotiated in OPEN (RFC 4271 section 4.2)
	{"neighbor @ advertisement-interval _", ""},
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
