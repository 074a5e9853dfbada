//go:build linux

package plan_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// genome stands for a configuration: a number for each object that it may
// have, from which everything about the object follows; 0 is its absence. Two
// configurations with equal numbers have equal objects, so that a pair that
// fails is shrunk by making numbers equal.
type genome [geneCount]uint64

// The universe is small, so that two configurations have much in common.
var (
	groupNames = []string{"FABRIC", "leaf-1", "ünïcode!"}
	addresses  = []string{
		"10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.4", "10.1.0.10", "192.0.2.1",
		"2001:db8::1", "2001:db8::2", "2001:db8::10", "fe80::1%eth0", "fe80::2%eth1",
	}
	unnumbered = []string{"eth2", "eth3", "swp1s0"}
	links      = []string{"kube-lb0", "kube-lb1", "lo.vip"}
)

const (
	geneGlobal    = 0
	geneGroups    = 1
	geneNeighbors = geneGroups + 3
	geneImport    = geneNeighbors + 11 + 3
	geneLinks     = geneImport + 1
	geneVRFs      = geneLinks + 3
	geneRanges    = geneVRFs + 2
	geneExport    = geneRanges + 1
	genePolicies  = geneExport + 1
	geneCount     = genePolicies + 2
)

func newGenome(r *rand.Rand) genome {
	var g genome
	for i := range g {
		g[i] = gene(r, i)
	}
	return g
}

// near returns a genome that differs in a few objects.
func (g genome) near(r *rand.Rand) genome {
	for range 1 + r.IntN(4) {
		i := r.IntN(len(g))
		g[i] = gene(r, i)
	}
	return g
}

func gene(r *rand.Rand, i int) uint64 {
	if i != geneGlobal && r.IntN(2) == 0 {
		return 0
	}
	return 1 + r.Uint64N(1<<40)
}

// text renders the configuration that a genome stands for.
func (g genome) text(tb testing.TB, d render.Dialect) string {
	tb.Helper()
	config, _, err := render.Resolve(g.input(d))
	if err != nil {
		tb.Fatalf("genome %v: %v", g, err)
	}
	renderer, err := render.NewRenderer(nil)
	if err != nil {
		tb.Fatal(err)
	}
	text, err := renderer.Text(config)
	if err != nil {
		tb.Fatalf("genome %v: %v", g, err)
	}
	return withPolicies(text.Reveal(), g[genePolicies:])
}

func (g genome) input(d render.Dialect) render.Input {
	c := &v1.BGPConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	in := render.Input{Dialect: d, Objects: render.Objects{
		Configuration: c,
		Node:          &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}},
	}}
	global(choices(g[geneGlobal]), &c.Spec.Global)
	var groups []string
	for i, name := range groupNames {
		if n := g[geneGroups+i]; n != 0 {
			groups = append(groups, name)
			c.Spec.PeerGroups = append(c.Spec.PeerGroups, peerGroup(choices(n), name))
		}
	}
	for i := range len(addresses) + len(unnumbered) {
		if n := g[geneNeighbors+i]; n != 0 {
			nb := neighbor(choices(n), groups)
			if i < len(addresses) {
				nb.Config.NeighborAddress = addresses[i]
			} else {
				nb.Config.NeighborInterface = unnumbered[i-len(addresses)]
			}
			c.Spec.Neighbors = append(c.Spec.Neighbors, nb)
		}
	}
	for i, name := range []string{"blue", "red"} {
		if n := g[geneVRFs+i]; n != 0 {
			inVRF(choices(n), name, groups, &c.Spec)
		}
	}
	if n := g[geneRanges]; n != 0 {
		dynamic(choices(n), &c.Spec)
	}
	if n := g[geneExport]; n != 0 {
		c.Spec.NetlinkExport = exports(choices(n))
	}
	if n := g[geneImport]; n != 0 {
		c.Spec.NetlinkImport = imports(choices(n))
	}
	for i, name := range links {
		if n := g[geneLinks+i]; n != 0 {
			in.Links = append(in.Links, link(choices(n), name, i))
		}
	}
	return in
}

// choices makes what follows from a gene.
type chooser struct{ *rand.Rand }

func choices(gene uint64) chooser { return chooser{rand.New(rand.NewPCG(gene, 7473))} }

// oneIn is true once in n times.
func (c chooser) oneIn(n int) bool { return c.IntN(n) == 0 }

func pick[T any](c chooser, from ...T) T { return from[c.IntN(len(from))] }

func global(c chooser, g *v1.Global) {
	g.ASN = pick[v1.ASN](c, 65001, 65001, 65001, 65001, 4200000001)
	g.RouterID = pick(c, "10.1.0.9", "10.1.0.9", "192.0.2.9")
	g.Families = pick(c, nil, nil, nil, []v1.Family{v1.IPv4Unicast}, []v1.Family{v1.IPv6Unicast})
	globalOptions(c, g)
}

