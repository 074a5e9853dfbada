//go:build linux

package transitions_test

import (
	v1 "github.com/k8frr/k8frr/api/v1"
)

var (
	vips = []v1.Prefix{
		{IPPrefix: "10.200.0.0/16", MaskLengthMin: 32, MaskLengthMax: 32}, {IPPrefix: "10.200.0.1/32"}, {IPPrefix: "10.201.0.0/24"},
		{IPPrefix: "fd00:7::/32", MaskLengthMin: 64, MaskLengthMax: 128}, {IPPrefix: "fd00:7:1::/64"},
	}
	outside = []v1.Prefix{
		{IPPrefix: "10.51.0.0/16", MaskLengthMin: 24, MaskLengthMax: 24}, {IPPrefix: "10.52.0.0/16", MaskLengthMin: 24, MaskLengthMax: 24}, {IPPrefix: "10.53.1.0/24"},
		{IPPrefix: "fd00:50::/32", MaskLengthMin: 64, MaskLengthMax: 64}, {IPPrefix: "10.0.0.0/8", MaskLengthMin: 24, MaskLengthMax: 32},
	}
)

func global(c chooser) v1.Global {
	g := v1.Global{ASN: ownASN, RouterID: "10.1.0.9"}
	if c.oneIn(12) {
		g.RouterID = "192.0.2.9"
	}
	g.UseMultiplePaths = c.oneIn(3)
	if c.oneIn(4) {
		g.RouteSelectionOptions = &v1.RouteSelectionOptions{AlwaysCompareMED: c.oneIn(2), IgnoreASPathLength: c.oneIn(2), ExternalCompareRouterID: c.oneIn(2)}
	}
	if c.oneIn(6) {
		g.GracefulRestart = &v1.GracefulRestart{Enabled: c.oneIn(2), HelperOnly: c.oneIn(2)}
	}
	return g
}

func peerGroup(c chooser, name string) v1.PeerGroup {
	g := v1.PeerGroup{Config: v1.PeerGroupConfig{Name: name, PeerASN: 65000, Description: pick(c, "", "rack")}}
	if c.oneIn(6) {
		g.Config.PeerASN = 65003
	}
	g.Config.SessionConfig = sessionConfig(c)
	g.AfiSafis, g.Timers = families(c), timers(c)
	if c.oneIn(2) {
		g.ApplyPolicy = applyPolicy(c)
	}
	return g
}

func neighbor(c chooser, peer string, groups []string) v1.Neighbor {
	n := v1.Neighbor{Config: v1.NeighborConfig{PeerASN: 65000, Description: pick(c, "", "tor"), AdminDown: c.oneIn(12)}}
	switch peer {
	case unnumberedPeer:
		n.Config.NeighborInterface = peer
	default:
		n.Config.NeighborAddress = peer
	}
	if c.oneIn(10) {
		n.Config.PeerASN = 65004
	}
	if peer == loose && c.oneIn(3) {
		n.Config.PeerASN = ownASN
	}
	n.Config.SessionConfig = sessionConfig(c)
	if c.oneIn(12) {
		n.Config.AuthPassword = "hunter2"
	}
	if len(groups) > 0 && n.Config.PeerASN == 65000 && c.oneIn(2) {
		n.Config.PeerGroup, n.Config.PeerASN = pick(c, groups...), 0
	}
	n.AfiSafis, n.Timers = families(c), timers(c)
	if c.oneIn(2) {
		n.ApplyPolicy = applyPolicy(c)
	}
	if n.Config.PeerASN == ownASN && c.oneIn(2) {
		n.RouteReflector = &v1.RouteReflector{RouteReflectorClient: true}
	}
	return n
}

func sessionConfig(c chooser) v1.SessionConfig {
	return v1.SessionConfig{
		AllowOwnASN:    pick[uint32](c, 0, 0, 0, 1, 2),
		ReplacePeerASN: c.oneIn(6),
		SendCommunity:  pick(c, "", "", "", "none", "standard", "both"),
		RemovePrivate:  pick(c, "", "", "", "all", "replace"),
	}
}

