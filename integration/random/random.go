// Package random makes BGPConfigurations at random, for tests of whatever has
// to cope with all of them: valid ones, in which every field occurs.
//
// The universe of names and addresses is small, so that references meet and
// two configurations have much in common. Everything follows from the source
// of randomness: equal seeds give equal configurations.
package random

import (
	"math/rand/v2"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// The names that configurations are made of.
var (
	groupNames     = []string{"FABRIC", "leaf-1", "ünïcode!"}
	vrfNames       = []string{"blue", "red"}
	interfaceNames = []string{"kube-lb0", "dummy0", "lo.vip"}
	peerASNs       = []v1.ASN{65000, 65001, 65002, 4200000000}
	unicast        = []v1.Family{v1.IPv4Unicast, v1.IPv6Unicast}
	families       = []v1.Family{
		v1.IPv4Unicast, v1.IPv6Unicast, v1.IPv4Multicast, v1.IPv6Multicast, v1.IPv4Labeled, v1.IPv6Labeled,
		v1.IPv4VPN, v1.IPv6VPN, v1.L2VPNVPLS, v1.L2VPNEVPN, v1.IPv4Flowspec, v1.IPv6Flowspec, v1.RTC,
	}
)

// choice is a source of randomness.
type choice struct{ *rand.Rand }

// oneIn is true once in n times.
func (c choice) oneIn(n int) bool { return c.IntN(n) == 0 }

// upTo is a number from 0 to n.
func (c choice) upTo(n int) uint32 { return uint32(c.IntN(n + 1)) }

func pick[T any](c choice, from ...T) T { return from[c.IntN(len(from))] }

// some are members of a list, in its order.
func some[T any](c choice, from ...T) []T {
	var out []T
	for _, v := range from {
		if c.oneIn(2) {
			out = append(out, v)
		}
	}
	return out
}

// maybe is a value every other time, nil otherwise.
func maybe[T any](c choice, value func(choice) T) *T {
	if c.oneIn(2) {
		return nil
	}
	return new(value(c))
}

// Spec makes the spec of a configuration.
func Spec(r *rand.Rand) v1.BGPConfigurationSpec {
	c := choice{r}
	s := v1.BGPConfigurationSpec{
		Global:            global(c),
		DefinedSets:       definedSets(c),
		PolicyDefinitions: policyDefinitions(c),
		NetlinkImport:     maybe(c, netlinkImport),
		NetlinkExport:     maybe(c, netlinkExport),
	}
	s.Global.ApplyPolicy = maybe(c, applyPolicy)
	for _, name := range some(c, groupNames...) {
		s.PeerGroups = append(s.PeerGroups, peerGroup(c, name))
	}
	for _, name := range some(c, vrfNames...) {
		s.VRFs = append(s.VRFs, vrf(c, name))
	}
	for _, at := range some(c, places...) {
		s.Neighbors = append(s.Neighbors, neighbor(c, at))
	}
	for _, prefix := range some(c, "10.3.0.0/24", "10.3.0.0/16", "2001:db8:3::/64") {
		s.DynamicNeighbors = append(s.DynamicNeighbors, v1.DynamicNeighbor{Prefix: prefix, PeerGroup: pick(c, groupNames...)})
	}
	return s
}

func global(c choice) v1.Global {
	g := v1.Global{
		ASN:                   pick[v1.ASN](c, 65001, 65001, 4200000001),
		RouterID:              pick(c, "10.1.0.9", "192.0.2.9", "${NODE_IP}", ""),
		RouterIDPool:          pick(c, "", "172.30.0.0/16"),
		ListenPort:            pick[int32](c, 0, 0, 1179, -1),
		UseMultiplePaths:      c.oneIn(2),
		RouteSelectionOptions: maybe(c, routeSelectionOptions),
		GracefulRestart:       maybe(c, gracefulRestart),
		BindToDevice:          pick(c, "", "", "eth0"),
	}
	if c.oneIn(4) {
		g.ListenAddresses = some(c, "10.1.0.9", "2001:db8::9")
	}
	if c.oneIn(2) {
		g.Families = some(c, families...)
	}
	if c.oneIn(4) {
		g.DefaultRouteDistance = &v1.RouteDistance{ExternalRouteDistance: 1 + c.upTo(254), InternalRouteDistance: 1 + c.upTo(254)}
	}
	if c.oneIn(4) {
		g.Confederation = &v1.Confederation{Enabled: !c.oneIn(4), Identifier: 64900, MemberASList: some[v1.ASN](c, 65000, 65002, 65003)}
	}
	if c.oneIn(4) {
		g.NodeStatus = &v1.NodeStatusConfig{Enabled: new(c.oneIn(2)), HeartbeatSeconds: new(int32(10 + c.upTo(60)))}
	}
	return g
}

func routeSelectionOptions(c choice) v1.RouteSelectionOptions {
	return v1.RouteSelectionOptions{
		AlwaysCompareMED:         c.oneIn(2),
		IgnoreASPathLength:       c.oneIn(2),
		ExternalCompareRouterID:  c.oneIn(2),
		AdvertiseInactiveRoutes:  c.oneIn(4),
		EnableAIGP:               c.oneIn(4),
		IgnoreNextHopIGPMetric:   c.oneIn(4),
		DisableBestPathSelection: c.oneIn(4),
	}
}

func gracefulRestart(c choice) v1.GracefulRestart {
	return v1.GracefulRestart{Enabled: c.oneIn(2), RestartTime: pick[uint32](c, 0, 120, 4095), HelperOnly: c.oneIn(2)}
}

// selector matches every node that has the label zone=a, or all.
func selector(c choice) *v1.LabelSelector {
	switch c.IntN(8) {
	case 0:
		return &v1.LabelSelector{MatchLabels: map[string]v1.LabelValue{"zone": pick[v1.LabelValue](c, "a", "b")}}
	case 1:
		return &v1.LabelSelector{}
	}
	return nil
}
