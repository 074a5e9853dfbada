package plan

import (
	"cmp"
	"slices"
)

// Kind is what happens to a session.
type Kind string

// What can happen to a session.
const (
	// Pending changes act when the session is next established.
	Pending Kind = "pending until the next session"
	// RefreshOut sends the peer what changed for it.
	RefreshOut Kind = "refresh outbound"
	// Added is a session that could not be before.
	Added Kind = "added"
	// Removed is a session that ends and cannot be any more.
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
	var list []Effect
	for peer, kind := range worst {
		list = append(list, Effect{peer, kind})
	}
	slices.SortFunc(list, byPeer)
	return list
}

func byPeer(a, b Effect) int { return cmp.Compare(a.Peer, b.Peer) }

// effectOn is the same effect on several peers.
func effectOn(peers []string, kind Kind) []Effect {
	var list []Effect
	for _, peer := range peers {
		list = append(list, Effect{peer, kind})
	}
	slices.SortFunc(list, byPeer)
	return list
}
