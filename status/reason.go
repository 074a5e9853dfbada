package status

import (
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Reason is why a session is not established, or why it last ended: one of a small number of words, for a field and a label.
type Reason struct {
	Cause Cause
	// Direction is that of the NOTIFICATION that ended it, "" if there was none.
	Direction string
}

// Directions of a NOTIFICATION.
const (
	DirectionSent     = "sent"
	DirectionReceived = "received"
)

// Cause is a word of a Reason. docs/status.md has a row for each.
type Cause string

// Causes that end a session or refuse it.
const (
	CauseAdminShutdown  Cause = "admin_shutdown"  // by the configuration
	CauseManualShutdown Cause = "manual_shutdown" // entered in FRR
	CauseMaxPrefixes    Cause = "max_prefixes"    // the peer sent too many
	CauseHoldTimer      Cause = "hold_timer_expired"
	CauseBadPeerAS      Cause = "bad_peer_as"
	CauseBadIdentifier  Cause = "bad_bgp_identifier"
	CauseOpenRefused    Cause = "open_refused" // another error of an OPEN message
	CauseMessageError   Cause = "message_error"
	CauseUpdateError    Cause = "update_error"
	CauseFSMError       Cause = "fsm_error"
	CauseShutdown       Cause = "shutdown" // Cease/Administrative Shutdown
	CauseDeconfigured   Cause = "deconfigured"
	CauseReset          Cause = "reset" // Cease/Administrative Reset, or cleared by an operator
	CauseRejected       Cause = "connection_rejected"
	CauseCollision      Cause = "connection_collision"
	CauseConfigChange   Cause = "configuration_changed"
	CauseBFDDown        Cause = "bfd_down"
	CauseCease          Cause = "cease" // for another reason
	CausePeerClosed     Cause = "peer_closed"
	CauseInterfaceDown  Cause = "interface_down"
)

// Causes that keep a session from coming up.
const (
	CauseNoRoute     Cause = "no_route"
	CauseNoPeerFound Cause = "no_peer_found" // on the interface of an unnumbered one
	CauseVRFNotReady Cause = "vrf_not_ready"
	CauseNoRouterID  Cause = "no_router_id"
	CauseRPKIDown    Cause = "rpki_down"
	CauseSocketError Cause = "socket_error"
	CauseLeftOut     Cause = "left_out" // FRR does not get this neighbor
	CauseUnknown     Cause = "unknown"  // lastError has FRR's words
)

// Causes that tell that a session is not established, and little more. One that was known before is kept beside them.
const (
	CauseNeverUp           Cause = "not_established_yet"
	CauseNoAnswer          Cause = "no_answer" // also: another password
	CauseNoHost            Cause = "no_host"   // ARP or neighbor discovery fails
	CausePassword          Cause = "password_mismatch"
	CauseConnectionRefused Cause = "connection_refused"
	CauseConnectionFailed  Cause = "connection_failed" // refused, or no host
	CauseNoOpen            Cause = "no_open"           // TCP is connected
	CauseAwaited           Cause = "awaited"           // a passive session
	CauseNotConfigured     Cause = "not_in_frr"
	CauseFRRUnreachable    Cause = "frr_unreachable"
)

// Causes are all words.
var Causes = slices.Concat(ends, obstacles, vague)

var (
	ends = []Cause{CauseAdminShutdown, CauseManualShutdown, CauseMaxPrefixes, CauseHoldTimer, CauseBadPeerAS, CauseBadIdentifier,
		CauseOpenRefused, CauseMessageError, CauseUpdateError, CauseFSMError, CauseShutdown, CauseDeconfigured, CauseReset, CauseRejected,
		CauseCollision, CauseConfigChange, CauseBFDDown, CauseCease, CausePeerClosed, CauseInterfaceDown}
	obstacles = []Cause{CauseNoRoute, CauseNoPeerFound, CauseVRFNotReady, CauseNoRouterID, CauseRPKIDown, CauseSocketError, CauseLeftOut, CauseUnknown}
	vague     = []Cause{CauseNeverUp, CauseNoAnswer, CauseNoHost, CausePassword, CauseConnectionRefused, CauseConnectionFailed, CauseNoOpen,
		CauseAwaited, CauseNotConfigured, CauseFRRUnreachable}
)

// explanation is why a session is not established: the word, and the text with what to check.
type explanation struct {
	Reason
	text string
}

func (e explanation) isZero() bool { return e == explanation{} }

// tell writes a reason into the status of a neighbor. The end of the previous session is added to a reason that explains none,
// and its word is kept while the new one is vague: FRR before 10.5 forgets a cause as soon as it tries again.
func (e explanation) tell(s, previous *v1.NeighborStatus, ended explanation) {
	s.Reason, s.Notification, s.LastError = string(e.Cause), e.Direction, e.text
	if isOneOf(e.Cause, ends) {
		return
	}
	switch {
	case isKept(ended.Reason):
		s.LastEnd = &v1.SessionEnd{Reason: string(ended.Cause), Notification: ended.Direction, Error: ended.text}
	case previous == nil || previous.State == Established:
		return
	case previous.LastEnd != nil:
		s.LastEnd = previous.LastEnd.DeepCopy()
	case isKept(Reason{Cause(previous.Reason), previous.Notification}):
		s.LastEnd = &v1.SessionEnd{Reason: previous.Reason, Notification: previous.Notification, Error: previous.LastError}
	default:
		return
	}
	s.LastError += "; before that: " + s.LastEnd.Error
	if isOneOf(e.Cause, vague) {
		s.Reason, s.Notification = s.LastEnd.Reason, s.LastEnd.Notification
	}
}

// isKept reports whether a reason is an end of a session that is worth telling after it. What this node did itself, and what is
// over, is not: the neighbor's configuration was changed, the session was cleared.
func isKept(r Reason) bool {
	own := r.Direction != DirectionReceived && isOneOf(r.Cause, []Cause{CauseConfigChange, CauseReset, CauseShutdown, CauseDeconfigured})
	return isOneOf(r.Cause, ends) && !own
}

func isOneOf(c Cause, list []Cause) bool { return slices.Contains(list, c) }
