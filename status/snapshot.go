// Package status turns what FRR says, and what was done to it, into the content of a BGPNodeStatus and into metrics.
//
// It is pure: JSON and plain values come in, plain values go out, and the time is one of them. Package report asks FRR
// and writes the result.
package status

import (
	"maps"
	"math"
	"net/netip"
	"slices"
	"time"
)

// Snapshot is what FRR and the kernel said when they were last asked.
type Snapshot struct {
	// Instance is the default one.
	Instance
	// VRFs are the other ones, by the VRF's device.
	VRFs map[string]Instance
	// Kernel is nil if the kernel could not be asked.
	Kernel *Kernel
}

// Instance is a BGP instance, as bgpd showed it.
type Instance struct {
	Summary   Summary
	Neighbors map[string]Neighbor
	// Prefixes are the answers about single prefixes (see Wanted); one that was not asked about is missing.
	Prefixes map[netip.Prefix]Prefix
	// Received are routes that peers sent, of those peers that sent few.
	Received []Received
	// Total is the number of prefixes in unicast tables of known size; they are counted in VRFs only.
	Total int64
	// Unread are the parts of the answers that are not understood.
	Unread Unread
}

// unread are the parts of all answers that are not understood.
func (s *Snapshot) unread() Unread {
	all := slices.Clone(s.Unread)
	for _, device := range slices.Sorted(maps.Keys(s.VRFs)) {
		all = append(all, s.VRFs[device].Unread...)
	}
	return all
}

// instance is that of a VRF's device, "" for the default one.
func (s *Snapshot) instance(device string) Instance {
	if device == "" {
		return s.Instance
	}
	return s.VRFs[device]
}

// Kernel is what the node's kernel knows and FRR does not tell.
type Kernel struct {
	// Installed are BGP's routes in the tables that were asked for.
	Installed []Installed
	// Counts are the numbers of BGP's routes by table, whether all are in Installed or not.
	Counts map[uint32]int64
	// Answering says of a peer's address whether anybody on its link has answered for it (ARP, RFC 4861); one of which
	// that is not known is missing.
	Answering map[netip.Addr]bool
	// Direct says of a peer of the default instance how the kernel reaches it without a gateway; one that it does not reach so
	// is missing.
	Direct map[netip.Addr]Direct
	MD5    MD5
}

// Direct is how the kernel reaches an address on a link of the node.
type Direct struct {
	Interface string
	// Carries is the address of the interface in whose prefix the other one is; invalid if only a route that does not follow
	// from an address leads there.
	Carries netip.Prefix
}

// Installed is a route in a table of the kernel.
type Installed struct {
	Table  uint32
	Prefix netip.Prefix
	Metric uint32
}

// MD5 says for which reasons the kernel has refused TCP segments in the last minutes, by their signature (RFC 2385). It
// does not say whose they were.
type MD5 struct {
	// NotFound: a segment had no signature and should have had one. Unexpected: it had one and there is no password.
	// Failure: the signature is wrong.
	NotFound, Unexpected, Failure bool
}

// Summary is `show bgp summary json`: the table of each address family, by FRR's name of the family ("ipv4Unicast").
type Summary map[string]Table

// Walkable is the size of a Table up to which bgpd may be asked to walk it: 10,000 prefixes take 2 ms, in which it does
// nothing else. Of a larger table routes are counted, and single prefixes looked up.
const Walkable = 20_000

// UnknownSize is that of a table which is not to be walked, since its size is not known.
const UnknownSize = math.MaxUint64

// Table is an address family of bgpd.
type Table struct {
	// Version counts the changes of the table.
	Version uint64
	// Size is the number of nodes of the table, about twice the number of prefixes; from 10.7 on that of prefixes. It is
	// UnknownSize if FRR does not tell.
	Size uint64
	// Peers are the neighbors that the family is activated for, by their names in FRR: address or interface.
	Peers map[string]Peer
}

