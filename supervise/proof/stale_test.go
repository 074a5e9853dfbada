package proof

import (
	"fmt"
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

// What another agent kept back is read from what FRR runs, of each instance and family its own.
func TestKeptBack(t *testing.T) {
	const running = `ip prefix-list K8FRR-LISTED seq 3 permit 10.9.9.9/32
ip prefix-list K8FRR-STALE seq 3 permit 10.9.9.1/32
ip prefix-list K8FRR-STALE seq 7 permit 10.9.2.0/24
ip prefix-list K8FRR-STALE seq 3 permit 10.9.9.1/32
ip prefix-list K8FRR-STALE seq 4294967295 deny any
ip prefix-list K8FRR-STALE-red seq 3 permit 10.9.9.3/32
ipv6 prefix-list K8FRR-STALE seq 5 permit fd00:9::1/128
`
	for _, tc := range []struct{ device, family, want string }{
		{"", "ip", "[10.9.9.1/32 10.9.2.0/24]"}, {"", "ipv6", "[fd00:9::1/128]"}, {"red", "ip", "[10.9.9.3/32]"}, {"red", "ipv6", "[]"},
	} {
		f := families[slices.IndexFunc(families, func(f family) bool { return f.command == tc.family })]
		if got := fmt.Sprint(keptBack(running, &render.Instance{Device: tc.device}, f)); got != tc.want {
			t.Errorf("%s of %q: %s", tc.family, tc.device, got)
		}
	}
}
