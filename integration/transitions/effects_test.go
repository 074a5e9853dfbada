//go:build linux

package transitions_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
)

// change is a change of what the node is told, which is also tried backwards.
type change struct {
	name string
	make func(*render.Input, *v1.BGPConfigurationSpec)
	// from, unless nil, changes what the node is told before.
	from func(*render.Input, *v1.BGPConfigurationSpec)
	// drift, unless nil, is what somebody does to the configuration by hand,
	// besides: an old and a new text, in pairs.
	drift []string
	// since is the version of FRR that knows the change, "" if all do.
	since string
}

func spec(name string, make func(*v1.BGPConfigurationSpec)) change {
	return change{name: name, make: func(_ *render.Input, s *v1.BGPConfigurationSpec) { make(s) }}
}

func onNeighbor(name, peer string, make func(*v1.Neighbor)) change {
	return spec(name+" of "+peer, func(s *v1.BGPConfigurationSpec) { make(find(s, peer)) })
}

func onGroup(name string, make func(*v1.PeerGroup)) change {
	return spec("group: "+name, func(s *v1.BGPConfigurationSpec) { make(&s.PeerGroups[0]) })
}

func onLink(name string, make func(*render.Link)) change {
	return change{name: name, make: func(in *render.Input, _ *v1.BGPConfigurationSpec) { make(&in.Links[0]) }}
}

var both = []v1.AfiSafi{{Family: v1.IPv4Unicast}, {Family: v1.IPv6Unicast}}
var none = []v1.AfiSafi{{Family: v1.IPv4Unicast, Enabled: new(false)}}

