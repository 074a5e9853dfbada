//go:build linux

package plan_test

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

func globalOptions(c chooser, g *v1.Global) {
	g.UseMultiplePaths = c.oneIn(3)
	if c.oneIn(3) {
		g.RouteSelectionOptions = &v1.RouteSelectionOptions{AlwaysCompareMED: c.oneIn(2), IgnoreASPathLength: c.oneIn(2), ExternalCompareRouterID: c.oneIn(2)}
	}
	if c.oneIn(3) {
		g.DefaultRouteDistance = &v1.RouteDistance{ExternalRouteDistance: pick[uint32](c, 20, 30), InternalRouteDistance: pick[uint32](c, 200, 210)}
	}
	if c.oneIn(4) {
		g.Confederation = &v1.Confederation{Enabled: true, Identifier: pick[v1.ASN](c, 65100, 65101), MemberASList: pick(c, nil, []v1.ASN{65102}, []v1.ASN{65103, 65102})}
	}
	if c.oneIn(3) {
		g.GracefulRestart = &v1.GracefulRestart{Enabled: c.oneIn(2), RestartTime: pick[uint32](c, 0, 60, 200), HelperOnly: c.oneIn(3)}
	}
}

func sessionOptions(c chooser, s v1.SessionConfig) v1.SessionConfig {
	s.LocalASN = pick[v1.ASN](c, 0, 0, 0, 0, 65077, 65078)
	s.AllowOwnASN = pick[uint32](c, 0, 0, 0, 2, 3)
	s.ReplacePeerASN = c.oneIn(6)
	s.SendCommunity = pick(c, "", "", "", "none", "standard", "extended", "both")
	s.RemovePrivate = pick(c, "", "", "", "all", "replace")
	s.SendSoftwareVersion = c.oneIn(6)
	return s
}

func transport(c chooser) *v1.Transport {
	if !c.oneIn(4) {
		return nil
	}
	return &v1.Transport{PassiveMode: c.oneIn(2), BindInterface: pick(c, "", "kube-lb0", "kube-lb1")}
}

func bfd(c chooser) *v1.BFD {
	if !c.oneIn(4) {
		return nil
	}
	on := !c.oneIn(4)
	return &v1.BFD{Enabled: &on, DesiredMinimumTxInterval: pick[uint32](c, 300000, 400000), DetectionMultiplier: pick[uint32](c, 3, 5)}
}

func familyOptions(c chooser, families []v1.AfiSafi) {
	for i := range families {
		if c.oneIn(3) {
			families[i].PrefixLimit = &v1.PrefixLimit{MaxPrefixes: pick[uint32](c, 10, 20), ShutdownThresholdPct: pick[uint32](c, 0, 75, 80)}
		}
		if c.oneIn(4) {
			families[i].AddPaths = &v1.AddPaths{Receive: c.oneIn(2), SendMax: pick[uint32](c, 0, 2, 3)}
		}
	}
}

func neighborOptions(c chooser, n *v1.Neighbor) {
	if c.oneIn(4) {
		n.EBGPMultihop = &v1.EBGPMultihop{Enabled: true, MultihopTTL: pick[uint32](c, 0, 3, 4)}
	}
	if c.oneIn(4) {
		n.GracefulRestart = &v1.GracefulRestart{Enabled: c.oneIn(2), HelperOnly: c.oneIn(3)}
	}
	if c.oneIn(5) {
		n.RouteReflector = &v1.RouteReflector{RouteReflectorClient: true, RouteReflectorClusterID: pick(c, "", "10.0.0.77")}
	}
}

func inVRF(c chooser, name string, groups []string, s *v1.BGPConfigurationSpec) {
	vrf := v1.VRF{Name: name, RD: pick(c, "", "65000:100", "65000:101")}
	if vrf.RD != "" {
		vrf.ImportRT = pick(c, nil, []string{"65000:1"}, []string{"65000:1", "65000:2"})
		vrf.ExportRT = pick(c, nil, []string{"65000:1"}, []string{"65000:3"})
	}
	if c.oneIn(2) {
		vrf.NetlinkImport = &v1.VRFNetlinkImport{Enabled: true, InterfaceList: pick(c, []string{"kube-lb1"}, []string{"lo.vip"})}
	}
	s.VRFs = append(s.VRFs, vrf)
	for _, address := range []string{"10.1.0.1", "10.9.0.2"} {
		if c.oneIn(2) {
			n := neighbor(c, nil)
			n.Config.NeighborAddress, n.Config.VRF = address, name
			s.Neighbors = append(s.Neighbors, n)
		}
	}
}