func families(c chooser) []v1.AfiSafi {
	f := append([]v1.AfiSafi(nil), pick(c, nil, nil, nil, both, both, both[:1], both[1:])...)
	for i := range f {
		if c.oneIn(4) {
			f[i].PrefixLimit = &v1.PrefixLimit{MaxPrefixes: pick[uint32](c, 50, 100), ShutdownThresholdPct: pick[uint32](c, 0, 80)}
		}
	}
	return f
}

func timers(c chooser) *v1.Timers {
	t := v1.TimersConfig{ConnectRetry: new(uint32(1))}
	if c.oneIn(3) {
		t.HoldTime, t.KeepaliveInterval = new(pick[uint32](c, 30, 60)), new(uint32(10))
	}
	return &v1.Timers{TimersConfig: t}
}

func imports(c chooser) *v1.NetlinkImport {
	return &v1.NetlinkImport{Enabled: !c.oneIn(8), InterfaceList: pick(c, links[:1], links[:1], []string{"kube-lb*"}, links, links[1:])}
}

func exports(c chooser) *v1.NetlinkExport {
	e := &v1.NetlinkExport{Enabled: !c.oneIn(4)}
	for _, name := range []string{"default", "edge"} {
		if c.oneIn(2) {
			e.Rules = append(e.Rules, v1.NetlinkExportRule{Name: name, TableID: pick[int32](c, 0, 100), CommunityList: pick(c, nil, []v1.Community{"65000:1"})})
		}
	}
	return e
}

func applyPolicy(c chooser) *v1.ApplyPolicy {
	chain := func() *v1.PolicyAssignment {
		if c.oneIn(4) {
			return nil
		}
		a := &v1.PolicyAssignment{DefaultAction: pick[v1.RouteAction](c, "", v1.Accept, v1.Reject)}
		for _, name := range []string{"from-tor", "to-tor", "drain"} {
			if c.oneIn(2) {
				a.Policies = append(a.Policies, name)
			}
		}
		return a
	}
	return &v1.ApplyPolicy{ImportPolicy: chain(), ExportPolicy: chain()}
}

func statements(c chooser) []v1.Statement {
	var list []v1.Statement
	for range c.IntN(4) {
		list = append(list, v1.Statement{Conditions: conditions(c), Actions: actions(c)})
	}
	return list
}

func conditions(c chooser) v1.Conditions {
	set := func(name string, often int, ways ...string) *v1.MatchSet {
		if !c.oneIn(often) {
			return nil
		}
		return &v1.MatchSet{Name: name, Match: pick(c, ways...)}
	}
	out := v1.Conditions{
		PrefixSet:    set(pick(c, "vips", "outside"), 2, "", "any", "invert"),
		NeighborSet:  set("tors", 6, "", "invert"),
		ASPathSet:    set("paths", 5, "", "all", "invert"),
		CommunitySet: set("marked", 4, "", "all", "invert"),
	}
	if c.oneIn(8) {
		out.AfiSafiIn = []v1.Family{pick(c, v1.IPv4Unicast, v1.IPv6Unicast)}
	}
	return out
}

func actions(c chooser) v1.Actions {
	out := v1.Actions{RouteAction: pick[v1.RouteAction](c, "", v1.Accept, v1.Reject)}
	if c.oneIn(3) {
		out.Community = &v1.CommunityAction{Type: pick(c, "add", "remove", "replace"), Communities: []string{pick(c, "65000:9", "65000:1")}}
	}
	if c.oneIn(4) {
		out.MED = &v1.MEDAction{Type: "replace", Value: 1 + int64(c.IntN(50))}
	}
	if c.oneIn(5) {
		out.ASPrepend = &v1.ASPrependAction{ASN: ownASN, Repeat: 1 + uint32(c.IntN(2))}
	}
	if c.oneIn(5) {
		out.LocalPref = 200
	}
	return out
}
