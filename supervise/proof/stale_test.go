package proof

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/k8frr/k8frr/render"
)

// What is stale stays so while its interface is there, whatever that carries, and what the kernel showed is not touched.
func TestWithStale(t *testing.T) {
	p := netip.MustParsePrefix("10.9.9.1/32")
	seen := []render.Link{{Name: "kube-lb0", Addresses: []render.Address{{Prefix: p}}}, {Name: "lb1"}}
	var known Proof
	if got := known.WithStale(seen); len(got[0].Stale)+len(got[1].Stale) != 0 {
		t.Errorf("nothing is stale: %v", got)
	}
	known.remember(stale{"kube-lb0", p})
	known.remember(stale{"lb1", p})
	known.remember(stale{"gone", p})
	for range 2 {
		got := known.WithStale(seen)
		if !slices.Equal(got[0].Stale, []netip.Prefix{p}) || !slices.Equal(got[1].Stale, []netip.Prefix{p}) {
			t.Errorf("stale: %v", got)
		}
	}
	if seen[0].Stale != nil || len(known.stale) != 2 {
		t.Errorf("the kernel's %v, known %v", seen, known.stale)
	}
}
