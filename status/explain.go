package status

import (
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/token"
)

// States of the finite state machine that are distinguished here (RFC 4271 section 8.2.2).
const (
	Idle        = "Idle"
	Connect     = "Connect"
	Active      = "Active"
	OpenSent    = "OpenSent"
	OpenConfirm = "OpenConfirm"
	Established = "Established"
)

// States that FRR's summary adds.
const (
	idleAdmin    = "Idle (Admin)"
	idlePrefixes = "Idle (PfxCt)"
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

// explain returns why a session is not established, and what to check; and beside a reason that is no end of a session, how
// it last ended, as far as FRR still tells.
func (s *session) explain() (now, ended explanation) {
	reset := s.shown.Reset
	switch s.peer.State {
	case "":
		return stateless.explain(), explanation{}
	case idleAdmin:
		return s.shutDown(), explanation{}
	case idlePrefixes:
		return s.overflowed(), explanation{}
	}
	ended = reset.end()
	down := reset.latest()
	c := causeOf(down)
	switch {
	case s.passive && (ended.isZero() || causeOf(reset.Cause).kind == passing):
		return awaited.explain(), explanation{}
	case s.passive:
		return ended, explanation{}
	case s.isUnnumbered() && !s.shown.Address.IsValid() && c.word != CauseInterfaceDown && reset.lastNotification() == nil:
		return noPeer.explain(), ended
	case s.shown.Route == RouteMissing || c.kind == unrouted:
		return s.noRoute(), ended
	case reset.Notification != nil:
		return ended, explanation{}
	case c.kind == trying || c.kind == routing && s.hasRoute():
		return s.waiting(), ended
	case c.kind == routing:
		return unexplained(down).explain(), ended
	case c.kind == early && s.shown.BFDDown && !s.tries(): // 10.2 and 10.3 do not begin while BFD is down
		return heldBack.explain(), ended
	case (c.kind == passing || c.kind == early) && s.hasRoute() && s.tries():
		return s.waiting(), ended
	case isOneOf(c.word, ends):
		return c.explain(), explanation{}
	}
	return c.explain(), ended
}

// latest is FRR's last text about a session that is down: from 10.6 on it has one of its own, which is not the one that ended it.
func (r Reset) latest() string {
	if r.Down != "" {
		return r.Down
	}
	return r.Cause
}

// lastNotification is the message that ended the session, if FRR has not said since that it looks for the peer.
func (r Reset) lastNotification() *Notification {
	if causeOf(r.Down).word == CauseNoPeerFound {
		return nil
	}
	return r.Notification
}

func (s *session) isUnnumbered() bool { return s.Interface != "" && s.Unnumbered() }

// hasRoute reports whether FRR can reach the peer's address. One that is link-local is on a link by itself. Where the table of next hops
// is not asked, a connection under way tells it, or that the kernel has looked for the address on a link.
func (s *session) hasRoute() bool {
	switch {
	case s.shown.Route == RouteFound, s.shown.Address.IsLinkLocalUnicast(), s.Address.IsLinkLocalUnicast():
		return true
	case s.shown.Route == RouteMissing:
		return false
	}
	looked := false
	if s.kernel != nil {
		_, looked = s.kernel.Answering[s.Address]
	}
	return looked || slices.Contains([]string{Connect, OpenSent, OpenConfirm}, fsm(s.peer.State))
}

// tries reports whether the session has begun to connect.
func (s *session) tries() bool { return s.peer.State == Connect || s.peer.State == Active }

func (s *session) shutDown() explanation {
	if s.AdminDown {
		return explanation{Reason{Cause: CauseAdminShutdown}, "administratively shut down, as config.adminDown asks"}
	}
	return explanation{Reason{Cause: CauseManualShutdown}, "administratively shut down, and not by the configuration: entered manually in FRR"}
}

func (s *session) overflowed() explanation {
	text := maxPrefixes + ", and the session stays down until it is cleared on this node"
	if token.Clearable(s.ID) {
		text += " (`clear bgp " + s.ID + "` in vtysh)"
	}
	return explanation{Reason{Cause: CauseMaxPrefixes}, text + "; check what the peer announces, or raise maxPrefixes"}
}

// noRoute says why FRR finds no next hop for the peer, by what the kernel finds.
func (s *session) noRoute() explanation {
	const answer = "set ebgpMultihop with multihopTtl: 1"
	var direct Direct
	known := false
	if s.kernel != nil {
		direct, known = s.kernel.Direct[s.Address]
	}
	text := noRoute
	switch {
	case known && direct.Carries.IsValid():
		text += " in FRR, although " + direct.Interface + " carries " + direct.Carries.String() + ": zebra lacks this address or its route," +
			" which FRR 8.4 may miss when it starts while the interface is set up; check `show interface " + direct.Interface +
			"` in vtysh, and remove the address and add it again, or restart FRR"
	case known && s.connected:
		text += " that FRR takes for a connected one, so the peer is not directly connected: the kernel reaches it on " + direct.Interface +
			" by a host route or a router advertisement; " + answer
	case known:
		text += " in FRR, although the kernel reaches it on " + direct.Interface + ": FRR 8.4 ignores the kernel's route to a prefix of a router" +
			" advertisement; give the interface an address of that prefix, or set transport.passiveMode and have the peer connect"
	case s.connected:
		text += ", or it is not directly connected: check the node's interfaces; if only a host route or a router advertisement" +
			" leads to the peer, " + answer + ", and with a higher one if routers are in between"
	default:
		text += ": check the node's interfaces and routes, and ebgpMultihop if the peer is on no connected network"
	}
	return explanation{Reason{Cause: CauseNoRoute}, text}
}

// What FRR has no text for.
var (
	awaited = cause{word: CauseAwaited, text: "this node waits for the peer to connect, as transport.passiveMode asks",
		hint: "check that the peer is up and configured to"}
	heldBack = cause{word: CauseBFDDown, text: heldByBFD + ", and the session does not begin without",
		hint: "check that the peer runs BFD with this node, and UDP port 3784"}
	stateless = cause{word: CauseUnknown, text: "FRR does not report the state of this session", hint: "see the condition FRRReachable"}
	noBGPD    = cause{word: CauseFRRUnreachable, text: "bgpd does not answer", hint: "see the condition FRRReachable"}
	notInFRR  = cause{word: CauseNotConfigured, text: "FRR does not have this neighbor", hint: "see the condition ConfigurationApplied"}
)

// What is known of a session that waits for TCP, or for the peer's OPEN.
var (
	noOpen = cause{word: CauseNoOpen, text: "TCP is connected, and the peer has not said anything yet",
		hint: "it may be starting, not expect this node, or " + lowTTL}
	noKeepalive = cause{word: CauseNoOpen, text: "the peer has sent its OPEN, and does not answer this node's",
		hint: "it may refuse this node's address or AS number, or " + lowTTL}
	noHost = cause{word: CauseNoHost, text: "no host answers for the peer's address on its link",
		hint: "check that the peer is up, its address, the cable and the VLAN"}
	wrongPassword = cause{word: CausePassword, text: "waiting for TCP: the password is probably not the same on both sides",
		hint: "this node's kernel refuses segments with a wrong signature (TCPMD5Failure rises); " + compare}
	noPassword = cause{word: CausePassword, text: "waiting for TCP: the peer probably has no password, and this node has one",
		hint: "this node's kernel refuses segments without a signature (TCPMD5NotFound rises); " + compare}
	itsPassword = cause{word: CausePassword, text: "waiting for TCP: the peer probably has a password, and this node has none",
		hint: "this node's kernel refuses signed segments (TCPMD5Unexpected rises); " + compare}
	silent = cause{word: CauseNoAnswer, text: noAnswer,
		hint: "a firewall drops TCP port 179, or the peer wants a password; check both"}
	silentToPassword = cause{word: CauseNoAnswer, text: noAnswer,
		hint: "a firewall drops TCP port 179, or the password differs, which is met with silence; " + compare}
	refused = cause{word: CauseConnectionRefused, text: "connection refused",
		hint: "check that BGP runs on the peer and is configured for this node's address"}
	notAccepted = cause{word: CauseConnectionFailed, text: "the TCP connection cannot be made",
		hint: "check that the peer is up, that BGP runs there and that it expects this node's address"}
)

const (
	noAnswer = "waiting for TCP: the peer does not answer"
	lowTTL   = "take only packets with a TTL of 255 (GTSM, ttl-security), for which ebgpMultihop without multihopTtl is the answer; check the peer's log"
	compare  = "compare authPassword, or the Secret, with the peer's configuration"
)

// waiting says why the peer does not come as far as its OPEN. bgpd does not learn of segments that the kernel refuses for
// their signature (RFC 2385): what can be known is that there is no answer, and the kernel's counters.
func (s *session) waiting() explanation {
	var md5 MD5
	answering, known := false, false
	if s.kernel != nil {
		md5 = s.kernel.MD5
		answering, known = s.kernel.Answering[s.Address]
	}
	state := fsm(s.peer.State)
	switch {
	case state == OpenConfirm:
		return noKeepalive.explain()
	case state == OpenSent:
		return noOpen.explain()
	case known && !answering:
		return noHost.explain()
	case s.password && md5.Failure:
		return wrongPassword.explain()
	case s.password && md5.NotFound:
		return noPassword.explain()
	case !s.password && md5.Unexpected:
		return itsPassword.explain()
	case state == Connect && s.password:
		return silentToPassword.explain()
	case state == Connect:
		return silent.explain()
	case known:
		return refused.explain()
	}
	return notAccepted.explain()
}