// changes are all kinds that render can produce.
var changes = []change{
	spec("nothing", func(*v1.BGPConfigurationSpec) {}),
	spec("order of neighbors", func(s *v1.BGPConfigurationSpec) { slices.Reverse(s.Neighbors) }),
	spec("router ID", func(s *v1.BGPConfigurationSpec) { s.Global.RouterID = "10.1.0.99" }),
	spec("AS number", func(s *v1.BGPConfigurationSpec) { s.Global.ASN = 65011 }),
	spec("no IPv6 at all", func(s *v1.BGPConfigurationSpec) { s.Global.Families = []v1.Family{v1.IPv4Unicast} }),

	onNeighbor("description", alone4, func(n *v1.Neighbor) { n.Config.Description = "other" }),
	onNeighbor("hold time", alone4, func(n *v1.Neighbor) { n.Timers.HoldTime = new(uint32(30)) }),
	onNeighbor("connect retry", alone4, func(n *v1.Neighbor) { n.Timers.ConnectRetry = new(uint32(2)) }),
	onNeighbor("MRAI", alone4, func(n *v1.Neighbor) { n.Timers.MinimumAdvertisementInterval = new(uint32(1)) }),
	onNeighbor("password", alone4, func(n *v1.Neighbor) { n.Config.AuthPassword = "hunter2" }),
	onNeighbor("another password", member2, func(n *v1.Neighbor) { n.Config.AuthPassword = "other" }),
	onNeighbor("password", alone6, func(n *v1.Neighbor) { n.Config.AuthPassword = "hunter2" }),
	onNeighbor("AS number", alone4, func(n *v1.Neighbor) { n.Config.PeerASN = 65020 }),
	onNeighbor("AS number", unnumberedPeer, func(n *v1.Neighbor) { n.Config.PeerASN = 65020 }),
	onNeighbor("AS number", loose, func(n *v1.Neighbor) { n.Config.PeerASN = 65020 }),
	onNeighbor("becomes internal", loose, func(n *v1.Neighbor) { n.Config.PeerASN = 65001 }),
	onNeighbor("shutdown", alone4, func(n *v1.Neighbor) { n.Config.AdminDown = true }),
	onNeighbor("shutdown", member1, func(n *v1.Neighbor) { n.Config.AdminDown = true }),
	onNeighbor("second family", alone4, func(n *v1.Neighbor) { n.AfiSafis = both }),
	onNeighbor("second family", alone6, func(n *v1.Neighbor) { n.AfiSafis = both }),
	onNeighbor("second family", linkLocal, func(n *v1.Neighbor) { n.AfiSafis = both }),
	onNeighbor("one family less", unnumberedPeer, func(n *v1.Neighbor) { n.AfiSafis = both[:1] }),
	onNeighbor("no family", alone4, func(n *v1.Neighbor) { n.AfiSafis = none }),
	onNeighbor("inactive", member1, func(n *v1.Neighbor) { n.AfiSafis = none }),
	onNeighbor("second family", member1, func(n *v1.Neighbor) { n.AfiSafis = both }),
	remove(alone4), remove(member1), remove(loose), remove(unnumberedPeer), remove(linkLocal),

	onNeighbor("leaves its group", member1, func(n *v1.Neighbor) { n.Config.PeerGroup, n.Config.PeerASN = "", 65000 }),
	onNeighbor("joins a group", alone4, func(n *v1.Neighbor) { n.Config.PeerGroup = "FABRIC" }),
	onNeighbor("changes group", loose, func(n *v1.Neighbor) { n.Config.PeerGroup, n.Config.PeerASN = "FABRIC", 65000 }),

	onGroup("description", func(g *v1.PeerGroup) { g.Config.Description = "other" }),
	onGroup("hold time", func(g *v1.PeerGroup) { g.Timers.HoldTime = new(uint32(30)) }),
	onGroup("connect retry", func(g *v1.PeerGroup) { g.Timers.ConnectRetry = new(uint32(2)) }),
	onGroup("MRAI", func(g *v1.PeerGroup) { g.Timers.MinimumAdvertisementInterval = new(uint32(1)) }),
	onGroup("password", func(g *v1.PeerGroup) { g.Config.AuthPassword = "hunter2" }),
	onGroup("AS number", func(g *v1.PeerGroup) { g.Config.PeerASN = 65030 }),
	spec("group: states no AS number", func(s *v1.BGPConfigurationSpec) {
		s.PeerGroups[0].Config.PeerASN = 0
		find(s, member1).Config.PeerASN, find(s, member2).Config.PeerASN = 65000, 65000
	}),
	onGroup("second family", func(g *v1.PeerGroup) { g.AfiSafis = both }),
	onGroup("no family", func(g *v1.PeerGroup) { g.AfiSafis = none }),
	spec("group: no family, but a member", func(s *v1.BGPConfigurationSpec) {
		s.PeerGroups[0].AfiSafis, find(s, member1).AfiSafis = none, both[:1]
	}),
	spec("group: password that a member had", func(s *v1.BGPConfigurationSpec) {
		s.PeerGroups[0].Config.AuthPassword = "inherited"
		find(s, member2).Config.AuthPassword = ""
	}),
	spec("group: removed, members alone", func(s *v1.BGPConfigurationSpec) {
		s.PeerGroups = s.PeerGroups[1:]
		for _, m := range []string{member1, member2} {
			find(s, m).Config.PeerGroup, find(s, m).Config.PeerASN = "", 65000
		}
	}),
	spec("group: removed, with its members", func(s *v1.BGPConfigurationSpec) {
		s.PeerGroups = s.PeerGroups[1:]
		s.Neighbors = slices.DeleteFunc(s.Neighbors, func(n v1.Neighbor) bool { return n.Config.PeerGroup == "FABRIC" })
	}),
	spec("group: renamed", func(s *v1.BGPConfigurationSpec) {
		s.PeerGroups[0].Config.Name = "RENAMED"
		for _, m := range []string{member1, member2} {
			find(s, m).Config.PeerGroup = "RENAMED"
		}
	}),

	spec("import off", func(s *v1.BGPConfigurationSpec) { s.NetlinkImport = nil }),
	spec("import from one more interface", func(s *v1.BGPConfigurationSpec) {
		s.NetlinkImport.InterfaceList = append(s.NetlinkImport.InterfaceList, "kube-lb1")
	}),
	spec("import by glob", func(s *v1.BGPConfigurationSpec) { s.NetlinkImport.InterfaceList = []string{"kube-lb*"} }),
	onLink("addresses come", func(l *render.Link) {
		l.Addresses = append(l.Addresses, address("10.200.0.3/32"), address("fd00:7::3/128"))
	}),
	onLink("addresses go", func(l *render.Link) { l.Addresses = l.Addresses[1:] }),
	onLink("an address without prefix route comes", func(l *render.Link) {
		a := address("10.200.0.4/32")
		a.NoPrefixRoute = true
		l.Addresses = append(l.Addresses, a)
	}),
	{
		name: "addresses move to another interface",
		make: func(in *render.Input, _ *v1.BGPConfigurationSpec) {
			in.Links[1].Addresses = append(in.Links[1].Addresses, in.Links[0].Addresses...)
			in.Links[0].Addresses = nil
		},
		from: func(_ *render.Input, s *v1.BGPConfigurationSpec) {
			s.NetlinkImport.InterfaceList = []string{"kube-lb*"}
		},
	},
	byHand("policy detached", "  neighbor "+alone4+" route-map K8FRR-ORIGINATED out\n", ""),
	byHand("policy of a group detached", "  neighbor FABRIC route-map K8FRR-ORIGINATED out\n", ""),
	byHand("policy removed", "route-map K8FRR-ORIGINATED permit 10\n match tag 7473\nexit\n", ""),
	byHand("policy inverted", "route-map K8FRR-ORIGINATED permit 10\n", "route-map K8FRR-ORIGINATED deny 10\n"),
	byHand("policy required", " no bgp ebgp-requires-policy\n", ""),
	byHand("IPv4 by default", " no bgp default ipv4-unicast\n", "",
		"  no neighbor fd00:1::2 activate\n", "", " address-family ipv4 unicast\n", " address-family ipv4 unicast\n  no neighbor fd00:1::2 activate\n  no neighbor fe80::7 activate\n"),
	byHand("shutdown", " neighbor "+alone6+" remote-as 65000\n", " neighbor "+alone6+" remote-as 65000\n neighbor "+alone6+" shutdown\n"),
	byHand("password of a member", " neighbor "+member1+" peer-group FABRIC\n", " neighbor "+member1+" peer-group FABRIC\n neighbor "+member1+" password other\n"),
	byHand("redistribution removed", "  redistribute connected route-map K8FRR-IMPORT-CONNECTED\n", ""),
	byHand("an interface no longer matched", " match interface kube-lb0\n", " match interface lb7\n"),
	{name: "much at once", make: func(in *render.Input, s *v1.BGPConfigurationSpec) {
		find(s, alone4).Config.Description = "other"
		find(s, alone6).Config.AuthPassword = "hunter2"
		s.PeerGroups[0].Timers.HoldTime = new(uint32(30))
		find(s, member2).AfiSafis = both
		s.Neighbors = slices.DeleteFunc(s.Neighbors, func(n v1.Neighbor) bool { return n.Config.NeighborInterface == unnumberedPeer })
		s.NetlinkImport.InterfaceList = []string{"kube-lb*"}
		in.Links[0].Addresses = append(in.Links[0].Addresses, address("10.200.0.5/32"))
	}},
}

