//go:build linux

package transitions_test

import (
	"fmt"
	"net/netip"

	"github.com/k8frr/k8frr/integration/lab/listener"
)

// ownASN is the node's.
const ownASN = 65001

// routes are what a router announces: prefixes of its own, each with other
// attributes for policies to meet.
func (r *router) routes() []listener.Route {
	path := func(more ...uint32) []uint32 {
		if r.asn == ownASN {
			return more
		}
		return append([]uint32{r.asn}, more...)
	}
	kinds := []listener.Route{
		{ASPath: path()},
		{ASPath: path(), Communities: []string{"65000:1"}},
		{ASPath: path(65002), Communities: []string{"65000:1", "65000:20"}, MED: new(uint32(10)), Origin: listener.Incomplete},
		{ASPath: path(ownASN)}, // refused, unless the own AS number is allowed
		{ASPath: path(64512), LargeCommunities: []string{"65000:1:2"}},
	}
	var routes []listener.Route
	for i, kind := range kinds {
		four, six := kind, kind
		four.Prefix = netip.MustParsePrefix(fmt.Sprintf("10.%d.%d.0/24", 50+r.number, i))
		six.Prefix = netip.MustParsePrefix(fmt.Sprintf("fd00:50:%d:%d::/64", r.number, i))
		six.NextHop = netip.MustParseAddr(alone6)
		if r.remote.Is4() {
			routes = append(routes, four)
		}
		routes = append(routes, six)
	}
	return routes
}

// from is the router that a prefix comes from, 0 for the node itself.
func from(p netip.Prefix) int {
	b := p.Addr().AsSlice()
	switch {
	case len(b) == 4 && b[0] == 10 && b[1] > 50 && b[1] < 60:
		return int(b[1]) - 50
	case len(b) == 16 && b[0] == 0xfd && b[3] == 0x50:
		return int(b[5])
	}
	return 0
}