// Peer is a neighbor in one address family.
type Peer struct {
	// State is a state of the finite state machine, or "Idle (Admin)" or "Idle (PfxCt)"; "" if FRR does not tell.
	State             string
	RemoteAS, LocalAS uint32
	Received, Sent    int64
	// Established and Dropped say how often the session began and ended.
	Established, Dropped uint64
	// Dynamic says that the peer came from a listen range.
	Dynamic bool
	// Since is when the session was established. It may be a second off, by FRR's rounding, and only means something
	// while the session is.
	Since time.Time
}

// Session is a neighbor over all its address families.
func (s Summary) Session(name string) (Peer, bool) {
	var session Peer
	found := false
	for _, family := range slices.Sorted(maps.Keys(s)) {
		p, ok := s[family].Peers[name]
		if !ok {
			continue
		}
		if !found {
			session, found = p, true
			continue
		}
		session.Received += p.Received
		session.Sent += p.Sent
	}
	return session, found
}

// Received is the number of prefixes accepted from all peers.
func (s Summary) Received() int64 {
	var n int64
	for _, table := range s {
		for _, p := range table.Peers {
			n += p.Received
		}
	}
	return n
}

// Neighbor is what `show bgp neighbors json` adds to the summary.
type Neighbor struct {
	// State is that of the finite state machine, plain "Idle" where the summary says "Idle (Admin)".
	State string
	// Address is where an unnumbered peer was found; invalid while it is not.
	Address netip.Addr
	Reset   Reset
	// BFDDown says that BFD is asked for and does not hear the peer.
	BFDDown bool
	// Route is whether FRR has a route to the peer's address.
	Route Route
}

// Route is whether FRR can reach an address.
type Route int

// States of a Route.
const (
	RouteUnknown Route = iota
	RouteFound
	RouteMissing
)

// Reset is why a session last ended, or why it does not begin. It stays after the session is back.
type Reset struct {
	// Cause is in FRR's words (bgp_fsm.c, peer_down_str), empty if there was none.
	Cause string
	// Down is what FRR from 10.6 on says of a session that was established and is down: Cause then remains what ended it.
	Down string
	// Notification is the message that ended the session; nil if none did.
	Notification *Notification
}

// Notification is a NOTIFICATION message (RFC 4271 section 4.5).
type Notification struct {
	Code, Subcode uint8
	// Name is "OPEN Message Error/Bad Peer AS".
	Name string
	// Received says that the peer sent it, and not this node.
	Received bool
	// Shutdown is the peer's shutdown communication (RFC 9003).
	Shutdown string
}

// Prefix is `show bgp ipv4 unicast P json`. Without paths, the prefix is not in BGP.
type Prefix struct {
	// AdvertisedTo are the neighbors, by their names in FRR, that the prefix is advertised to.
	AdvertisedTo []string
	Paths        []Path
	// Preferred is the kind of route that zebra uses for the prefix instead of BGP's, as "connected", where that was asked.
	Preferred string
}

// Path is a way to a prefix.
type Path struct {
	// Sourced says that this node originates it.
	Sourced bool
	// Peer is the address of the peer that sent it.
	Peer        string
	NextHop     string
	Communities []string
	// Tag marks what an import route map selected for the kernel (render.KernelTag). Best is the path that is used, and
	// Unreachable says that its next hop is not.
	Tag         uint32
	Best        bool
	Unreachable bool
}

// Best is the path that bgpd uses; false if there is none.
func (p Prefix) Best() (Path, bool) {
	i := slices.IndexFunc(p.Paths, func(p Path) bool { return p.Best })
	if i < 0 {
		return Path{}, false
	}
	return p.Paths[i], true
}

// Sourced is the path that this node originates.
func (p Prefix) Sourced() (Path, bool) {
	i := slices.IndexFunc(p.Paths, func(p Path) bool { return p.Sourced })
	if i < 0 {
		return Path{}, false
	}
	return p.Paths[i], true
}

// Received is a route that a neighbor sent.
type Received struct {
	// Neighbor is the neighbor's name in FRR.
	Neighbor string
	Prefix   netip.Prefix
	NextHop  string
}

// epoch reads a time in seconds. FRR leaves it out, or prints 0, for never.
func epoch(seconds int64) time.Time {
	const last = 253402300799 // the end of the year 9999, which RFC 3339 cannot exceed
	if seconds <= 0 || seconds > last {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
