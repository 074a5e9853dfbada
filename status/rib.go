package status

import (
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// rib lists routes by the addresses under which their neighbors are listed.
func (b *builder) rib(neighbors []v1.NeighborStatus) *v1.RIBStatus {
	out := &v1.RIBStatus{}
	if b.Snapshot == nil {
		return out
	}
	address := map[string]string{} // by the name in FRR
	for i, n := range b.config.Neighbors {
		address[n.ID] = neighbors[i].Address
	}
	listed := func(name string) string {
		if a, ok := address[name]; ok {
			return a
		}
		return name // a neighbor that an operator configured by hand
	}

	local := 0
	for _, p := range Wanted(b.Config, b.Links) {
		path, ok := b.inBGP(p)
		if !ok {
			continue
		}
		if local++; local > v1.MaxLocalRoutes {
			continue
		}
		route := v1.RIBRoute{Prefix: p.String(), NextHop: path.NextHop, Communities: path.Communities}
		for _, name := range b.Snapshot.Prefixes[p].AdvertisedTo {
			route.AdvertisedTo = append(route.AdvertisedTo, listed(name))
		}
		slices.SortFunc(route.AdvertisedTo, strings.Compare)
		out.LocalRoutes = append(out.LocalRoutes, route)
	}
	for _, r := range b.Snapshot.Received[:min(len(b.Snapshot.Received), v1.MaxReceivedRoutes)] {
		from := listed(r.Neighbor)
		route := v1.RIBRoute{Prefix: r.Prefix.String(), NextHop: r.NextHop, FromPeer: from}
		for _, path := range b.Snapshot.Prefixes[r.Prefix].Paths {
			if path.Peer == from {
				route.Communities = path.Communities
			}
		}
		out.ReceivedRoutes = append(out.ReceivedRoutes, route)
	}
	received := max(b.Snapshot.Summary.Received(), int64(len(out.ReceivedRoutes)))
	out.LocalRouteCount, out.ReceivedRouteCount = count(local), count(received)
	out.Truncated = local > len(out.LocalRoutes) || received > int64(len(out.ReceivedRoutes))
	return out
}
