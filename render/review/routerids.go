package review

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// routerIDs finds nodes that have one router ID. Two speakers of an AS must not
// (RFC 6286): a peer refuses the second, or takes its routes for the first's.
func (r *review) routerIDs() {
	of := map[netip.Addr][]string{}
	for i := range r.fleet.Groups {
		for _, m := range r.fleet.Groups[i].Members {
			of[m.RouterID.Address] = append(of[m.RouterID.Address], m.Name)
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(of), netip.Addr.Compare) {
		nodes := slices.Sorted(slices.Values(of[id]))
		if len(nodes) < 2 {
			continue
		}
		field, advice := "spec.global.routerID", "state a template such as ${NODE_IP}, or leave it to the node's address"
		if id := r.spec.Global.RouterID; id == "" || strings.HasPrefix(id, "${") {
			field, advice = "", "each needs its own"
		}
		r.find(Error, "SameRouterID", field, nodes, "%d nodes have the router ID %s: %s", len(nodes), id, advice)
	}
}
