package render

import (
	"net/netip"
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/policy"
)

// Names and numbers by which k8frr knows its own lines in a running FRR. What
// carries none of them, outside of BGP itself, belongs to the operator.
const (
	// Tag marks the static routes that mirror the import interfaces, and the
	// BGP routes that this node originates.
	Tag = 7473
	// StaticDistance is the administrative distance of those static routes. FRR
	// keeps one tag for all routes to a prefix of one distance, the operator's
	// included, so theirs must not be the usual 1. It is less than the 20 of
	// external BGP routes.
	StaticDistance = 17
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
	// ListenAddresses are those that bgpd listens on; none stands for all.
	ListenAddresses []netip.Addr
	// UsesBFD says that a neighbor or peer group asks for BFD, for which FRR's
	// bfdd must be started.
	UsesBFD bool
	// lastSecrets are the values of LastSecrets that sessions run with.
	lastSecrets map[string]map[string]Secret
	// Instance is the default one.
	Instance
	// VRFs are the others, by device.
	VRFs []VRF
	// Policies are the route maps that sessions name, sorted by name.
	Policies []policy.Map
	Dialect  Dialect
	// StatusEnabled and HeartbeatSeconds report whether and how often at least
	// the node reports.
	StatusEnabled    bool
	HeartbeatSeconds int32
}

// Instances are all BGP instances of the node, the default one first.
func (c *Config) Instances() []*Instance {
	all := []*Instance{&c.Instance}
	for i := range c.VRFs {
		all = append(all, &c.VRFs[i].Instance)
	}
	return all
}

// FieldOf returns the field that a neighbor or peer group comes from, by the
// name that it has in FRR's commands; "" if there is none.
func (c *Config) FieldOf(peer string) string {
	for _, i := range c.Instances() {
		for _, n := range i.Neighbors {
			if n.ID == peer {
				return n.Path
			}
		}
		for _, g := range i.PeerGroups {
			if g.Name == peer {
				return g.Path
			}
		}
	}
	return ""
}

// Instance is a BGP instance (`router bgp`): a table of routes and the sessions
// that fill it.
type Instance struct {
	// VRF is what the spec calls the VRF that the instance is for; "" for the
	// default one. Device is the kernel's device for it, and FRR's name of it.
	VRF, Device string
	Speaker
	Families   []v1.Family
	PeerGroups []PeerGroup
	Neighbors  []Neighbor
	// Ranges are where peers may come from that are not named.
	Ranges []Range
	Import Import
	Export Export
	VPN    VPN
}

// WaitsFor reports whether the node leaves it to a neighbor to connect.
func (i *Instance) WaitsFor(n Neighbor) bool {
	return n.Passive || slices.ContainsFunc(i.PeerGroups, func(g PeerGroup) bool { return g.Name == n.PeerGroup && g.Passive })
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

// Unnumbered reports whether the peer is found by its interface alone.
func (n Neighbor) Unnumbered() bool { return !n.Address.IsValid() }

// PeerGroup is what several neighbors share.
type PeerGroup struct {
	Name        string
	Path        string
	PeerASN     v1.ASN
	Description string
	Session
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
	// Listed are those of them that zebra may not select as connected routes, so
	// that only a list of their own lets them through: on-link kernel routes, and
	// on 10.x the prefixes of addresses without prefix route.
	Listed []netip.Prefix
	// Stale are those that zebra has besides, and no interface carries.
	Stale []netip.Prefix
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
	// LeftOut says that FRR does not get the neighbor or the range that the field is of.
	LeftOut bool
	// Other is the field that this one repeats or contradicts, "" if there is none.
	Other string
}

func (n Note) String() string { return n.Path + ": " + n.Message }
