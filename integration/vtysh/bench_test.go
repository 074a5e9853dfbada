//go:build linux

package vtysh_test

import (
	"fmt"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// BenchmarkApply is one static route added and removed, over the kept socket and by vtysh, with so many present; and a
// thousand of them. An operation is the addition and the removal.
//
//	go test ./integration/vtysh -run - -bench Apply
func BenchmarkApply(b *testing.B) {
	// A comment that is no static route sends a script through vtysh. Both ways then run the same commands.
	ways := map[string][]string{"socket": nil, "vtysh": {"ip prefix-list BENCH seq 5 permit any"}}
	for _, v := range lab.Versions {
		b.Run(v.Name, func(b *testing.B) {
			f := start(b, v)
			do := func(lines ...string) {
				if err := f.Apply(b.Context(), lines); err != nil {
					b.Fatal(err)
				}
			}
			for _, present := range []int{0, 100, 1000} {
				if present > 0 {
					do(statics("ip route", present)...)
				}
				for _, way := range []string{"socket", "vtysh"} {
					b.Run(fmt.Sprintf("one/present=%d/%s", present, way), func(b *testing.B) {
						for b.Loop() {
							do(append(ways[way], "ip route 10.99.0.0/24 kube-lb0 tag 7473")...)
							do(append(ways[way], "no ip route 10.99.0.0/24 kube-lb0 tag 7473")...)
						}
					})
				}
			}
			do(statics("no ip route", 1000)...)
			for _, way := range []string{"socket", "vtysh"} {
				b.Run("thousand/"+way, func(b *testing.B) {
					for b.Loop() {
						do(append(ways[way], statics("ip route", 1000)...)...)
						do(append(ways[way], statics("no ip route", 1000)...)...)
					}
				})
			}
			b.Run("show", func(b *testing.B) {
				for b.Loop() {
					if _, err := f.Show(b.Context(), "bgpd", "show bgp summary json"); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("running", func(b *testing.B) {
				for b.Loop() {
					if _, err := f.Running(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
