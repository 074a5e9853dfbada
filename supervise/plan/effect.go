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
	// RefreshIn asks the peer for its routes again (RFC 2918).
	RefreshIn Kind = "refresh inbound"
	// Limited ends the session if the peer has sent more prefixes than it may
	// from now on; it stays down until it is cleared.
	Limited Kind = "reset if it has sent more"
	// Added is a session that could not be before.
	Added Kind = "added"
	// Removed is a session that ends and cannot be any more.
	Removed Kind = "removed"
	// Reset ends the session with a NOTIFICATION; it comes up again.
	Reset Kind = "reset"
)

// gravity orders kinds: of several effects on a peer the most severe counts.
var gravity = map[Kind]int{Pending: 1, RefreshOut: 2, RefreshIn: 3, Limited: 4, Added: 5, Removed: 6, Reset: 7}

// Effect is what a step does to the session with a peer.
type Effect struct {
	// Peer is a neighbor as FRR's commands name it, or a prefix whose
	// addresses may peer unnamed.
	Peer string
	Kind Kind
	// VRF is where the peer is, "" for the default one.
	VRF string
}

func (e Effect) String() string {
	peer := e.Peer
	if e.VRF != "" {
		peer += " in VRF " + e.VRF
	}
	switch e.Kind {
	case Added:
		return "adds " + peer
	case Removed:
		return "removes " + peer
	case Reset:
		return "resets " + peer
	case Limited:
		return "resets " + peer + " if it has sent more"
	}
	return string(e.Kind) + ": " + peer
}

// session is whom an effect is on.
type session struct{ vrf, peer string }

func (e Effect) session() session { return session{e.VRF, e.Peer} }

// Effects returns the most severe effect of a plan on each peer, sorted by peer.
func (p *Plan) Effects() []Effect {
	worst := map[session]Kind{}
	for _, s := range p.Steps {
		for _, e := range s.Effects {
			if gravity[e.Kind] > gravity[worst[e.session()]] {
				worst[e.session()] = e.Kind
			}
		}
	}
	var list []Effect
	for s, kind := range worst {
		list = append(list, Effect{s.peer, kind, s.vrf})
	}
	slices.SortFunc(list, byPeer)
	return list
}

func byPeer(a, b Effect) int { return cmp.Or(cmp.Compare(a.VRF, b.VRF), cmp.Compare(a.Peer, b.Peer)) }

// effectOn is the same effect on several peers of a VRF.
func effectOn(vrf string, peers []string, kind Kind) []Effect {
	var list []Effect
	for _, peer := range peers {
		list = append(list, Effect{peer, kind, vrf})
	}
	slices.SortFunc(list, byPeer)
	return list
}

// vrfOf returns the VRF of a BGP instance: router bgp ASN vrf NAME.
func vrfOf(instance string) string {
	_, vrf, _ := strings.Cut(instance, " vrf ")
	return vrf
}
