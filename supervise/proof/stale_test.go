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

// What zebra keeps of an IPv6 address with a peer is stale as soon as the address goes, and nothing of other addresses is.
func TestDeparted(t *testing.T) {
	prefix := netip.MustParsePrefix
	paired := []render.Link{{Name: "vip0", Addresses: []render.Address{
		{Prefix: prefix("fd00:97::1/128"), Peer: prefix("fd00:87::1/64")},
		{Prefix: prefix("10.9.6.1/32"), Peer: prefix("10.8.6.1/32")},
		{Prefix: prefix("fd00:95::1/64")},
	}}}
	var known Proof
	for _, links := range [][]render.Link{paired, paired} {
		if got := known.WithStale(links); len(got[0].Stale) != 0 {
			t.Errorf("nothing has gone: %v", got)
		}
	}
	got := known.WithStale([]render.Link{{Name: "vip0"}})[0].Stale
	slices.SortFunc(got, netip.Prefix.Compare)
	if want := []netip.Prefix{prefix("fd00:87::/64"), prefix("fd00:97::1/128")}; !slices.Equal(got, want) {
		t.Errorf("stale: %v, want %v", got, want)
	}
	known.Reborn()
	if got := known.WithStale([]render.Link{{Name: "vip0"}}); len(got[0].Stale) != 0 {
		t.Errorf("a zebra that was restarted has nothing left: %v", got)
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
