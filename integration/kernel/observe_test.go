//go:build linux

package kernel

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/kernel"
)

func TestAddresses(t *testing.T) {
	n := newNode(t)
	lb := n.plug("kube-lb0")
	other := n.plug("eth0")
	n.address(other, "10.77.0.1/24", 0)
	n.address(lb, "10.200.0.5/24", 0)
	n.address(lb, "10.9.9.9/32", 0)
	n.address(lb, "10.200.1.5/24", unix.IFA_F_NOPREFIXROUTE)
	n.address(lb, "fd00:7::5/64", 0)
	n.address(lb, "fd00:8::1/128", 0)
	n.address(lb, "fd00:9::1/64", unix.IFA_F_NOPREFIXROUTE)
	n.address(lb, "169.254.9.9/16", 0)
	n.address(lb, "127.9.9.9/32", 0)
	for _, peer := range []string{"10.5.0.0/24", "10.6.0.7/32"} {
		a, err := netlink.ParseAddr("10.4.0.1/32")
		must(t, err)
		a.Peer, err = netlink.ParseIPNet(peer)
		must(t, err)
		must(t, n.AddrAdd(lb, a))
	}

	n.expect("all kinds of address", render.Link{
		Name: "kube-lb0",
		Up:   true,
		Addresses: []render.Address{
			{Prefix: prefixes("10.4.0.1/32")[0], Peer: prefixes("10.5.0.0/24")[0]},
			{Prefix: prefixes("10.9.9.9/32")[0]},
			{Prefix: prefixes("10.200.0.5/24")[0]},
			{Prefix: prefixes("10.200.1.5/24")[0], NoPrefixRoute: true},
			{Prefix: prefixes("fd00:7::5/64")[0]},
			{Prefix: prefixes("fd00:8::1/128")[0]},
			{Prefix: prefixes("fd00:9::1/64")[0], NoPrefixRoute: true},
		},
		Withheld: prefixes("10.5.0.0/24", "10.6.0.7/32"),
	})
}

