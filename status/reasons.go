package status

import (
	"fmt"
	"slices"
	"strings"
)

// States of the finite state machine that are told apart here (RFC 4271 section 8.2.2).
const (
	Idle        = "Idle"
	Connect     = "Connect"
	Active      = "Active"
	OpenSent    = "OpenSent"
	OpenConfirm = "OpenConfirm"
	Established = "Established"
)

// fsm is the state without FRR's additions. FRR has two states more, Clearing and Deleted, on the way to Idle.
func fsm(state string) string {
	state, _, _ = strings.Cut(state, " (")
	switch state {
	case Connect, Active, OpenSent, OpenConfirm, Established:
		return state
	}
	return Idle
}

// What is said of a session while nothing specific is known.
const (
	notYet        = "the session has not been established yet"
	noAnswer      = "the peer does not answer: a firewall, or a password that is not the same on both sides"
	awaited       = "this node waits for the peer to connect, as transport.passiveMode asks: check that the peer is up and configured to"
	notAccepted   = "the peer does not take the connection: check that it is up and expects this node"
	noRoute       = "no route to the peer"
	noPeer        = "no peer has been found on the interface: no router advertisement came in"
	noPeerAddress = "no IPv6 address of the peer has been found on the interface"
	frrSays       = "FRR says: "
	noBGPD        = "bgpd does not answer"
	notInFRR      = "FRR does not have this neighbor: see the condition ConfigurationApplied"
)

var unspecific = []string{notYet, noAnswer, awaited, notAccepted, noRoute, noPeer, noPeerAddress, frrSays, noBGPD, notInFRR}

// why says in words why a session is not established. A passive one is left to
// the peer to begin.
func why(p Peer, n Neighbor, passive bool) string {
	switch {
	case p.State == "Idle (Admin)":
		return "administratively shut down"
	case p.State == "Idle (PfxCt)":
		return "maximum prefixes reached: the session stays down until it is cleared on this node"
	case n.Reset.Notification != nil:
		return n.Reset.Notification.String()
	case passive && n.Reset.Cause != "Peer closed the session":
		return awaited
	}
	switch n.Reset.Cause { // FRR's bgp_vty.c and bgpd.c, peer_down_str
	case "", "No AFI/SAFI activated for peer": // what is so for a moment, until the configuration is whole
		return notYet
	case "Waiting for peer OPEN":
		if fsm(p.State) == Connect {
			return noAnswer // bgpd does not learn of segments with a wrong signature (RFC 2385)
		}
		return notAccepted
	case "Waiting for NHT", "No path to specified Neighbor": // 8.4, 10.x
		return noRoute
	case "Waiting for Peer IPv6 LLA":
		return noPeer
	case "Waiting for Peer IPv6 Addr":
		return noPeerAddress
	case "Peer closed the session":
		return "peer closed the session"
	case "Interface down":
		return "the interface is down"
	case "User reset":
		return "the session was cleared on this node"
	case "Admin. shutdown":
		return "the session was administratively shut down on this node"
	}
	return frrSays + n.Reset.Cause
}

// String is "received NOTIFICATION OPEN Message Error/Bad Peer AS (2/2)".
func (n *Notification) String() string {
	if n.Code == 4 && !n.Received { // RFC 4271 section 6.5
		return "hold timer expired: nothing was heard from the peer for that long (sent NOTIFICATION 4/0)"
	}
	direction := "sent"
	if n.Received {
		direction = "received"
	}
	text := fmt.Sprintf("%s NOTIFICATION %s (%d/%d)", direction, n.Name, n.Code, n.Subcode)
	if n.Shutdown != "" {
		text += ": " + n.Shutdown
	}
	return text
}

const earlier = "; before that: "

// remember adds to an unspecific reason the specific one that was told before. FRR forgets a cause as soon as it tries
// again, so without it a peer that refuses the session is most of the time just one that does not take the connection.
func remember(reason, previous string) string {
	if _, before, ok := strings.Cut(previous, earlier); ok {
		previous = before
	}
	if previous == "" || !isUnspecific(reason) || isUnspecific(previous) {
		return reason
	}
	return reason + earlier + previous
}

func isUnspecific(reason string) bool {
	return slices.ContainsFunc(unspecific, func(text string) bool { return strings.HasPrefix(reason, text) })
}
