//go:build linux

package kernel

import (
	"fmt"
	"net"
	"testing"

	"github.com/vishvananda/netlink"

	"github.com/k8frr/k8frr/supervise/kernel"
)

// BenchmarkObserve reads kube-lb0 on a node that has other things as well:
// pods' interfaces, and routes of BGP in its main table.
func BenchmarkObserve(b *testing.B) {
	for _, c := range []struct{ addresses, interfaces, routes int }{
		{1, 0, 0},
		{1_000, 0, 0},
		{10_000, 0, 0},
		{1_000, 300, 0},
		{1_000, 0, 100_000},
	} {
		b.Run(fmt.Sprintf("addresses=%d/interfaces=%d/routes=%d", c.addresses, c.interfaces, c.routes), func(b *testing.B) {
			n := newNode(b)
			lb := n.plug("kube-lb0")
			other := n.plug("eth0")
			n.address(other, "10.77.0.1/24", 0)
			for i := range c.addresses {
				if i%2 == 0 {
					n.address(lb, net.IPv4(10, 1, byte(i>>8), byte(i)).String()+"/32", 0)
				} else {
					n.address(lb, fmt.Sprintf("fd00:8::%x/128", i), 0)
				}
			}
			for i := range c.interfaces {
				n.plug(fmt.Sprintf("pod%d", i))
			}
			for i := range c.routes {
				must(b, n.RouteAdd(&netlink.Route{
					LinkIndex: other.Attrs().Index,
					Dst:       &net.IPNet{IP: net.IPv4(20, byte(i>>16), byte(i>>8), byte(i)).To4(), Mask: net.CIDRMask(32, 32)},
					Gw:        net.IPv4(10, 77, 0, 9),
					Protocol:  186,
				}))
			}
			must(b, n.host.Do(func() error {
				for b.Loop() {
					links, err := kernel.Observe(b.Context(), []string{"kube-lb0"})
					if err != nil {
						return err
					}
					if len(links) != 1 || len(links[0].Addresses) != c.addresses {
						return fmt.Errorf("it observed %d interfaces; want kube-lb0 with %d addresses", len(links), c.addresses)
					}
				}
				return nil
			}))
		})
	}
}
