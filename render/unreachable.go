package render

import (
	"net/netip"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// PeerAddresses returns the addresses of the neighbors of a configuration,
// without zones.
func PeerAddresses(c *v1.BGPConfiguration) []netip.Addr {
	if c == nil {
		return nil
	}
	var all []netip.Addr
	for i := range c.Spec.Neighbors {
		if a, err := netip.ParseAddr(c.Spec.Neighbors[i].Config.NeighborAddress); err == nil {
			all = append(all, a.WithZone(""))
		}
	}
	return all
}

// reachable reports whether a neighbor can have an address at all. A note says
// why not: FRR refuses the node's own addresses, and with them whatever else a
// script holds, and no router answers at the others.
func (r *resolver) reachable(path string, addr netip.Addr, i *Instance) bool {
	path += ".config.neighborAddress"
	if kind := notUnicast(addr); kind != "" {
		r.leaveOut(path, "NoPeerAddress", "is %s, at which there is no neighbor, so this neighbor is left out", kind)
		return false
	}
	if owner := r.localTo(addr, i); owner != "" {
		r.leaveOut(path, "LocalAddress", "is an address of this node (%s), so this neighbor is left out here", owner)
		return false
	}
	return true
}

// notUnicast is what kind of address one is that no neighbor can have; "" if
// one can.
func notUnicast(a netip.Addr) string {
	switch {
	case a.IsLoopback():
		return "a loopback address"
	case a.IsMulticast():
		return "a multicast address"
	case a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "the broadcast address"
	case a.IsUnspecified(), a.Is4() && a.As4()[0] == 0:
		return "an unspecified address" // RFC 1122 section 3.2.1.3
	}
	return ""
}

// localTo is what of this node carries an address in the VRF of an instance, ""
// if nothing does. A link-local address is another one on each interface.
func (r *resolver) localTo(addr netip.Addr, i *Instance) string {
	for _, l := range r.in.Local {
		if l.Address == addr.WithZone("") && l.VRF == i.Device && (addr.Zone() == "" || addr.Zone() == l.Interface) {
			return l.Interface
		}
	}
	if i.Device != "" {
		return ""
	}
	for _, a := range r.in.Node.Status.Addresses {
		if own, err := netip.ParseAddr(a.Address); err == nil && own == addr {
			return string(a.Type)
		}
	}
	return ""
}
