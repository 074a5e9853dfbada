package status

import (
	"encoding/json"
	"net/netip"
)

// NextHopsCommand is what ParseNextHops reads the answer of. bgpd registers the addresses of its neighbors as next hops, too. The
// answer about a single one would list every route through it.
const NextHopsCommand = "show bgp nexthop json"

// ParseNextHops reads from the answer to NextHopsCommand to which addresses FRR has a route. FRR does not connect by one that
// leads to a black hole.
func ParseNextHops(answer []byte) (map[netip.Addr]Route, error) {
	var families map[string]json.RawMessage
	if err := decode(NextHopsCommand, answer, &families); err != nil {
		return nil, err
	}
	routes := map[netip.Addr]Route{}
	for _, raw := range families {
		var hops map[string]struct {
			Valid *bool `json:"valid"`
			Gates []struct {
				Unreachable bool `json:"unreachable"`
			} `json:"nexthops"`
		}
		if decode(NextHopsCommand, raw, &hops) != nil {
			continue // what is not known is not said
		}
		for name, hop := range hops {
			addr, err := netip.ParseAddr(name)
			switch {
			case err != nil || hop.Valid == nil:
			case !*hop.Valid || len(hop.Gates) == 1 && hop.Gates[0].Unreachable:
				routes[addr] = RouteMissing
			default:
				routes[addr] = RouteFound
			}
		}
	}
	return routes, nil
}

// NeedsNextHops reports whether FRR's last words about a session that is down leave open whether it has a route to the peer now, so
// that NextHopsCommand is to be asked. It is not where the answer may be long: there are no more next hops than routes.
func (i Instance) NeedsNextHops() bool {
	if i.Summary.Received() > Walkable {
		return false
	}
	for name, n := range i.Neighbors {
		if p, ok := i.Summary.Session(name); ok && p.State != Established && n.needsNextHop() {
			return true
		}
	}
	return false
}

// needsNextHop: releases up to 8.4, which have no JSON of next hops, keep their word.
func (n Neighbor) needsNextHop() bool {
	kind := causeOf(n.Reset.Cause).kind
	return kind != trying && kind != unrouted
}

// Resolve adds to the neighbors whether FRR has a route to them. Of a link-local address that is not known: several links can
// have it.
func (i Instance) Resolve(hops map[netip.Addr]Route) {
	for name, n := range i.Neighbors {
		addr := n.Address
		if !addr.IsValid() {
			addr, _ = netip.ParseAddr(name)
		}
		if !addr.IsLinkLocalUnicast() {
			n.Route = hops[addr]
		}
		i.Neighbors[name] = n
	}
}
