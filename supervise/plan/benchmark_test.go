package plan

import (
	"fmt"
	"strings"
	"testing"
)

// withStatics is a configuration of a usual size with n mirrored routes.
func withStatics(n int) string {
	var text strings.Builder
	text.WriteString(`route-map K8FRR-ORIGINATED permit 10
 match tag 7473
exit
router bgp 65001
 bgp router-id 10.0.0.1
 no bgp default ipv4-unicast
`)
	for i := range 4 {
		fmt.Fprintf(&text, " neighbor 10.1.0.%d remote-as 65000\n neighbor 10.1.0.%d timers 30 90\n", i, i)
	}
	text.WriteString(" address-family ipv4 unicast\n  redistribute static route-map K8FRR-IMPORT-STATIC\n")
	for i := range 4 {
		fmt.Fprintf(&text, "  neighbor 10.1.0.%d activate\n  neighbor 10.1.0.%d route-map K8FRR-ORIGINATED out\n", i, i)
	}
	text.WriteString(" exit-address-family\nexit\n")
	for i := range n {
		fmt.Fprintf(&text, "ip route 10.%d.%d.%d/32 kube-lb0 tag 7473 17\n", 100+i>>16, i>>8&255, i&255)
	}
	return text.String()
}

// BenchmarkRemoveOneStatic is the hot path: a service address has gone.
func BenchmarkRemoveOneStatic(b *testing.B) {
	for _, n := range []int{0, 100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			running, wanted := withStatics(n+1), withStatics(n)
			b.ReportAllocs()
			for b.Loop() {
				if p := Between(running, wanted); len(p.Steps) != 1 {
					b.Fatal(p)
				}
			}
		})
	}
}

// BenchmarkStatics plans for 10,000 mirrored routes that come or go at once, or
// stay.
func BenchmarkStatics(b *testing.B) {
	none, all := withStatics(0), withStatics(10000)
	for _, bb := range []struct{ name, from, to string }{{"nothing", all, all}, {"added", none, all}, {"removed", all, none}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if p := Between(bb.from, bb.to); p.Empty() != (bb.name == "nothing") {
					b.Fatal(p)
				}
			}
		})
	}
}

// withPolicies is a configuration of n neighbors in a group of their own each
// tenth, and of as many route maps, each of so many entries and with a list.
func withPolicies(neighbors, maps, entries int, med int) string {
	var text strings.Builder
	for m := range maps {
		for e := range entries {
			fmt.Fprintf(&text, "ip prefix-list K8FRR-P%d seq %d permit 10.%d.%d.0/24\n", m, 5+e, m%256, e)
		}
	}
	for m := range maps {
		for e := range entries {
			fmt.Fprintf(&text, "route-map K8FRR-M%d permit %d\n match ip address prefix-list K8FRR-P%d\n set metric %d\nexit\n", m, 10+e, m, med)
		}
	}
	text.WriteString("router bgp 65001\n bgp router-id 10.0.0.1\n no bgp default ipv4-unicast\n neighbor G peer-group\n neighbor G remote-as 65000\n")
	address := func(i int) string { return fmt.Sprintf("10.1.%d.%d", i>>8, i&255) }
	for i := range neighbors {
		if i%10 == 0 {
			fmt.Fprintf(&text, " neighbor %s peer-group G\n", address(i))
		} else {
			fmt.Fprintf(&text, " neighbor %s remote-as 65000\n", address(i))
		}
		fmt.Fprintf(&text, " neighbor %s timers 30 90\n neighbor %[1]s bfd\n neighbor %[1]s ebgp-multihop %d\n", address(i), 2+med%8)
	}
	text.WriteString(" address-family ipv4 unicast\n  neighbor G activate\n")
	for i := range neighbors {
		if i%10 != 0 {
			fmt.Fprintf(&text, "  neighbor %s activate\n", address(i))
		}
		fmt.Fprintf(&text, "  neighbor %s route-map K8FRR-M%d in\n  neighbor %[1]s maximum-prefix 100\n", address(i), i%max(maps, 1))
	}
	text.WriteString(" exit-address-family\nexit\n")
	return text.String()
}

// BenchmarkLarge plans for 1,024 neighbors and 256 route maps of 128 entries.
func BenchmarkLarge(b *testing.B) {
	all, other := withPolicies(1024, 256, 128, 5), withPolicies(1024, 256, 128, 6)
	one := strings.Replace(all, "maximum-prefix 100", "maximum-prefix 101", 1)
	for _, bb := range []struct{ name, from, to string }{
		{"nothing", all, all}, {"one-line", all, one}, {"everything-changes", all, other},
		{"first-load", "", all}, {"all-goes", all, ""},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if p := Between(bb.from, bb.to); p.Empty() != (bb.name == "nothing") {
					b.Fatal(p)
				}
			}
		})
	}
}
