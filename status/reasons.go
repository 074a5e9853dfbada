package status

import (
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/token"
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

// What is said of a session while nothing specific is known: what is so, and what to check.
const (
	notYet        = "the session has not been established yet"
	noAnswer      = "waiting for TCP: the peer does not answer"
	wrongPassword = "waiting for TCP: the password is probably not the same on both sides"
	noPassword    = "waiting for TCP: the peer probably has no password, and this node has one"
	itsPassword   = "waiting for TCP: the peer probably has a password, and this node has none"
	refused       = "connection refused"
	notAccepted   = "the TCP connection cannot be made"
	noHost        = "nobody answers for the peer's address on its link"
	noOpen        = "TCP is connected, and the peer has not said anything yet"
	awaited       = "this node waits for the peer to connect, as transport.passiveMode asks: check that the peer is up and configured to"
	noRoute       = "no route to the peer"
	noPeer        = "no peer has been found on the interface"
	noPeerAddress = "no IPv6 address of the peer has been found on the interface"
	heldByBFD     = "BFD does not hear the peer"
	frrSays       = "FRR says: "
	noBGPD        = "bgpd does not answer: see the condition FRRReachable"
	notInFRR      = "FRR does not have this neighbor: see the condition ConfigurationApplied"
)

var unspecific = []string{notYet, noAnswer, wrongPassword, noPassword, itsPassword, refused, notAccepted, noHost, noOpen, awaited,
	noRoute, noPeer, noPeerAddress, heldByBFD, frrSays, noBGPD, notInFRR}

// session is a neighbor, as configured and as shown, with what the kernel knows of it.
type session struct {
	render.Neighbor
	passive, password bool
	// connected says that FRR wants the peer on a connected network: it is external, and ebgpMultihop is not set.
	connected bool
	peer      Peer
	shown     Neighbor
	kernel    *Kernel
}

// why says in words why a session is not established, and what to check.
func (s *session) why() string {
	reset := s.shown.Reset
	switch {
	case s.peer.State == "Idle (Admin)" && !s.AdminDown:
		return "administratively shut down, and not by the configuration: somebody entered it in FRR"
	case s.peer.State == "Idle (Admin)":
		return "administratively shut down, as config.adminDown asks"
	case s.peer.State == "Idle (PfxCt)":
		how := ""
		if token.Clearable(s.ID) {
			how = " (`clear bgp " + s.ID + "` in vtysh)"
		}
		return "maximum prefixes reached: the peer sent more than prefixLimit allows, and the session stays down until it is cleared on this node" +
			how + "; check what the peer announces, or raise maxPrefixes"
	case reset.Notification != nil:
		return reset.Notification.String()
	}
	switch reset.Cause { // FRR's bgp_vty.c and bgpd.c, peer_down_str
	case "Peer closed the session":
		return "the peer closed the TCP connection without saying why: it may not expect this node's address, or have gone down; check the peer's log"
	case "Interface down":
		return "the interface is down: check the link, and `ip link`"
	case "User reset":
		return "the session was cleared on this node, and should come back by itself"
	case "Admin. shutdown":
		return "the session was administratively shut down on this node, and should come back by itself"
	case "BFD down received":
		return heldByBFD + ": the path or the peer failed, or its BFD was stopped; check the link, the peer, and UDP port 3784"
	}
	if s.passive {
		return awaited
	}
	if s.Interface != "" && s.Unnumbered() && !s.shown.Address.IsValid() && reset.Cause != "Waiting for Peer IPv6 Addr" {
		return noPeer + ": no router advertisement came in; check that the peer sends them, and the link"
	}
	switch reset.Cause {
	case "Waiting for peer OPEN":
		return s.waiting()
	case "Waiting for NHT", "No path to specified Neighbor": // 8.4, 10.x
		if s.connected {
			return noRoute + ", or it is not directly connected: check the node's interfaces; if only a host route or a router advertisement" +
				" leads to the peer, set ebgpMultihop with multihopTtl: 1, and with a higher one if routers are in between"
		}
		return noRoute + ": check the node's interfaces and routes, and ebgpMultihop if the peer is on no connected network"
	case "Waiting for Peer IPv6 Addr":
		return noPeerAddress + ": check that IPv6 is enabled on both ends of the link"
	case "", "No AFI/SAFI activated for peer", "Address family activated": // while it is being configured
		if s.shown.BFDDown {
			return heldByBFD + ", and the session does not begin without: check that the peer runs BFD with this node, and UDP port 3784"
		}
		return notYet
	}
	return frrSays + reset.Cause
}

// waiting says why the peer does not come as far as its OPEN. bgpd does not learn of segments that the kernel refuses for
// their signature (RFC 2385): what can be known is that there is no answer, and the kernel's counters.
func (s *session) waiting() string {
	const compare = "compare authPassword, or the Secret, with the peer's configuration"
	var md5 MD5
	answering, known := false, false
	if s.kernel != nil {
		md5 = s.kernel.MD5
		answering, known = s.kernel.Answering[s.Address]
	}
	state := fsm(s.peer.State)
	switch {
	case state == OpenSent || state == OpenConfirm:
		return noOpen + ": it may be starting, or not expect this node; check the peer's log"
	case known && !answering:
		return noHost + ": check that the peer is up, its address, the cable and the VLAN"
	case s.password && md5.Failure:
		return wrongPassword + ": this node's kernel refuses segments with a wrong signature (TCPMD5Failure rises); " + compare
	case s.password && md5.NotFound:
		return noPassword + ": this node's kernel refuses segments without a signature (TCPMD5NotFound rises); " + compare
	case !s.password && md5.Unexpected:
		return itsPassword + ": this node's kernel refuses signed segments (TCPMD5Unexpected rises); " + compare
	case state == Connect && s.password:
		return noAnswer + ": a firewall drops TCP port 179, or the password differs, which is met with silence; " + compare
	case state == Connect:
		return noAnswer + ": a firewall drops TCP port 179, or the peer wants a password; check both"
	case known:
		return refused + ": check that BGP runs on the peer and is configured for this node's address"
	}
	return notAccepted + ": check that the peer is up, that BGP runs there and that it expects this node's address"
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