func dynamic(c chooser, s *v1.BGPConfigurationSpec) {
	for _, g := range s.PeerGroups {
		if g.Config.PeerASN != 0 && c.oneIn(2) {
			s.DynamicNeighbors = append(s.DynamicNeighbors, v1.DynamicNeighbor{Prefix: pick(c, "10.3.0.0/24", "10.3.0.0/25"), PeerGroup: g.Config.Name})
			return
		}
	}
}

func exports(c chooser) *v1.NetlinkExport {
	e := &v1.NetlinkExport{Enabled: !c.oneIn(4)}
	for i := range c.IntN(3) {
		e.Rules = append(e.Rules, v1.NetlinkExportRule{Name: fmt.Sprint("rule-", i), TableID: pick[int32](c, 0, 100, 200),
			CommunityList: pick(c, nil, []v1.Community{"65000:1"}, []v1.Community{"65000:1", "65000:2"}), LargeCommunityList: pick(c, nil, []v1.LargeCommunity{"65000:1:1"})})
	}
	return e
}

// withPolicies adds lists of every kind and a route map that uses them, as
// policies are rendered: a list is edited by entry, a map has a name that
// changes with it. It is attached where a neighbor of the default instance is
// activated first.
func withPolicies(text string, genes []uint64) string {
	var lists, maps strings.Builder
	for i, gene := range genes {
		if gene == 0 {
			continue
		}
		c := choices(gene)
		for _, kind := range []string{
			"ip prefix-list K8FRR-SET%d seq %d permit 10.%d.0.0/16", "ipv6 prefix-list K8FRR-SET%d seq %d permit fd0%d::/32 le 64",
			"bgp as-path access-list K8FRR-SET%d seq %d permit ^6500%d_", "bgp community-list standard K8FRR-SET%d seq %d permit 65000:%d",
			"bgp community-list expanded K8FRR-SETS%d seq %d permit ^65000:%d.*", "bgp extcommunity-list standard K8FRR-SET%d seq %d permit rt 65000:%d",
			"bgp large-community-list standard K8FRR-SET%d seq %d permit 65000:1:%d",
		} {
			for value := range 6 {
				if value == 0 || c.oneIn(2) {
					number := 10*value + 5
					if c.oneIn(8) {
						number++
					}
					fmt.Fprintf(&lists, kind+"\n", i, number, value)
				}
			}
		}
		name := fmt.Sprintf("K8FRR-POLICY%d-%x", i, gene&0xff)
		match := []string{
			"match as-path K8FRR-SET%d", "match community K8FRR-SET%d", "match community K8FRR-SETS%d", "match extcommunity K8FRR-SET%d",
			"match ip address prefix-list K8FRR-SET%d", "match ipv6 address prefix-list K8FRR-SET%d", "match large-community K8FRR-SET%d",
		}
		for entry := range 1 + c.IntN(3) {
			fmt.Fprintf(&maps, "route-map %s %s %d\n "+pick(c, match...)+"\n", name, pick(c, "permit", "deny"), 10+10*entry, i)
			fmt.Fprintf(&maps, " set metric %s\n set community 65000:%d additive\n", pick(c, "5", "+5"), c.IntN(3))
			if c.oneIn(2) {
				fmt.Fprintf(&maps, " set comm-list K8FRR-SET%d delete\n set as-path prepend 65001 65001\n", i)
			}
			maps.WriteString("exit\n")
		}
		lines := strings.SplitAfter(text, "\n")
		at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "  neighbor ") && strings.HasSuffix(l, " activate\n") })
		if at >= 0 && i == 0 && !strings.Contains(text, " in\n") {
			peer := strings.Fields(lines[at])[1]
			text = strings.Join(slices.Insert(lines, at+1, "  neighbor "+peer+" route-map "+name+" in\n"), "")
		}
	}
	before, after, _ := strings.Cut(text, "bgp route-map delay-timer 1\n")
	return before + "bgp route-map delay-timer 1\n" + lists.String() + maps.String() + after
}
