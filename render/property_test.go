package render

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// random is a source of valid inputs of some size.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, 7473))} }

func (r random) input() Input {
	spec := v1.BGPConfigurationSpec{
		Global:        r.global(),
		NetlinkImport: &v1.NetlinkImport{Enabled: true, InterfaceList: []string{"kube-lb0", "dummy*", "eth1"}},
	}
	for i := range 1 + r.IntN(4) {
		g := v1.PeerGroup{Config: v1.PeerGroupConfig{Name: fmt.Sprintf("group%d", i), PeerASN: v1.ASN(r.IntN(2) * 65001)}}
		g.AfiSafis, g.Timers = r.families(), r.timers()
		g.Config.SessionConfig, g.Transport, g.BFD = r.session(), r.transport(), r.bfd()
		spec.PeerGroups = append(spec.PeerGroups, g)
	}
	for i := range 1 + r.IntN(12) {
		spec.Neighbors = append(spec.Neighbors, r.neighbor(i, spec.PeerGroups))
	}
	for i := range r.IntN(4) {
		group := spec.PeerGroups[r.IntN(len(spec.PeerGroups))].Config.Name
		spec.DynamicNeighbors = append(spec.DynamicNeighbors, v1.DynamicNeighbor{Prefix: fmt.Sprintf("10.%d.0.0/%d", 20+r.IntN(3), 16+r.IntN(3)), PeerGroup: group})
		if i == 2 {
			spec.DynamicNeighbors[i].Prefix = "fd20::/64"
		}
	}
	in := Input{
		Objects: Objects{
			Configuration: &v1.BGPConfiguration{Spec: spec},
			Node:          nodeWith("worker-1", nil, corev1.NodeAddress{Type: corev1.NodeInternalIP, Address: "10.0.0.11"}),
			Secrets: map[string]map[string]Secret{
				"a": {"password": NewSecret("pa"), "10.0.0.3": NewSecret("p3")},
				"b": {"password": NewSecret("pb"), "key": NewSecret("pk")},
			},
		},
		Dialect: []Dialect{FRR8, FRR10}[r.IntN(2)],
	}
	for _, name := range []string{"kube-lb0", "dummy0", "dummy1", "eth0"} {
		link := Link{Name: name, Up: true}
		for range r.IntN(8) {
			link.Addresses = append(link.Addresses, Address{Prefix: r.prefix(), NoPrefixRoute: r.IntN(3) == 0})
		}
		for range r.IntN(4) {
			link.Routes = append(link.Routes, r.prefix().Masked())
		}
		in.Links = append(in.Links, link)
	}
	return in
}

func (r random) neighbor(i int, groups []v1.PeerGroup) v1.Neighbor {
	n := v1.Neighbor{AfiSafis: r.families(), Timers: r.timers()}
	n.Config.PeerASN = v1.ASN(65000 + r.IntN(4))
	n.Config.Description = []string{"", "a router", "odd | text"}[r.IntN(3)]
	n.Config.SessionConfig, n.Transport, n.BFD = r.session(), r.transport(), r.bfd()
	n.GracefulRestart = pick(r, nil, nil, &v1.GracefulRestart{}, &v1.GracefulRestart{Enabled: true}, &v1.GracefulRestart{Enabled: true, HelperOnly: true})
	n.EBGPMultihop = pick(r, nil, nil, &v1.EBGPMultihop{Enabled: true, MultihopTTL: 3}, &v1.EBGPMultihop{Enabled: true})
	n.RouteReflector = pick(r, nil, nil, nil, &v1.RouteReflector{RouteReflectorClient: true, RouteReflectorClusterID: pick(r, "", "7", "10.0.0.99")})
	switch r.IntN(4) {
	case 0:
		n.Config.NeighborInterface = fmt.Sprintf("eth%d", i)
	case 1:
		n.Config.NeighborAddress = fmt.Sprintf("2001:db8::%x", i+1)
	case 2:
		n.Config.NeighborAddress = fmt.Sprintf("fe80::%x%%eth0", i+1)
	default:
		n.Config.NeighborAddress = fmt.Sprintf("10.0.0.%d", i+1)
	}
	if r.IntN(2) == 0 && len(groups) > 0 {
		n.Config.PeerGroup = groups[r.IntN(len(groups))].Config.Name
	}
	return n
}