func byHand(name string, oldAndNew ...string) change {
	return change{name: "by hand: " + name, make: func(*render.Input, *v1.BGPConfigurationSpec) {}, drift: oldAndNew}
}

func remove(peer string) change {
	return spec("removal of "+peer, func(s *v1.BGPConfigurationSpec) {
		s.Neighbors = slices.DeleteFunc(s.Neighbors, func(n v1.Neighbor) bool { return isPeer(n, peer) })
	})
}

func isPeer(n v1.Neighbor, peer string) bool {
	host, _, _ := strings.Cut(n.Config.NeighborAddress, "%")
	return host == peer || n.Config.NeighborInterface == peer
}

func find(s *v1.BGPConfigurationSpec, peer string) *v1.Neighbor {
	return &s.Neighbors[slices.IndexFunc(s.Neighbors, func(n v1.Neighbor) bool { return isPeer(n, peer) })]
}

func address(prefix string) render.Address {
	return render.Address{Prefix: netip.MustParsePrefix(prefix)}
}

// usual is what the node is told before and after each change.
func usual(d render.Dialect) render.Input {
	quick := func() *v1.Timers { return &v1.Timers{TimersConfig: v1.TimersConfig{ConnectRetry: new(uint32(1))}} }
	nb := func(c v1.NeighborConfig) v1.Neighbor { return v1.Neighbor{Config: c, Timers: quick()} }
	return render.Input{Dialect: d,
		Links: []render.Link{
			{Name: "kube-lb0", Up: true, Addresses: []render.Address{address("10.200.0.1/32"), address("10.201.0.5/24"), address("fd00:7::1/128")}},
			{Name: "kube-lb1", Up: true, Addresses: []render.Address{address("10.202.0.1/32")}},
		},
		Objects: render.Objects{
			Node: &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}},
			Configuration: &v1.BGPConfiguration{Spec: v1.BGPConfigurationSpec{
				Global: v1.Global{ASN: 65001, RouterID: "10.1.0.9"},
				PeerGroups: []v1.PeerGroup{
					{Config: v1.PeerGroupConfig{Name: "FABRIC", PeerASN: 65000}, Timers: quick()},
					{Config: v1.PeerGroupConfig{Name: "LOOSE"}, Timers: quick()},
				},
				Neighbors: []v1.Neighbor{
					nb(v1.NeighborConfig{NeighborAddress: alone4, PeerASN: 65000}),
					nb(v1.NeighborConfig{NeighborAddress: alone6, PeerASN: 65000}),
					nb(v1.NeighborConfig{NeighborAddress: member1, PeerGroup: "FABRIC"}),
					nb(v1.NeighborConfig{NeighborAddress: member2, PeerGroup: "FABRIC", SessionConfig: v1.SessionConfig{AuthPassword: "own"}}),
					nb(v1.NeighborConfig{NeighborAddress: loose, PeerGroup: "LOOSE", PeerASN: 65005}),
					nb(v1.NeighborConfig{NeighborInterface: unnumberedPeer, PeerASN: 65000}),
					nb(v1.NeighborConfig{NeighborAddress: linkLocal + "%eth2", PeerASN: 65000}),
				},
				NetlinkImport: &v1.NetlinkImport{Enabled: true, InterfaceList: []string{"kube-lb0"}},
			}},
		},
	}
}

