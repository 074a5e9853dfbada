//go:build linux

package kernel

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/render"
)

// An address is announced by its state: not one that is valid on its link or this host only.
func TestScopes(t *testing.T) {
	n := newNode(t)
	lb := n.plug("kube-lb0")
	for address, scope := range map[string]int{"10.1.0.1/24": unix.RT_SCOPE_UNIVERSE, "10.2.0.1/24": unix.RT_SCOPE_SITE, "10.3.0.1/24": unix.RT_SCOPE_LINK,
		"10.4.0.1/32": unix.RT_SCOPE_HOST, "10.5.0.1/24": 150} {
		a, err := netlink.ParseAddr(address)
		must(t, err)
		a.Scope = scope
		must(t, n.AddrAdd(lb, a))
	}
	l := n.observe("kube-lb0")[0]
	var announced, unusable []netip.Prefix
	for _, a := range l.Addresses {
		announced = append(announced, a.Prefix)
	}
	for _, a := range l.Unusable {
		unusable = append(unusable, a.Prefix)
	}
	if want := prefixes("10.1.0.1/24", "10.2.0.1/24", "10.5.0.1/24"); !slices.Equal(announced, want) {
		t.Errorf("announced are %v; want %v", announced, want)
	}
	if want := prefixes("10.3.0.1/24", "10.4.0.1/32"); !slices.Equal(unusable, want) {
		t.Errorf("unusable are %v; want %v", unusable, want)
	}
	if want := prefixes("10.3.0.0/24", "10.4.0.1/32"); !slices.Equal(l.Withheld, want) {
		t.Errorf("withheld are %v; want %v", l.Withheld, want)
	}
}

// What another interface carries, too, is known: the same prefix, or the same address with another mask.
func TestElsewhere(t *testing.T) {
	n := newNode(t)
	lb, other := n.plug("kube-lb0"), n.plug("eth0")
	n.address(lb, "10.1.0.1/32", 0)
	n.address(lb, "10.2.0.1/32", 0)
	n.address(lb, "10.3.0.1/24", 0)
	n.address(lb, "10.4.0.1/32", 0)
	n.address(lb, "fd00:1::1/128", 0)
	n.route(lb, "10.5.0.0/24", nil)
	elsewhere := func(want ...string) {
		t.Helper()
		if got := n.observe("kube-lb0")[0].Elsewhere; !slices.Equal(got, prefixes(want...)) {
			t.Errorf("elsewhere are %v; want %v", got, want)
		}
	}
	elsewhere()
	n.address(other, "10.1.0.1/32", 0)
	second := n.address(other, "10.2.0.1/24", 0)
	n.address(other, "10.3.0.77/24", unix.IFA_F_NOPREFIXROUTE)
	n.address(other, "10.4.0.2/32", 0)
	n.address(other, "fd00:1::1/64", 0)
	n.address(other, "10.5.0.7/24", 0)
	elsewhere("10.1.0.1/32", "10.2.0.1/32", "10.3.0.0/24", "10.5.0.0/24", "fd00:1::1/128")
	must(t, n.AddrDel(other, second))
	elsewhere("10.1.0.1/32", "10.3.0.0/24", "10.5.0.0/24", "fd00:1::1/128")
	must(t, n.LinkDel(other))
	elsewhere()

	both := n.observe("kube-lb0", "lo")
	if i := slices.IndexFunc(both, func(l render.Link) bool { return l.Name == "lo" }); i < 0 || both[i].Elsewhere != nil {
		t.Errorf("of lo: %+v", both)
	}
}
