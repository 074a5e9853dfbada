//go:build linux

package transitions_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// genome stands for a configuration whose sessions come up: a number for each
// object that it may have, from which everything about the object follows; 0 is
// its absence, or its simplest form. Two configurations with equal numbers have
// equal objects, so that a pair that fails is shrunk by making numbers equal.
type genome [geneCount]uint64

const (
	geneGlobal = iota
	geneVIPs
	geneOutside
	geneTORs
	geneMarked
	genePaths
	geneFromTOR
	geneToTOR
	geneDrain
	geneDefault
	geneFabric
	geneLoose
	geneAlone4
	geneMember1
	geneMember2
	geneAlone6
	geneLone
	geneUnnumbered
	geneRange
	geneImport
	geneExport
	geneLink0
	geneLink1
	geneCount
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
	for range 1 + r.IntN(5) {
		i := r.IntN(len(g))
		g[i] = gene(r, i)
	}
	return g
}

// gene is absent one time in four: what is not there is not hurt.
func gene(r *rand.Rand, _ int) uint64 {
	if r.IntN(4) == 0 {
		return 0
	}
	return 1 + r.Uint64N(1<<40)
}

// input is what a node is told.
func (g genome) input(d render.Dialect) render.Input {
	return render.Input{Dialect: d, Links: g.links(), Objects: render.Objects{
		Node:          &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}},
		Configuration: &v1.BGPConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "default"}, Spec: g.spec()},
	}}
}

func (g genome) spec() v1.BGPConfigurationSpec {
	s := v1.BGPConfigurationSpec{
		Global: global(choices(g[geneGlobal])),
		DefinedSets: []v1.DefinedSet{
			{Type: "prefix", Name: "vips", Prefixes: members(choices(g[geneVIPs]), vips)},
			{Type: "prefix", Name: "outside", Prefixes: members(choices(g[geneOutside]), outside)},
			{Type: "neighbor", Name: "tors", List: members(choices(g[geneTORs]), []string{alone4 + "/32", member1 + "/32", alone6 + "/128", "10.1.0.4/31"})},
			{Type: "community", Name: "marked", List: members(choices(g[geneMarked]), []string{"65000:1", "65000:9", "^65000:2[0-9]*$"})},
			{Type: "as-path", Name: "paths", List: members(choices(g[genePaths]), []string{"_65002$", "_65001_", "^65000$", "_64512$"})},
		},
		PolicyDefinitions: []v1.PolicyDefinition{
			{Name: "from-tor", Statements: statements(choices(g[geneFromTOR]))},
			{Name: "to-tor", Statements: statements(choices(g[geneToTOR]))},
			{Name: "drain", Statements: statements(choices(g[geneDrain]))},
		},
	}
	if n := g[geneDefault]; n != 0 {
		s.Global.ApplyPolicy = applyPolicy(choices(n))
	}
	var groups []string
	for i, name := range []string{"FABRIC", "LOOSE"} {
		if n := g[geneFabric+i]; n != 0 {
			groups = append(groups, name)
			s.PeerGroups = append(s.PeerGroups, peerGroup(choices(n), name))
		}
	}
	for i, peer := range []string{alone4, member1, member2, alone6, loose, unnumberedPeer} {
		if n := g[geneAlone4+i]; n != 0 {
			s.Neighbors = append(s.Neighbors, neighbor(choices(n), peer, groups))
		}
	}
	if n := g[geneRange]; n != 0 && len(groups) > 0 {
		c := choices(n)
		s.DynamicNeighbors = []v1.DynamicNeighbor{{Prefix: pick(c, "10.3.0.0/24", "10.3.0.0/24", "10.3.0.0/28"), PeerGroup: pick(c, groups...)}}
	}
	// The witness is told of all that the node has accepted.
	everything := &v1.PolicyAssignment{Policies: []string{}}
	s.Neighbors = append(s.Neighbors, v1.Neighbor{
		Config: v1.NeighborConfig{NeighborAddress: witness, PeerASN: s.Global.ASN}, AfiSafis: both, Timers: timers(choices(0)),
		ApplyPolicy: &v1.ApplyPolicy{ImportPolicy: everything, ExportPolicy: everything},
	})
	if n := g[geneImport]; n != 0 {
		s.NetlinkImport = imports(choices(n))
	}
	if n := g[geneExport]; n != 0 {
		s.NetlinkExport = exports(choices(n))
	}
	return s
}

func (g genome) links() []render.Link {
	var all []render.Link
	for i, name := range links {
		l := render.Link{Name: name, Up: true}
		for _, p := range members(choices(g[geneLink0+i]), []string{
			fmt.Sprintf("10.200.%d.1/32", i), fmt.Sprintf("10.200.%d.2/32", i), fmt.Sprintf("10.20%d.0.7/24", i+1), fmt.Sprintf("fd00:7::%d/128", i+1), fmt.Sprintf("fd00:7:%d::1/64", i+1),
		}) {
			l.Addresses = append(l.Addresses, render.Address{Prefix: netip.MustParsePrefix(p), NoPrefixRoute: choices(g[geneLink0+i]).oneIn(3)})
		}
		all = append(all, l)
	}
	return all
}

// choices makes what follows from a gene.
type chooser struct{ *rand.Rand }

func choices(gene uint64) chooser { return chooser{rand.New(rand.NewPCG(gene, 7473))} }

// oneIn is true once in n times.
func (c chooser) oneIn(n int) bool { return c.IntN(n) == 0 }

func pick[T any](c chooser, from ...T) T { return from[c.IntN(len(from))] }

// members are some of a list, at least one.
func members[T any](c chooser, from []T) []T {
	var out []T
	for _, v := range from {
		if c.oneIn(2) {
			out = append(out, v)
		}
	}
	if out == nil {
		return from[:1]
	}
	return out
}
