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
	text.WriteString(" address-family ipv4 unicast\n  redistribute static route-map K8FRR-IMPORT\n")
	for i := range 4 {
		fmt.Fprintf(&text, "  neighbor 10.1.0.%d activate\n  neighbor 10.1.0.%d route-map K8FRR-ORIGINATED out\n", i, i)
	}
	text.WriteString(" exit-address-family\nexit\n")
	for i := range n {
		fmt.Fprintf(&text, "ip route 10.%d.%d.%d/32 kube-lb0 tag 7473\n", 100+i>>16, i>>8&255, i&255)
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