func (r random) global() v1.Global {
	return v1.Global{
		ASN:                  65000,
		UseMultiplePaths:     r.IntN(2) == 0,
		Families:             pick(r, nil, nil, []v1.Family{v1.IPv4Unicast}, []v1.Family{v1.L2VPNEVPN, v1.IPv4VPN, v1.IPv6Unicast, v1.IPv4Unicast}),
		GracefulRestart:      pick(r, nil, nil, &v1.GracefulRestart{}, &v1.GracefulRestart{Enabled: true, RestartTime: 60}),
		Confederation:        pick(r, nil, nil, &v1.Confederation{Enabled: true, Identifier: 64512, MemberASList: []v1.ASN{65001, 65000}}),
		DefaultRouteDistance: pick(r, nil, nil, &v1.RouteDistance{ExternalRouteDistance: 30}),
	}
}

func (r random) session() v1.SessionConfig {
	s := v1.SessionConfig{
		LocalASN:            pick[v1.ASN](r, 0, 0, 65099, 65098, 65001),
		AllowOwnASN:         pick[uint32](r, 0, 0, 2, 3),
		ReplacePeerASN:      r.IntN(4) == 0,
		SendCommunity:       pick(r, "", "", "none", "standard", "extended", "both"),
		RemovePrivate:       pick(r, "", "", "all", "replace"),
		RouteFlapDamping:    r.IntN(6) == 0,
		SendSoftwareVersion: r.IntN(4) == 0,
	}
	switch r.IntN(4) {
	case 0:
		s.AuthPassword = "plain"
	case 1:
		s.AuthPasswordSecretRef = &v1.SecretKeyRef{Name: pick(r, "a", "b", "c"), Optional: new(r.IntN(2) == 0)}
	}
	return s
}

func (r random) transport() *v1.Transport {
	return pick(r, nil, nil, &v1.Transport{PassiveMode: true}, &v1.Transport{BindInterface: "eth0"})
}

func (r random) bfd() *v1.BFD {
	return pick(r, nil, nil, &v1.BFD{}, &v1.BFD{Enabled: new(false)}, &v1.BFD{DetectionMultiplier: 5})
}

func (r random) families() []v1.AfiSafi {
	var list []v1.AfiSafi
	for _, f := range []v1.Family{v1.IPv4Unicast, v1.IPv6Unicast, v1.IPv4VPN, v1.L2VPNEVPN} {
		if r.IntN(3) == 0 {
			list = append(list, v1.AfiSafi{
				Family: f, Enabled: new(r.IntN(4) > 0),
				PrefixLimit: pick(r, nil, nil, &v1.PrefixLimit{MaxPrefixes: 100}, &v1.PrefixLimit{MaxPrefixes: 50, ShutdownThresholdPct: 80}),
				AddPaths:    pick(r, nil, nil, &v1.AddPaths{}, &v1.AddPaths{Receive: true, SendMax: 3}),
			})
		}
	}
	return list
}

func pick[T any](r random, from ...T) T { return from[r.IntN(len(from))] }

func (r random) timers() *v1.Timers {
	if r.IntN(2) == 0 {
		return nil
	}
	return &v1.Timers{TimersConfig: v1.TimersConfig{HoldTime: new(uint32(3 + r.IntN(90))), ConnectRetry: new(uint32(r.IntN(60)))}}
}

func (r random) prefix() netip.Prefix {
	if r.IntN(2) == 0 {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 9, byte(r.IntN(3)), byte(r.IntN(256))}), 24+r.IntN(9))
	}
	a := netip.MustParseAddr("fd00::").As16()
	a[7], a[15] = byte(r.IntN(3)), byte(r.IntN(256))
	return netip.PrefixFrom(netip.AddrFrom16(a), 64+r.IntN(65))
}

