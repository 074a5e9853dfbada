package render

import v1 "github.com/k8frr/k8frr/api/v1"

// Session is what neighbors and peer groups have in common.
type Session struct {
	Password Secret
	Timers   Timers
	// LocalASN is the AS number shown to the peer in place of the speaker's own;
	// 0 for none.
	LocalASN v1.ASN
	// UpdateSource is the address, or the interface, that the TCP connection
	// comes from; "" for what the kernel chooses.
	UpdateSource string
	Passive      bool
	// Multihop is the command that allows an external peer that is not on a
	// connected network, in the words of the FRR version; "" for none.
	Multihop        string
	GracefulRestart RestartMode
	SoftwareVersion bool
	// BFD is nil for none.
	BFD *BFD
	// ExtendedNextHop carries IPv4 prefixes with an IPv6 next hop (RFC 8950),
	// which a session over IPv6 needs for them.
	ExtendedNextHop bool
	// Families are those that the session takes part in, in FRR's order.
	Families []FamilySession
}

// Family is what the session does in an address family; false if it takes no
// part in it.
func (s *Session) Family(f v1.Family) (FamilySession, bool) {
	for _, fs := range s.Families {
		if fs.Family == f {
			return fs, true
		}
	}
	return FamilySession{Family: f}, false
}

// FamilySession is what a session does in one address family. What is zero is
// FRR's default, or the peer group's.
type FamilySession struct {
	Family v1.Family
	// PrefixLimit ends the session when the peer sends more prefixes.
	PrefixLimit PrefixLimit
	AddPaths    AddPaths
	// AllowOwnASN is how often the own AS number may stand in a received AS
	// path, at most 10.
	AllowOwnASN uint32
	// ReplacePeerASN replaces the peer's AS number by the own in sent AS paths.
	ReplacePeerASN bool
	// SendCommunity is "" for all, or standard, extended or none.
	SendCommunity string
	// RemovePrivate is "" for no, all or replace.
	RemovePrivate string
	// Dampening suppresses routes that come and go.
	Dampening            bool
	RouteReflectorClient bool
	// Import and Export are the names of the route maps in and out; "" for none.
	Import, Export string
}

// PrefixLimit bounds the number of prefixes that a peer may send.
type PrefixLimit struct {
	// Max is 0 for no limit.
	Max uint32
	// WarnPercent of Max log a warning; 0 for FRR's 75.
	WarnPercent uint32
}

// AddPaths is how several paths for a prefix are exchanged (RFC 7911).
type AddPaths struct {
	// SendAll sends every path that is known, and not the best alone.
	SendAll bool
	// NotReceived refuses further paths of the peer.
	NotReceived bool
}

// RestartMode is the part that a session takes in graceful restarts (RFC 4724).
type RestartMode string

// The modes in FRR's words; "" is the speaker's.
const (
	Restarts  RestartMode = "graceful-restart"
	Helps     RestartMode = "graceful-restart-helper"
	NoRestart RestartMode = "graceful-restart-disable"
)

// Timers are in seconds; nil means not stated, so the peer group's or FRR's own.
type Timers struct {
	ConnectRetry, Hold, Keepalive, MRAI *uint32
}