func changed(in render.Input, by func(*render.Input, *v1.BGPConfigurationSpec)) render.Input {
	in.Configuration = in.Configuration.DeepCopy()
	in.Links = slices.Clone(in.Links)
	for i := range in.Links {
		in.Links[i].Addresses = slices.Clone(in.Links[i].Addresses)
	}
	by(&in, &in.Configuration.Spec)
	return in
}

// sides is how many labs share the work on each version.
const sides = 6

// side runs the lanes of a test side by side whatever the number of processors:
// it is mostly waiting.
func side(lanes int, run func(lane int)) {
	var all sync.WaitGroup
	for lane := range lanes {
		all.Go(func() { run(lane) })
	}
	all.Wait()
}

// TestEffects makes every kind of change and compares what the plan says that
// it does to sessions with what the peers hear.
func TestEffects(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		side(sides, func(lane int) {
			t.Run(fmt.Sprint("lane-", lane), func(t *testing.T) { measureLane(t, v, lane) })
		})
	})
}

func measureLane(t *testing.T, v lab.Version, lane int) {
	f := newFabric(t, v)
	base := usual(f.dialect)
	all := slices.DeleteFunc(slices.Concat(changes, options), func(c change) bool { return c.since != "" && c.since != v.Name })
	turn := slices.IndexFunc(lab.Versions, func(o lab.Version) bool { return o.Name == v.Name })
	for i := lane; i < len(all); i += sides {
		c, from := all[i], base
		if !*whole && c.since == "" && (i/sides)%len(lab.Versions) != turn {
			continue
		}
		if c.from != nil {
			from = changed(base, c.from)
		}
		f.to(t, from, nil)
		t.Run(c.name, func(t *testing.T) { f.measure(t, changed(from, c.make), c.drift) })
		t.Run(c.name+", back", func(t *testing.T) { f.measure(t, from, nil) })
	}
}

// measure makes a change and judges it by what the peers hear.
func (f *fabric) measure(t *testing.T, in render.Input, drift []string) {
	before := map[string][]netip.Prefix{}
	for peer, r := range f.routers {
		before[peer] = r.announced()
	}
	p := f.to(t, in, drift)
	announced := map[string]plan.Kind{}
	for _, e := range p.Effects() {
		if e.Kind == plan.Reset {
			e.Kind = resets(p, e)
		}
		if e.VRF == "" && !strings.Contains(e.Peer, "/") { // else nobody is there
			announced[e.Peer] = e.Kind
		}
	}
	for peer, r := range f.routers {
		kind := announced[peer]
		delete(announced, peer)
		said, ended, asked := "", false, false
		for _, e := range r.heard {
			ended = ended || e.Kind == listener.Down
			asked = asked || e.Kind == listener.RefreshReceived
			if e.Kind == listener.NotificationReceived {
				said += fmt.Sprintf(" %d/%d", e.Code, e.Subcode)
			}
		}
		if len(before[peer])+len(r.announced()) > 0 || kind != "" {
			t.Logf("%-10s announced: %-32s heard:%s %d events", peer, kind, said, len(r.heard))
		}
		if ends := kind == plan.Reset || kind == plan.Removed; ended != ends && kind != ofBFD {
			t.Errorf("%s: the plan says %q, but the session ended: %v (%s)\n%s\n%v", peer, kind, ended, said, p, r.heard)
		}
		if ended || kind == plan.Added {
			continue
		}
		if asked != (kind == plan.RefreshIn) && kind != ofBFD {
			t.Errorf("%s: the plan says %q, but the routes were asked for again: %v\n%s\n%v", peer, kind, asked, p, r.heard)
		}
		after := r.announced()
		for _, e := range r.heard {
			was, is := slices.Contains(before[peer], e.Prefix), slices.Contains(after, e.Prefix)
			if e.Kind == listener.Withdrawn && was && is {
				t.Errorf("%s: %s was withdrawn for a while\n%s\n%v", peer, e.Prefix, p, r.heard)
			}
			if e.Kind == listener.Announced && !was && !is {
				t.Errorf("%s: %s was announced for a while\n%s\n%v", peer, e.Prefix, p, r.heard)
			}
		}
	}
	if len(announced) > 0 {
		t.Errorf("effects on peers that there are not: %v", announced)
	}
}
