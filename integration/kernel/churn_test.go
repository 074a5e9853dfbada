//go:build linux

package kernel

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// While other addresses come and go, a reading has every address that stayed;
// and while interfaces come and go, there is no error.
func TestChangeWhileReading(t *testing.T) {
	n := newNode(t)
	lb := n.plug("kube-lb0")
	const steady = 2000
	for i := range steady {
		n.address(lb, net.IPv4(10, 1, byte(i>>8), byte(i)).String()+"/32", 0)
	}
	fleeting, err := netlink.ParseAddr("10.0.0.1/32")
	must(t, err)
	// By its scope it goes to the head of the kernel's list; deleting it then
	// moves all others, which makes an interrupted dump skip one.
	fleeting.Scope = unix.RT_SCOPE_LINK
	n.churn(5*time.Millisecond, func(i int) error {
		if i%2 == 0 {
			return n.AddrAdd(lb, fleeting)
		}
		return n.AddrDel(lb, fleeting)
	})
	n.churn(7*time.Millisecond, func(i int) error {
		if i%2 == 0 {
			return n.LinkAdd(ifb("kube-lb1"))
		}
		l, err := n.LinkByName("kube-lb1")
		if err != nil {
			return err
		}
		return n.LinkDel(l)
	})
	seen := map[int]int{}
	exercised := func() bool { return seen[1] > 0 && seen[2] > 0 }
	for began := time.Now(); time.Since(began) < 3*time.Second || !exercised() && time.Since(began) < patience; {
		links := n.observe("kube-lb?")
		seen[len(links)]++
		stayed := 0
		for _, a := range links[0].Addresses {
			if a.Prefix.Addr().As4()[1] == 1 {
				stayed++
			}
		}
		if stayed != steady {
			t.Fatalf("a reading has %d of the %d addresses that never went", stayed, steady)
		}
	}
	if !exercised() {
		t.Errorf("%d readings without the fleeting interface and %d with it: it was not exercised", seen[1], seen[2])
	}
	t.Logf("%d readings with, %d without the fleeting interface", seen[2], seen[1])
}

// While routes of a routing daemon by another interface come and go, a reading
// has every imported route.
func TestRoutingDaemonAtWorkWhileReading(t *testing.T) {
	n := newNode(t)
	lb, other := n.plug("kube-lb0"), n.plug("eth0")
	const steady = 1000
	for i := range steady {
		n.route(lb, fmt.Sprintf("fd00:1:%x::/48", i+1), nil)
		n.route(lb, net.IPv4(10, 1, byte(i>>8), byte(i)).String()+"/32", nil)
	}
	// Its prefixes precede the others, so each that goes moves them.
	for _, prefix := range []string{"fc00::/48", "9.0.0.0/24"} {
		_, dst, err := net.ParseCIDR(prefix)
		must(t, err)
		r := &netlink.Route{LinkIndex: other.Attrs().Index, Dst: dst, Scope: netlink.SCOPE_LINK, Protocol: unix.RTPROT_BGP}
		n.churn(300*time.Microsecond, func(i int) error {
			if i%2 == 0 {
				return n.RouteAdd(r)
			}
			return n.RouteDel(r)
		})
	}
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); {
		if got := len(n.observe("kube-lb0")[0].Routes); got != 2*steady {
			t.Fatalf("a reading has %d of the %d routes, none of which went", got, 2*steady)
		}
	}
}