// shuffled is the same input in another order.
func (r random) shuffled(in Input) Input {
	in.Configuration = in.Configuration.DeepCopy()
	s := &in.Configuration.Spec
	shuffle(r, s.Neighbors)
	shuffle(r, s.PeerGroups)
	shuffle(r, s.DynamicNeighbors)
	shuffle(r, s.Global.Families)
	shuffle(r, s.NetlinkImport.InterfaceList)
	for i := range s.Neighbors {
		shuffle(r, s.Neighbors[i].AfiSafis)
	}
	in.Links = slices.Clone(in.Links)
	shuffle(r, in.Links)
	for i := range in.Links {
		l := &in.Links[i]
		l.Addresses, l.Routes = slices.Clone(l.Addresses), slices.Clone(l.Routes)
		shuffle(r, l.Addresses)
		shuffle(r, l.Routes)
	}
	return in
}

func shuffle[T any](r random, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

func TestOrderDoesNotShow(t *testing.T) {
	for seed := range uint64(200) {
		r := newRandom(seed)
		in := r.input()
		want := mustRender(t, in)
		for range 5 {
			if got := mustRender(t, r.shuffled(in)); got != want {
				t.Fatalf("seed %d: the same input in another order is rendered as\n%s\nrather than\n%s", seed, got, want)
			}
		}
	}
}

// without drops the lines of a text that name something.
func without(text, name string) string {
	var kept []string
	for _, line := range strings.SplitAfter(text, "\n") {
		if !slices.Contains(strings.Fields(line), name) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func TestANeighborChangesItsOwnLinesOnly(t *testing.T) {
	for seed := range uint64(200) {
		r := newRandom(seed)
		in := r.input()
		before := mustRender(t, in)
		in.Configuration = in.Configuration.DeepCopy()
		s := &in.Configuration.Spec
		added := v1.Neighbor{Config: v1.NeighborConfig{NeighborAddress: "10.0.0.200", PeerASN: 65009}}
		s.Neighbors = slices.Insert(s.Neighbors, r.IntN(len(s.Neighbors)+1), added)
		after := mustRender(t, in)
		if after == before || without(after, "10.0.0.200") != before {
			t.Fatalf("seed %d: a further neighbor turns\n%s\ninto\n%s", seed, before, after)
		}
	}
}

func TestAnAddressChangesItsOwnLinesOnly(t *testing.T) {
	for seed := range uint64(200) {
		r := newRandom(seed)
		in := r.input()
		before := mustRender(t, in)
		for _, added := range []string{"10.7.7.7/32", "fd07::7/128"} {
			a := Address{Prefix: netip.MustParsePrefix(added), NoPrefixRoute: r.IntN(2) == 0}
			with := r.shuffled(in)
			i := slices.IndexFunc(with.Links, func(l Link) bool { return l.Name == "kube-lb0" })
			with.Links[i].Addresses = append(with.Links[i].Addresses, a)
			after := mustRender(t, with)
			// The first of all routes comes with a "!" that ends their block.
			if after == before || without(without(after, added), "!") != without(before, "!") {
				t.Fatalf("seed %d: a further address turns\n%s\ninto\n%s", seed, before, after)
			}
		}
	}
}

// A number follows from its key: what comes or goes beside it is no matter,
// unless two keys meet, and then the earlier one keeps it.
func TestSequence(t *testing.T) {
	keys := make([]string, 300)
	for i := range keys {
		keys[i] = fmt.Sprintf("key%03d", i)
	}
	numbers := sequence(keys, 1000, 400)
	seen := map[uint32]bool{}
	for _, n := range numbers {
		if n < 1000 || n >= 1400 || seen[n] {
			t.Fatalf("%d is out of range or given twice", n)
		}
		seen[n] = true
	}
	if !slices.Equal(sequence(keys[:100], 1000, 400), numbers[:100]) {
		t.Error("later keys change the numbers of earlier ones")
	}
	if a, b := sequence([]string{"kube-lb0"}, 1000, 50000), sequence([]string{"eth0", "kube-lb0", "zz"}, 1000, 50000); a[0] != b[1] {
		t.Errorf("the number of kube-lb0 is %d alone and %d among others", a[0], b[1])
	}
}
