package render

import (
	"net/netip"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Names and numbers by which k8frr knows its own lines in a running FRR. What
// carries none of them, outside of BGP itself, belongs to the operator.
const (
	// Tag marks the static routes that mirror the import interfaces, and the
	// BGP routes that this node originates.
	Tag = 7473
	// NamePrefix begins the name of every list and route map.
	NamePrefix = "K8FRR-"
)

// Config is the resolved configuration of one node: no selector, template,
// reference or default is left to decide.
type Config struct {
	Node       string
	Generation int64
	ASN        v1.ASN
	RouterID   RouterID
	// PendingRouterID is what the router ID would be, had sessions not held
	// on to RouterID. Zero when they are the same.
	PendingRouterID RouterID
	// ListenPort is bgpd's: 179, another, or -1 for none.
	ListenPort int32
	Families   []v1.Family
	PeerGroups []PeerGroup
	Neighbors  []Neighbor
	Import     Import
	Dialect    Dialect
	// StatusEnabled and HeartbeatSeconds say whether and how often at least
	// the node reports.
	StatusEnabled    bool
	HeartbeatSeconds int32
}

// FieldOf returns the field that a neighbor or peer group comes from, by the
// name that it has in FRR's commands; "" if there is none.
func (c *Config) FieldOf(peer string) string {
	for _, n := range c.Neighbors {
		if n.ID == peer {
			return n.Path
		}
	}
	for _, g := range c.PeerGroups {
		if g.Name == peer {
			return g.Path
		}
	}
	return ""
}

// Neighbor is a BGP session to configure.
type Neighbor struct {
	// ID is how FRR's commands name the neighbor: its address without zone,
	// or the interface of an unnumbered one.
	ID string
	// Path is the field that it comes from: spec.neighbors[3].
	Path string
	// Address is the peer's, without zone; invalid for an unnumbered peer.
	Address netip.Addr
	// Interface is that of an unnumbered or a link-local peer.
	Interface   string
	PeerASN     v1.ASN
	PeerGroup   string
	Description string
	AdminDown   bool
	Session
}

// Unnumbered says whether the peer is found by its interface alone.
func (n Neighbor) Unnumbered() bool { return !n.Address.IsValid() }

// PeerGroup is what several neighbors share.
type PeerGroup struct {
	Name        string
	Path        string
	PeerASN     v1.ASN
	Description string
	Session
}

// Session is what neighbors and peer groups have in common.
type Session struct {
	Password Secret
	Timers   Timers
	Families []v1.Family
	// ExtendedNextHop carries IPv4 prefixes with an IPv6 next hop (RFC 8950),
	// which a session over IPv6 needs for them.
	ExtendedNextHop bool
}

// Timers are in seconds; nil means not stated, so the peer group's or FRR's own.
type Timers struct {
	ConnectRetry, Hold, Keepalive, MRAI *uint32
}

// Import is what the node announces of its interfaces.
type Import struct {
	Enabled bool
	// Patterns are the interfaces to import from, as the user wrote them.
	Patterns []string
	// Interfaces are those of them whose connected routes are let through:
	// every literal name, and what exists of a glob.
	Interfaces []string
	// Mirrored are the prefixes that the interfaces carry, each once.
	Mirrored []Mirrored
	// Listed are those of them that zebra selects neither as connected nor as
	// static routes, so that only a list of their own lets them through:
	// on-link kernel routes, and host routes of addresses without prefix route.
	Listed []netip.Prefix
}

// Mirrored is a prefix and the interface that carries it.
type Mirrored struct {
	Prefix    netip.Prefix
	Interface string
}

// Note is something that the user should know: a field that has no effect, a
// neighbor that is left out.
type Note struct {
	// Path is the field: spec.neighbors[3].config.peerGroup.
	Path string
	// Reason is a CamelCase word for machines.
	Reason string
	// Message is a sentence without the path.
	Message string
}

func (n Note) String() string { return n.Path + ": " + n.Message }
