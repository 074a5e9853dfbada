package status

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8frr/k8frr/render"
)

// importing is an instance that imports from kube-lb0, which carries these addresses and routes, and mirrors these.
func importing(addresses, routes, mirrored []string) (*render.Instance, []render.Link) {
	i := &render.Instance{Import: render.Import{Enabled: true, Patterns: []string{"kube-lb0"}, Interfaces: []string{"kube-lb0"}}}
	link := render.Link{Name: "kube-lb0", Up: true}
	for _, a := range addresses {
		link.Addresses = append(link.Addresses, render.Address{Prefix: netip.MustParsePrefix(a)})
	}
	for _, r := range routes {
		link.Routes = append(link.Routes, netip.MustParsePrefix(r))
	}
	for _, m := range mirrored {
		i.Import.Mirrored = append(i.Import.Mirrored, render.Mirrored{Prefix: netip.MustParsePrefix(m)})
	}
	return i, []render.Link{link, {Name: "eth0", Addresses: []render.Address{{Prefix: netip.MustParsePrefix("192.0.2.1/24")}}}}
}

// Each prefix is wanted once, those of addresses first and in order.
func TestWanted(t *testing.T) {
	i, links := importing(
		[]string{"10.9.9.20/24", "10.9.9.9/24", "10.9.9.9/32", "fd00:9::9/64", "10.8.0.1/32"},
		[]string{"10.9.9.0/24", "10.7.0.0/16"},
		[]string{"10.9.9.9/32", "10.1.0.0/16", "fd00:9::/64", "10.1.0.0/16"})
	var got []string
	for _, p := range Wanted(i, links) {
		got = append(got, p.String())
	}
	want := []string{"10.7.0.0/16", "10.8.0.1/32", "10.9.9.0/24", "10.9.9.9/32", "fd00:9::/64", "10.1.0.0/16"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if i.Import.Enabled = false; Wanted(i, links) != nil {
		t.Error("what is not imported is wanted")
	}
}

// BenchmarkWanted is of a node with so many service addresses, all mirrored: it is done some times at each look.
func BenchmarkWanted(b *testing.B) {
	for _, n := range []int{10, 1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var addresses []string
			for a := range n {
				addresses = append(addresses, fmt.Sprintf("10.9.%d.%d/32", a>>8, a&255))
			}
			mirrored := slices.Clone(addresses)
			slices.Reverse(mirrored)
			i, links := importing(addresses, nil, mirrored)
			b.ReportAllocs()
			for b.Loop() {
				if len(Wanted(i, links)) != n {
					b.Fatal("not all are wanted")
				}
			}
		})
	}
}
