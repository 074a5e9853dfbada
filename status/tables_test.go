package status

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// exporting is a node with two rules, and peers that sent what the first, the second and no rule selects.
func exporting(t *testing.T) Observation {
	o := observation(t, "10.3")
	o.Config.Neighbors = nil
	o.Config.Export = render.Export{Enabled: true,
		Targets: []render.Target{{Communities: []string{"65000:100"}}, {Table: 100, LargeCommunities: []string{"65000:3:3"}}},
		Rules:   []render.Rule{{Name: "main", Table: 0}, {Name: "other", Table: 100}}}
	o.Snapshot.Received, o.Snapshot.Prefixes = nil, map[netip.Prefix]Prefix{}
	route := func(prefix, preferred string, path Path) {
		p := netip.MustParsePrefix(prefix)
		o.Snapshot.Received = append(o.Snapshot.Received, Received{Neighbor: "10.9.0.1", Prefix: p})
		o.Snapshot.Prefixes[p] = Prefix{Paths: []Path{path}, Preferred: preferred}
	}
	route("20.0.1.0/24", "", Path{Tag: render.KernelTag, Best: true, Communities: []string{"65000:100"}})
	route("20.0.2.0/24", "", Path{Tag: render.KernelTag, Best: true, Communities: []string{"65000:3:3"}})
	route("20.0.3.0/24", "", Path{Best: true})
	route("20.0.4.0/24", "", Path{Tag: render.KernelTag, Unreachable: true, NextHop: "10.77.0.1", Communities: []string{"65000:100"}})
	route("20.0.5.0/24", "static", Path{Tag: render.KernelTag, Best: true, Communities: []string{"65000:3:3"}})
	o.Snapshot.Kernel = &Kernel{
		Installed: []Installed{{254, netip.MustParsePrefix("20.0.1.0/24"), 20}, {100, netip.MustParsePrefix("20.0.2.0/24"), 20}, {7, netip.MustParsePrefix("20.0.9.0/24"), 20}},
		Counts:    map[uint32]int64{254: 1, 100: 1, 7: 1},
	}
	return o
}

func TestExportedRoutes(t *testing.T) {
	o := exporting(t)
	first := Build(o)
	want := []v1.ExportedRoute{
		{Prefix: "20.0.4.0/24", Table: "main", Metric: 20, Reason: "no route to the next hop 10.77.0.1"},
		{Prefix: "20.0.5.0/24", Table: "100", Metric: 20, Reason: "the node has a static route for it, which goes before BGP's"},
		{Prefix: "20.0.1.0/24", Table: "main", Metric: 20, Installed: true},
		{Prefix: "20.0.2.0/24", Table: "100", Metric: 20, Installed: true},
	}
	if diff := cmp.Diff(want, first.NetlinkExport.ExportedRoutes); diff != "" || first.NetlinkExport.TotalExported != 4 || first.NetlinkExport.Truncated {
		t.Errorf("%+v (-want +got):\n%s", first.NetlinkExport, diff)
	}
	if !first.Healthy {
		t.Errorf("a route on its way is a problem already: %+v", first.Conditions)
	}
	o.Previous = &first
	late := Build(o)
	c := late.Conditions[6]
	if late.Healthy || c.Type != ExportHealthy || c.Reason != ReasonNotInstalled || !strings.Contains(c.Message, "20.0.4.0/24") || strings.Contains(c.Message, "20.0.5.0/24") {
		t.Errorf("healthy: %t, %+v", late.Healthy, c)
	}
	if !Calm(&first, &late) == (first.Healthy == late.Healthy) {
		t.Error("that a node is not healthy any more cannot wait")
	}
	o.Snapshot.Kernel = nil
	if unknown := Build(o); unknown.Conditions[6].Status != "Unknown" || unknown.Healthy {
		t.Errorf("the kernel does not say, and the status says %+v", unknown.Conditions[6])
	}
}

func TestManyExportedRoutes(t *testing.T) {
	o := exporting(t)
	for i := range 1000 {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{30, 0, byte(i >> 8), byte(i)}), 32)
		o.Snapshot.Kernel.Installed = append(o.Snapshot.Kernel.Installed, Installed{254, p, 20})
	}
	o.Snapshot.Kernel.Counts[254] = 123_456
	e := Build(o).NetlinkExport
	if len(e.ExportedRoutes) != v1.MaxExportedRoutes || e.TotalExported != 123_459 || !e.Truncated || e.ExportedRoutes[0].Installed {
		t.Errorf("%d of %d, truncated: %t, first: %+v", len(e.ExportedRoutes), e.TotalExported, e.Truncated, e.ExportedRoutes[0])
	}
}

// What a neighbor needs and is not there is told at the neighbor, and in a condition; a part of one that runs is no reason.
func TestLeftOut(t *testing.T) {
	o := observation(t, "8.4")
	o.Config.Neighbors = o.Config.Neighbors[:1]
	o.Declared = &v1.BGPConfiguration{}
	o.Declared.Spec.Neighbors = []v1.Neighbor{{}, {Config: v1.NeighborConfig{NeighborAddress: "10.9.0.50", PeerASN: 65050}}}
	o.Applied.Notes = []render.Note{
		{Path: "spec.neighbors[0].afiSafis", Reason: "NotApplied", Message: "FRR exchanges either, so the second is left out"},
		{Path: "metadata.name", Reason: "Ignored", Message: "default is used"},
	}
	if s := Build(o); !s.Healthy || len(s.Neighbors) != 1 {
		t.Errorf("healthy: %t, %+v", s.Healthy, s.Neighbors)
	}
	o.Applied.Notes = append(o.Applied.Notes, render.Note{Path: "spec.neighbors[1].config.authPasswordSecretRef", Reason: "SecretMissing",
		Message: "there is no Secret bgp; the session is left out until there is one", LeftOut: true})
	s := Build(o)
	if len(s.Neighbors) != 2 || s.NeighborCount != 2 || s.Neighbors[1].Address != "10.9.0.50" || !strings.Contains(s.Neighbors[1].LastError, "there is no Secret bgp") {
		t.Errorf("%+v", s.Neighbors)
	}
	if c := s.Conditions[4]; s.Healthy || c.Type != NeighborsConfigured || c.Reason != ReasonSecretMissing {
		t.Errorf("healthy: %t, %+v", s.Healthy, c)
	}
}
