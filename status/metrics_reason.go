package status

// Reason is why a session is not established, or why it last ended: one of a small number of words, for a label.
type Reason struct {
	Cause Cause
	// Direction says who ended it by a NOTIFICATION: DirectionSent if this node did; "" if nobody.
	Direction string
}

// Directions of a NOTIFICATION.
const (
	DirectionSent     = "sent"
	DirectionReceived = "received"
)

// Cause is a word of a Reason.
type Cause string

// Causes. Those up to CauseOther end a session or keep it from coming up; the rest say no more than that it does not.
const (
	CauseAdminShutdown     Cause = "admin_shutdown"     // by the configuration
	CauseMaxPrefixes       Cause = "max_prefixes"       // the peer sent too many
	CauseHoldTimer         Cause = "hold_timer_expired" // nothing was heard
	CauseBadPeerAS         Cause = "bad_peer_as"
	CauseBadIdentifier     Cause = "bad_bgp_identifier"
	CauseOpenRefused       Cause = "open_refused" // another error of an OPEN message
	CauseMessageError      Cause = "message_error"
	CauseUpdateError       Cause = "update_error"
	CauseFSMError          Cause = "fsm_error"
	CauseShutdown          Cause = "shutdown" // Cease/Administrative Shutdown
	CauseDeconfigured      Cause = "deconfigured"
	CauseReset             Cause = "reset" // Cease/Administrative Reset, or cleared by hand
	CauseRejected          Cause = "connection_rejected"
	CauseCollision         Cause = "connection_collision"
	CauseConfigChange      Cause = "configuration_changed"
	CauseBFDDown           Cause = "bfd_down"
	CauseCease             Cause = "cease" // for another reason
	CausePeerClosed        Cause = "peer_closed"
	CauseInterfaceDown     Cause = "interface_down"
	CauseNoRoute           Cause = "no_route"
	CauseNoPeerFound       Cause = "no_peer_found" // on the interface of an unnumbered one
	CauseOther             Cause = "other"
	CauseNeverUp           Cause = "not_established_yet"
	CauseNoAnswer          Cause = "no_answer" // also: another password
	CauseConnectionRefused Cause = "connection_refused"
	CauseAwaited           Cause = "awaited" // a passive session
	CauseNotConfigured     Cause = "not_in_frr"
	CauseFRRUnreachable    Cause = "frr_unreachable"
)

// specific says whether a reason tells more than that the session is not established.
func (r Reason) specific() bool {
	switch r.Cause {
	case "", CauseNeverUp, CauseNoAnswer, CauseConnectionRefused, CauseAwaited, CauseNotConfigured, CauseFRRUnreachable:
		return false
	}
	return true
}

// reason finds the word for what FRR says of a session. That of one that is up is about its last end.
func reason(p Peer, n Neighbor, passive bool) Reason {
	up := fsm(p.State) == Established
	switch {
	case p.State == "Idle (Admin)":
		return Reason{Cause: CauseAdminShutdown}
	case p.State == "Idle (PfxCt)":
		return Reason{Cause: CauseMaxPrefixes}
	case n.Reset.Notification != nil:
		direction := DirectionSent
		if n.Reset.Notification.Received {
			direction = DirectionReceived
		}
		return Reason{n.Reset.Notification.cause(), direction}
	}
	cause := n.Reset.word()
	switch {
	case up && !(Reason{Cause: cause}).specific():
		return Reason{} // it never ended; what it says is from before it came up
	case passive && !up && cause != CausePeerClosed:
		return Reason{Cause: CauseAwaited}
	case cause == CauseConnectionRefused && fsm(p.State) == Connect:
		return Reason{Cause: CauseNoAnswer} // bgpd does not learn of segments with a wrong signature (RFC 2385)
	}
	return Reason{Cause: cause}
}

// word is for FRR's words (bgp_vty.c and bgpd.c, peer_down_str).
func (r Reset) word() Cause {
	switch r.Cause {
	case "", "No AFI/SAFI activated for peer":
		return CauseNeverUp
	case "Waiting for peer OPEN":
		return CauseConnectionRefused
	case "Waiting for NHT", "No path to specified Neighbor": // 8.4, 10.x
		return CauseNoRoute
	case "Waiting for Peer IPv6 LLA", "Waiting for Peer IPv6 Addr":
		return CauseNoPeerFound
	case "Peer closed the session":
		return CausePeerClosed
	case "Interface down":
		return CauseInterfaceDown
	case "User reset":
		return CauseReset
	case "Admin. shutdown":
		return CauseAdminShutdown
	case "BFD down received", "BFD down":
		return CauseBFDDown
	}
	return CauseOther
}

// cause is by the codes of RFC 4271 section 4.5, RFC 4486 and RFC 9384.
func (n Notification) cause() Cause {
	switch n.Code {
	case 1:
		return CauseMessageError
	case 2:
		switch n.Subcode {
		case 2:
			return CauseBadPeerAS
		case 3:
			return CauseBadIdentifier
		}
		return CauseOpenRefused
	case 3:
		return CauseUpdateError
	case 4:
		return CauseHoldTimer
	case 5:
		return CauseFSMError
	case 6:
		switch n.Subcode {
		case 1:
			return CauseMaxPrefixes
		case 2:
			return CauseShutdown
		case 3:
			return CauseDeconfigured
		case 4:
			return CauseReset
		case 5:
			return CauseRejected
		case 6:
			return CauseConfigChange
		case 7:
			return CauseCollision
		case 10:
			return CauseBFDDown
		}
		return CauseCease
	}
	return CauseOther
}
