package status

import (
	"net/netip"
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// rib lists the routes of all instances, by the addresses under which their neighbors are listed.
func (b *builder) rib(neighbors []v1.NeighborStatus) *v1.RIBStatus {
	out := &v1.RIBStatus{}
	if b.Snapshot == nil {
		return out
	}
	var received int64
	next := neighbors
	for _, i := range b.config.Instances() {
		address := map[string]string{} // by the name in FRR
		for k, n := range i.Neighbors {
			address[n.ID] = next[k].Address
		}
		next = next[len(i.Neighbors):]
		listed := func(name string) string {
			if a, ok := address[name]; ok {
				return a
			}
			return name // of a range, or one that an operator configured by hand
		}
		b.localRoutes(out, i, listed)
		b.receivedRoutes(out, i, listed)
		instance := b.Snapshot.instance(i.Device)
		received += max(instance.Summary.Received(), int64(len(instance.Received)))
	}
	out.ReceivedRouteCount = count(received)
	out.Truncated = int(out.LocalRouteCount) > len(out.LocalRoutes) || received > int64(len(out.ReceivedRoutes))
	return out
}

func (b *builder) localRoutes(out *v1.RIBStatus, i *render.Instance, listed func(string) string) {
	for _, p := range Wanted(i, b.Links) {
		path, ok := b.inBGP(i, p)
		if !ok {
			continue
		}
		if out.LocalRouteCount++; len(out.LocalRoutes) >= v1.MaxLocalRoutes {
			continue
		}
		route := v1.RIBRoute{Prefix: p.String(), NextHop: path.NextHop, VRF: i.VRF, Communities: atMost(v1.MaxCommunities, path.Communities)}
		for _, name := range b.Snapshot.instance(i.Device).Prefixes[p].AdvertisedTo {
			route.AdvertisedTo = append(route.AdvertisedTo, listed(name))
		}
		slices.SortFunc(route.AdvertisedTo, compareAddresses)
		route.AdvertisedTo = atMost(v1.MaxAdvertisedTo, route.AdvertisedTo)
		out.LocalRoutes = append(out.LocalRoutes, route)
	}
}

func (b *builder) receivedRoutes(out *v1.RIBStatus, i *render.Instance, listed func(string) string) {
	instance := b.Snapshot.instance(i.Device)
	for _, r := range instance.Received {
		if len(out.ReceivedRoutes) >= v1.MaxReceivedRoutes {
			return
		}
		from := listed(r.Neighbor)
		route := v1.RIBRoute{Prefix: r.Prefix.String(), NextHop: r.NextHop, VRF: i.VRF, FromPeer: from}
		for _, path := range instance.Prefixes[r.Prefix].Paths {
			if path.Peer == from {
				route.Communities = atMost(v1.MaxCommunities, path.Communities)
			}
		}
		out.ReceivedRoutes = append(out.ReceivedRoutes, route)
	}
}

func atMost(n int, list []string) []string { return list[:min(len(list), n)] }

// compareAddresses puts addresses into their order, and names of interfaces behind them.
func compareAddresses(a, b string) int {
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	switch {
	case errX == nil && errY == nil:
		return x.Compare(y)
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return strings.Compare(a, b)
}