func asn(c chooser) v1.ASN { return pick[v1.ASN](c, 65000, 65000, 65001, 65002, 4200000000) }

func peerGroup(c chooser, name string) v1.PeerGroup {
	g := v1.PeerGroup{Config: v1.PeerGroupConfig{Name: name, Description: description(c), SessionConfig: session(c)}}
	if c.oneIn(2) {
		g.Config.PeerASN = asn(c)
	}
	g.AfiSafis, g.Timers = families(c), timers(c)
	g.Config.SessionConfig = sessionOptions(c, g.Config.SessionConfig)
	g.Transport, g.BFD = transport(c), bfd(c)
	familyOptions(c, g.AfiSafis)
	return g
}

func neighbor(c chooser, groups []string) v1.Neighbor {
	n := v1.Neighbor{Config: v1.NeighborConfig{
		PeerASN: asn(c), Description: description(c), AdminDown: c.oneIn(8), SessionConfig: session(c),
	}}
	if len(groups) > 0 && c.oneIn(2) {
		n.Config.PeerGroup = pick(c, groups...)
	}
	n.AfiSafis, n.Timers = families(c), timers(c)
	n.Config.SessionConfig = sessionOptions(c, n.Config.SessionConfig)
	n.Transport, n.BFD = transport(c), bfd(c)
	familyOptions(c, n.AfiSafis)
	neighborOptions(c, &n)
	return n
}

func session(c chooser) v1.SessionConfig {
	return v1.SessionConfig{AuthPassword: pick(c, "", "", "", "hunter2", "s3cret!", `"#\?`, "pässwörd", "7")}
}

func description(c chooser) string {
	return pick(c, "", "", "", "tor", "the  rack's \"first\" router", "! no comment", "# neither", "shutdown", "a|b | c", `\ ? ; $(x) %n 日本`, "password x")
}

func families(c chooser) []v1.AfiSafi {
	enabled := func(f v1.Family, on bool) v1.AfiSafi { return v1.AfiSafi{Family: f, Enabled: &on} }
	return pick(c, nil, nil, nil,
		[]v1.AfiSafi{{Family: v1.IPv4Unicast}},
		[]v1.AfiSafi{{Family: v1.IPv6Unicast}},
		[]v1.AfiSafi{{Family: v1.IPv6Unicast}, {Family: v1.IPv4Unicast}},
		[]v1.AfiSafi{enabled(v1.IPv4Unicast, false)},
		[]v1.AfiSafi{enabled(v1.IPv4Unicast, false), enabled(v1.IPv6Unicast, true)},
	)
}

func timers(c chooser) *v1.Timers {
	if c.oneIn(2) {
		return nil
	}
	maybe := func(values ...uint32) *uint32 {
		if c.oneIn(2) {
			return nil
		}
		return new(pick(c, values...))
	}
	return &v1.Timers{TimersConfig: v1.TimersConfig{
		ConnectRetry:                 maybe(0, 1, 5, 120, 65535),
		HoldTime:                     maybe(0, 3, 9, 90, 180, 65535),
		KeepaliveInterval:            maybe(0, 1, 3, 30, 60, 65535),
		MinimumAdvertisementInterval: maybe(0, 1, 30, 600),
	}}
}

func imports(c chooser) *v1.NetlinkImport {
	return &v1.NetlinkImport{Enabled: !c.oneIn(6), InterfaceList: pick(c,
		[]string{"kube-lb0"}, []string{"kube-lb0"}, []string{"kube-lb*"}, []string{"kube-lb0", "lo.vip"}, []string{"*", "absent0"}, nil)}
}

func link(c chooser, name string, i int) render.Link {
	l := render.Link{Name: name, Up: true}
	address := func(format string, args ...any) {
		l.Addresses = append(l.Addresses, render.Address{Prefix: netip.MustParsePrefix(fmt.Sprintf(format, args...)), NoPrefixRoute: c.oneIn(3)})
	}
	for range c.IntN(8) {
		switch n := c.IntN(6); c.IntN(5) {
		case 0, 1:
			address("10.200.0.%d/32", n)
		case 2:
			address("10.20%d.%d.7/24", i, n)
		case 3:
			address("fd00:7::%d/128", n)
		case 4:
			address("fd00:7:%d:%d::1/64", i, n)
		}
	}
	for range c.IntN(3) {
		l.Routes = append(l.Routes, netip.MustParsePrefix(fmt.Sprintf("10.210.%d.0/24", c.IntN(4))))
	}
	return l
}
