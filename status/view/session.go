package view

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// Session is a session of a node.
type Session struct {
	Node string `json:"node"`
	// Neighbor is the peer's address, or the interface of an unnumbered peer.
	Neighbor    string `json:"neighbor"`
	Address     string `json:"address"`
	Interface   string `json:"interface,omitempty"`
	VRF         string `json:"vrf,omitempty"`
	Description string `json:"description,omitempty"`
	PeerASN     v1.ASN `json:"peerASN"`
	LocalASN    v1.ASN `json:"localASN"`
	State       string `json:"state"`
	// AdminDown says that it is shut down on purpose.
	AdminDown bool       `json:"adminDown,omitempty"`
	UpSince   *time.Time `json:"upSince,omitempty"`
	Sent      int64      `json:"prefixesSent"`
	Received  int64      `json:"prefixesReceived"`
	// Reason is why it is not established, in a stable word (see NeighborStatus).
	Reason string `json:"reason,omitempty"`
	// Why says why it is not established, and what to check.
	Why string `json:"why,omitempty"`
	// Stale says that the node has not reported for too long: the rest is what
	// was so then.
	Stale   bool       `json:"stale,omitempty"`
	Updated *time.Time `json:"updated,omitempty"`
	Level   Level      `json:"level"`
}

// Established reports whether the session is, as far as is known.
func (s Session) Established() bool { return s.State == status.Established }

// Up is for how long the session has been established; 0 if it is not.
func (s Session) Up(now time.Time) time.Duration {
	if s.UpSince == nil {
		return 0
	}
	return max(0, now.Sub(*s.UpSince))
}

// Sessions are those of all nodes, the worst first.
func Sessions(in Input) []Session {
	var all []Session
	for _, r := range in.reports() {
		all = append(all, r.sessions()...)
	}
	SortSessions(all, "")
	return all
}

func (r report) sessions() []Session {
	all := make([]Session, 0, len(r.Neighbors))
	for _, n := range r.Neighbors {
		s := Session{
			Node: r.name, Neighbor: cmp.Or(n.Interface, n.Address), Address: n.Address, Interface: n.Interface, VRF: n.VRF,
			Description: n.Description, PeerASN: n.PeerASN, LocalASN: n.LocalASN,
			State: n.State, Sent: n.PrefixesSent, Received: n.PrefixesReceived, Reason: n.Reason, Why: n.LastError, Stale: r.stale,
		}
		if n.SessionUpSince != nil {
			s.UpSince = &n.SessionUpSince.Time
		}
		if r.LastUpdated != nil {
			s.Updated = &r.LastUpdated.Time
		}
		s.AdminDown = !s.Established() && status.Cause(n.Reason) == status.CauseAdminShutdown
		switch {
		case r.stale:
			s.Level = Notice // the node is the problem
		case s.AdminDown:
			s.Level = Notice
		case !s.Established():
			s.Level = Problem
		}
		all = append(all, s)
	}
	return all
}

// SessionOrders are what sessions can be sorted by.
var SessionOrders = []string{"worst", "node", "neighbor", "as", "state", "uptime", "sent", "received"}

// SortSessions sorts by one of SessionOrders, the worst first if it is empty,
// and among equals by node and neighbor.
func SortSessions(all []Session, order string) {
	by := map[string]func(a, b Session) int{
		"neighbor": func(a, b Session) int { return Natural(a.Neighbor, b.Neighbor) },
		"node":     func(a, b Session) int { return 0 },
		"as":       func(a, b Session) int { return cmp.Compare(a.PeerASN, b.PeerASN) },
		"state":    func(a, b Session) int { return cmp.Compare(a.progress(), b.progress()) },
		"uptime":   func(a, b Session) int { return compareTimes(b.UpSince, a.UpSince) },
		"sent":     func(a, b Session) int { return cmp.Compare(b.Sent, a.Sent) },
		"received": func(a, b Session) int { return cmp.Compare(b.Received, a.Received) },
	}[order]
	if by == nil {
		by = func(a, b Session) int { return cmp.Compare(b.Level, a.Level) }
	}
	slices.SortStableFunc(all, func(a, b Session) int {
		return cmp.Or(by(a, b), Natural(a.Node, b.Node), Natural(a.Neighbor, b.Neighbor))
	})
}

// progress is how far a session is on its way to Established (RFC 4271 section
// 8.2.2).
func (s Session) progress() int {
	return slices.Index([]string{status.Idle, status.Connect, status.Active, status.OpenSent, status.OpenConfirm, status.Established}, s.State)
}

// compareTimes puts the later time first, and none at the beginning.
func compareTimes(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return a.Compare(*b)
}

// States are what sessions can be asked for by: the states of the protocol,
// up, down (which includes those shut down on purpose) and stale.
var States = []string{"up", "down", "stale", "established", "idle", "connect", "active", "opensent", "openconfirm"}

// In reports whether a session is in one of States.
func (s Session) In(state string) bool {
	switch state = strings.ToLower(state); state {
	case "up":
		return s.Established() && !s.Stale
	case "down":
		return !s.Established()
	case "stale":
		return s.Stale
	}
	return strings.ToLower(s.State) == state
}

// Is reports whether a text names the neighbor of a session: its address, its
// interface, its description or its AS number.
func (s Session) Is(neighbor string) bool {
	as := strconv.FormatUint(uint64(s.PeerASN), 10)
	return slices.Contains([]string{s.Neighbor, s.Address, s.Interface, s.Description, as, "AS" + as}, neighbor)
}