// A deprecated address is announced. A tentative one is not before the kernel has
// found that no other host holds it.
func TestDuplicateAddressDetection(t *testing.T) {
	n := newNode(t)
	must(t, n.LinkAdd(&netlink.Veth{LinkAttrs: *ifb("kube-lb0").Attrs(), PeerName: "rival"}))
	lb, rival := n.link("kube-lb0"), n.link("rival")
	must(t, n.LinkSetUp(lb))
	must(t, n.LinkSetUp(rival))
	n.address(rival, "fd00:7::1/64", 0)

	add := func(cidr string, valid int) {
		a, err := netlink.ParseAddr(cidr)
		must(t, err)
		a.ValidLft = valid // and preferred for 0 s: deprecated; or both 0: forever
		must(t, n.AddrAdd(lb, a))
	}
	carries := func() string {
		var all []string
		for _, a := range n.observe("kube-lb0")[0].Addresses {
			all = append(all, a.Prefix.String())
		}
		return strings.Join(all, " ")
	}
	add("fd00:7::9/64", 0)
	if got := carries(); got != "" {
		t.Errorf("while tentative: %s", got)
	}
	add("fd00:7::1/64", 0)
	failed := func() bool {
		all, err := n.AddrList(lb, netlink.FAMILY_V6)
		must(t, err)
		return slices.ContainsFunc(all, func(a netlink.Addr) bool {
			return a.Flags&unix.IFA_F_DADFAILED != 0
		})
	}
	deadline := time.Now().Add(patience)
	for !failed() {
		if time.Now().After(deadline) {
			t.Fatal("the kernel did not find fd00:7::1 to be its rival's")
		}
		time.Sleep(20 * time.Millisecond)
	}
	carry := func(what, want string) {
		for got := carries(); got != want; got = carries() {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %s; want %s", what, got, want)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	carry("after duplicate detection", "fd00:7::9/64")
	if l := n.observe("kube-lb0")[0]; len(l.Unusable) != 1 || l.Unusable[0].Prefix != prefixes("fd00:7::1/64")[0] || !slices.Equal(l.Withheld, prefixes("fd00:7::/64")) || l.Routes != nil {
		t.Errorf("of the duplicate: unusable %v, withheld %v, routes %v", l.Unusable, l.Withheld, l.Routes)
	}
	add("fd00:7::a/64", 3600)
	carry("with a deprecated address", "fd00:7::9/64 fd00:7::a/64")
}

func TestSecondariesGoWithTheirPrimary(t *testing.T) {
	n := newNode(t)
	lb := n.plug("kube-lb0")
	for _, c := range []struct {
		promote string
		want    []render.Link
	}{
		{"0", []render.Link{{Name: "kube-lb0", Up: true}}},
		{"1", []render.Link{{Name: "kube-lb0", Up: true, Addresses: plain("10.1.0.2/24")}}},
	} {
		n.host.Sysctl("net.ipv4.conf.all.promote_secondaries", c.promote)
		n.host.Sysctl("net.ipv4.conf.kube-lb0.promote_secondaries", c.promote)
		primary := n.address(lb, "10.1.0.1/24", 0)
		n.address(lb, "10.1.0.2/24", 0)
		n.expect("both", render.Link{Name: "kube-lb0", Up: true, Addresses: plain("10.1.0.1/24", "10.1.0.2/24")})
		must(t, n.AddrDel(lb, primary))
		n.expect("without the primary, promote_secondaries="+c.promote, c.want...)
	}
}

func TestLifeOfALink(t *testing.T) {
	n := newNode(t)
	n.expect("before it exists")

	lb := n.plug("kube-lb0")
	carry := func() {
		n.address(lb, "10.9.9.9/32", 0)
		n.address(lb, "10.1.0.1/24", 0)
		n.route(lb, "10.2.0.0/16", nil)
	}
	carry()
	full := render.Link{Name: "kube-lb0", Up: true, Addresses: plain("10.1.0.1/24", "10.9.9.9/32"), Routes: prefixes("10.2.0.0/16")}
	n.expect("up", full)

	must(t, n.LinkSetDown(lb))
	n.expect("down", render.Link{Name: "kube-lb0", Addresses: full.Addresses})
	must(t, n.LinkSetUp(lb))
	n.expect("up again: the kernel restores what it made", render.Link{Name: "kube-lb0", Up: true, Addresses: full.Addresses})

	before := lb.Attrs().Index
	must(t, n.LinkDel(lb))
	n.expect("deleted")
	lb = n.plug("kube-lb0")
	if lb.Attrs().Index == before {
		t.Fatalf("the new interface has the index of the old one, %d", before)
	}
	n.expect("made again", render.Link{Name: "kube-lb0", Up: true})
	carry()
	n.expect("filled again", full)

	must(t, n.LinkSetDown(lb))
	must(t, n.LinkSetName(lb, "lb-old"))
	n.expect("renamed away")
	must(t, n.LinkSetName(lb, "kube-lb0"))
	must(t, n.LinkSetUp(lb))
	n.expect("renamed back", render.Link{Name: "kube-lb0", Up: true, Addresses: full.Addresses})
}

func TestPatterns(t *testing.T) {
	n := newNode(t)
	for _, name := range []string{"kube-lb1", "eth0", "kube-lb0", "kube-lb10"} {
		n.plug(name)
	}
	for _, c := range []struct {
		patterns []string
		want     []string
	}{
		{nil, nil},
		{[]string{"kube-lb0"}, []string{"kube-lb0"}},
		{[]string{"kube-lb"}, nil},
		{[]string{"kube-lb?"}, []string{"kube-lb0", "kube-lb1"}},
		{[]string{"kube-lb*", "kube-lb0"}, []string{"kube-lb0", "kube-lb1", "kube-lb10"}},
		{[]string{"kube-lb[1-9]", "e*"}, []string{"eth0", "kube-lb1"}},
		{[]string{"absent"}, nil},
	} {
		var got []string
		for _, l := range n.observe(c.patterns...) {
			got = append(got, l.Name)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.patterns, diff)
		}
	}
	if _, err := kernel.Observe(t.Context(), []string{"kube-lb[0"}); err == nil || !strings.Contains(err.Error(), "kube-lb[0") {
		t.Errorf("a malformed pattern: error %v; want one that names it", err)
	}
}

func TestRoutes(t *testing.T) {
	n := newNode(t)
	lb := n.plug("kube-lb0")
	other := n.plug("eth0")
	n.address(other, "10.77.0.1/24", 0)
	n.address(lb, "10.66.0.1/24", unix.IFA_F_NOPREFIXROUTE)
	n.address(lb, "fd00:66::1/64", unix.IFA_F_NOPREFIXROUTE)
	set := func(protocol int) func(*netlink.Route) {
		return func(r *netlink.Route) { r.Protocol = netlink.RouteProtocol(protocol) }
	}

	want := prefixes("10.1.0.0/16", "10.1.0.0/24", "10.1.1.0/24", "10.1.2.0/24", "10.66.0.0/24", "fd00:1::/48", "fd00:1::1/128")
	n.route(lb, "10.1.0.0/16", nil)
	n.route(lb, "10.1.0.0/24", set(3))
	n.route(lb, "10.1.1.0/24", set(200))
	n.route(lb, "10.1.2.0/24", func(r *netlink.Route) {
		r.MultiPath, r.LinkIndex = []*netlink.NexthopInfo{{LinkIndex: r.LinkIndex}}, 0
	})
	n.route(lb, "10.66.0.0/24", nil)
	n.route(lb, "10.66.0.0/24", func(r *netlink.Route) { r.Priority = 9 })
	n.route(lb, "fd00:1::/48", nil)
	n.route(lb, "fd00:1::1/128", nil)

	for _, daemon := range []int{8, 11, 12, 14, 42, 99, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197, 198} {
		n.route(lb, net.IPv4(10, 2, byte(daemon), 0).String()+"/24", set(daemon))
	}
	n.route(lb, "fd00:2::/48", set(196))
	n.route(lb, "fd00:3::/48", set(186))
	n.route(other, "10.3.0.0/16", nil)
	n.route(other, "fd00:4::/48", nil)
	gateway := func(gw string) func(*netlink.Route) {
		return func(r *netlink.Route) { r.Gw, r.Scope = net.ParseIP(gw), netlink.SCOPE_UNIVERSE }
	}
	n.route(lb, "10.4.0.0/16", gateway("10.66.0.9"))
	n.route(lb, "fd00:5::/48", func(r *netlink.Route) {
		gateway("fd00:66::9")(r)
		r.SetFlag(netlink.FLAG_ONLINK)
	})
	n.route(lb, "10.5.0.0/16", func(r *netlink.Route) {
		r.MultiPath, r.LinkIndex = []*netlink.NexthopInfo{{LinkIndex: r.LinkIndex}, {LinkIndex: other.Attrs().Index}}, 0
	})
	n.route(lb, "10.6.0.0/16", func(r *netlink.Route) { r.Table = 100 })
	n.route(lb, "10.7.0.0/16", func(r *netlink.Route) { r.Table = 100_000 })
	n.route(lb, "fd00:6::/48", func(r *netlink.Route) { r.Table = 100 })
	n.route(lb, "10.8.0.0/16", func(r *netlink.Route) { r.Type, r.LinkIndex, r.Scope = 6, 0, netlink.SCOPE_UNIVERSE }) // blackhole
	n.route(lb, "10.9.0.0/16", func(r *netlink.Route) { r.Type = 3 })                                                  // broadcast
	n.route(lb, "0.0.0.0/0", nil)
	n.route(lb, "::/0", nil)
	n.route(lb, "169.254.0.0/16", nil)
	n.route(lb, "224.1.0.0/16", nil)
	n.route(lb, "fe80:1::/64", nil)

	if diff := cmp.Diff(want, n.observe("kube-lb0")[0].Routes, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
}

// A context that is over ends a reading.
func TestObserveEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err := kernel.Observe(ctx, []string{"*"})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a reading after its deadline: %v; want an error that says so", err)
	}
}
