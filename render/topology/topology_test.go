package topology_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/api/manifest"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/topology"
)

// cluster writes the objects of so many racks: two routers each, and a route
// reflector for all.
func cluster(racks, nodes int) string {
	var b strings.Builder
	b.WriteString("apiVersion: bgp.purelb.io/v1\nkind: BGPConfiguration\nmetadata: {name: default}\nspec:\n  global: {asn: 65000}\n  neighbors:\n")
	b.WriteString("    - config: {neighborAddress: 10.255.0.1, peerAsn: 65000}\n")
	for r := range racks {
		for side := range 2 {
			fmt.Fprintf(&b, "    - config: {neighborAddress: 10.%d.1.%d, peerAsn: %d}\n      nodeSelector: {matchLabels: {rack: rack-%d}}\n", r+1, side+1, 65101+r, r+1)
		}
	}
	for n := range racks * nodes {
		fmt.Fprintf(&b, "---\napiVersion: v1\nkind: Node\nmetadata: {name: worker-%d, labels: {rack: rack-%d}}\n", n+1, n/nodes+1)
	}
	return b.String()
}

// Of a hundred nodes the picture shows every rack, with its two routers in one
// place; of many racks it shows one for all.
func TestCollapse(t *testing.T) {
	for _, c := range []struct {
		racks, nodes, most int
		groups, routers    int
	}{
		{10, 10, 0, 10, 21},
		{10, 10, 21, 10, 21},
		{10, 10, 20, 10, 11},
		{10, 10, 9, 1, 2},
		{100, 2, 20, 1, 2},
	} {
		whole := build(t, cluster(c.racks, c.nodes))
		drawn := whole.Collapse(c.most)
		if len(drawn.Groups) != c.groups || len(drawn.Routers) != c.routers {
			t.Errorf("%+v: %d groups, %d routers", c, len(drawn.Groups), len(drawn.Routers))
		}
		if got, want := drawn.NodeCount(), c.racks*c.nodes; got != want {
			t.Errorf("%+v: %d nodes, want %d", c, got, want)
		}
		if got, want := drawn.SessionCount(), 3*c.racks*c.nodes; got != want {
			t.Errorf("%+v: %d sessions, want %d", c, got, want)
		}
	}
	drawn := build(t, cluster(100, 2)).Collapse(20)
	if text := drawn.Mermaid(); !strings.Contains(text, "100 groups alike") || !strings.Contains(text, "each with 2") {
		t.Error(text)
	}
}

// Racks that are not alike stay apart, and those that are too many go together.
func TestMixed(t *testing.T) {
	text := cluster(30, 2)
	for r := range 30 { // rack n has a further router for each smaller one
		for k := range r {
			text = strings.Replace(text, "\n---\n", fmt.Sprintf("\n    - config: {neighborAddress: 10.%d.2.%d, peerAsn: 65001}\n      nodeSelector: {matchLabels: {rack: rack-%d}}\n---\n", r+1, k+1, r+1), 1)
		}
	}
	whole := build(t, text)
	drawn := whole.Collapse(20)
	if len(drawn.Groups) != 20 || len(drawn.Routers) > 20 {
		t.Errorf("%d groups, %d routers", len(drawn.Groups), len(drawn.Routers))
	}
	if drawn.SessionCount() != whole.SessionCount() || drawn.NodeCount() != whole.NodeCount() {
		t.Errorf("%d sessions of %d nodes, want %d of %d", drawn.SessionCount(), drawn.NodeCount(), whole.SessionCount(), whole.NodeCount())
	}
	if svg := drawn.SVG(); !strings.Contains(svg, "11 more groups") {
		t.Error(svg)
	}
}

// The order of the nodes does not show, in no format.
func TestOrder(t *testing.T) {
	documents, err := manifest.Read(strings.NewReader(cluster(12, 3)), "input.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := manifest.Collect(documents, "purelb-system")
	if err != nil {
		t.Fatal(err)
	}
	all := classes(t, set)
	random := rand.New(rand.NewSource(1))
	first := topology.Build(set.Configurations[0], all)
	for range 20 {
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		again := topology.Build(set.Configurations[0], all)
		for _, most := range []int{0, 20, 3} {
			a, b := first.Collapse(most), again.Collapse(most)
			if a.SVG() != b.SVG() || a.Dot() != b.Dot() || a.Mermaid() != b.Mermaid() {
				t.Fatalf("collapsed to %d, another order draws another picture", most)
			}
		}
	}
}

// Whatever is in a description, the SVG is well-formed and has no more elements
// than with another one, the Dot has the same structure, and so has the Mermaid.
func FuzzDescription(f *testing.F) {
	for _, s := range []string{"", "Rack 1", `</text><script>`, "a\"];b -- c", "`**x**`", "\x00\u202e", "#quot;", "%%{init: {}}%%", "\\N\\", "]]>", "&#x0;"} {
		f.Add(s)
	}
	plain := described("plain")
	f.Fuzz(func(t *testing.T, s string) {
		drawn := described(s)
		if strings.TrimSpace(s) == "" {
			return // there is no line for it
		}
		if got, want := elements(t, drawn.SVG()), elements(t, plain.SVG()); got != want {
			t.Errorf("%d elements, want %d", got, want)
		}
		for _, text := range []string{drawn.Dot(), drawn.Mermaid()} {
			for line := range strings.Lines(text) {
				if strings.Count(strings.NewReplacer(`\\`, "", `\"`, "").Replace(line), `"`)%2 != 0 {
					t.Errorf("a quote is open: %s", line)
				}
			}
		}
		if got, want := strings.Count(drawn.Dot(), "\n"), strings.Count(plain.Dot(), "\n"); got != want {
			t.Errorf("%d lines of Dot, want %d", got, want)
		}
		if got, want := strings.Count(drawn.Mermaid(), "\n"), strings.Count(plain.Mermaid(), "\n"); got != want {
			t.Errorf("%d lines of Mermaid, want %d", got, want)
		}
	})
}

// described is the topology of one neighbor, which no node has.
func described(description string) *topology.Topology {
	c := new(v1.BGPConfiguration)
	c.Name, c.Spec.Global.ASN = "default", 65000
	c.Spec.Neighbors = []v1.Neighbor{{Config: v1.NeighborConfig{NeighborAddress: "192.0.2.1"}}}
	c.Spec.Neighbors[0].Config.Description = description
	return topology.Build(c, nil)
}

func elements(t *testing.T, svg string) int {
	t.Helper()
	n := 0
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, svg)
		}
		if _, ok := token.(xml.StartElement); ok {
			n++
		}
	}
}
