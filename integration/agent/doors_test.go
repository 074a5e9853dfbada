//go:build linux

package agent

import (
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// doors are all ways in which kube-lb0 carries a prefix, each of which zebra may see as another type of route.
var doors = []struct {
	name    string
	carried string // an address, or a prefix that the kernel routes to the interface
	options []lab.AddressOption
	route   bool
	prefix  string // that the router must hear
}{
	{name: "host", carried: "10.9.9.9/32", prefix: "10.9.9.9/32"},
	{name: "host without prefix route", carried: "10.9.9.10/32", options: bare, prefix: "10.9.9.10/32"},
	{name: "aggregate", carried: "10.9.8.9/24", prefix: "10.9.8.0/24"},
	{name: "aggregate without prefix route", carried: "10.9.7.9/24", options: bare, prefix: "10.9.7.0/24"},
	{name: "host, IPv6", carried: "fd00:9::9/128", prefix: "fd00:9::9/128"},
	{name: "host without prefix route, IPv6", carried: "fd00:9::a/128", options: bare, prefix: "fd00:9::a/128"},
	{name: "aggregate, IPv6", carried: "fd00:8::9/64", prefix: "fd00:8::/64"},
	{name: "aggregate without prefix route, IPv6", carried: "fd00:7::9/64", options: bare, prefix: "fd00:7::/64"},
	{name: "on-link route", carried: "10.9.6.0/24", route: true, prefix: "10.9.6.0/24"},
	{name: "on-link route, IPv6", carried: "fd00:6::/64", route: true, prefix: "fd00:6::/64"},
}

var bare = []lab.AddressOption{lab.NoPrefixRoute}

// open has kube-lb0 carry the prefix of a door, close takes it away.
func (n *node) open(door int) {
	n.t.Helper()
	if d := doors[door]; d.route {
		n.IP("route", "add", d.carried, "dev", "kube-lb0")
	} else {
		n.AddAddress("kube-lb0", d.carried, d.options...)
	}
}

func (n *node) close(door int) {
	n.t.Helper()
	if d := doors[door]; d.route {
		n.IP("route", "del", d.carried, "dev", "kube-lb0")
	} else {
		n.DelAddress("kube-lb0", d.carried)
	}
}

// Each door alone: the masked prefix is announced once, as if the node had originated it by hand, and withdrawn once.
func TestDoors(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		for i, door := range doors {
			prefix := netip.MustParsePrefix(door.prefix)
			mark, began := n.heard.Mark(), time.Now()
			n.open(i)
			opened := n.hears(listener.Announced, prefix, mark).At.Sub(began)
			n.announced(door.prefix)
			n.quiet(mark, "announced "+door.prefix)
			checkRoute(t, n.heard.Announced()[prefix])
			n.mirrored(1)

			mark, began = n.heard.Mark(), time.Now()
			n.close(i)
			closed := n.hears(listener.Withdrawn, prefix, mark).At.Sub(began)
			n.mirrored(0)
			n.announced()
			n.quiet(mark, gone(door.prefix)...)
			t.Logf("%-37s announced after %v, withdrawn after %v", door.name, opened.Round(time.Millisecond), closed.Round(time.Millisecond))
		}
	})
}

// gone is what is heard when prefixes go. Where the agent is slower than zebra, FRR 10.3 says a prefix once more as the
// static route takes over, perhaps after it has withdrawn it.
func gone(prefixes ...string) (heard []string) {
	for _, p := range prefixes {
		heard = append(heard, "withdrawn "+p, "announced "+p+"?", "withdrawn "+p+"?")
	}
	return heard
}

// An ordinary address takes its prefix along when it goes, once and for all, while the agent does nothing and its static route
// is still there.
func TestGoneWithoutAgent(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		prefixes := []string{"10.9.9.9/32", "10.9.8.0/24", "fd00:9::9/128", "fd00:8::/64"}
		n.add("10.9.9.9/32", "10.9.8.9/24", "fd00:9::9/128", "fd00:8::9/64")
		n.announced(prefixes...)
		n.mirrored(len(prefixes))
		mark := n.heard.Mark()
		n.Kill("agent", syscall.SIGSTOP)
		n.del("10.9.9.9/32", "10.9.8.9/24", "fd00:9::9/128", "fd00:8::9/64")
		n.announced()
		n.mirrored(len(prefixes))
		n.Kill("agent", syscall.SIGCONT)
		n.mirrored(0)
		n.announced()
		var withdrawn []string
		for _, p := range prefixes {
			withdrawn = append(withdrawn, "withdrawn "+p)
		}
		n.quiet(mark, withdrawn...)
	})
}

// checkRoute compares what was heard with what a node's own prefix must look like (RFC 4271 section 5.1).
func checkRoute(t *testing.T, r listener.Route) {
	t.Helper()
	self := netip.MustParseAddr("10.1.0.2")
	if r.Prefix.Addr().Is6() {
		self = netip.MustParseAddr("fd00:1::2")
	}
	if r.NextHop != self || r.Origin != listener.IGP || !slices.Equal(r.ASPath, []uint32{65000}) ||
		r.MED != nil && *r.MED != 0 || r.LocalPref != nil || len(r.Communities)+len(r.LargeCommunities) > 0 {
		t.Errorf("%v has other attributes than a prefix of the node's own", r)
	}
}

// hears waits for an announcement or a withdrawal after a mark.
func (n *node) hears(kind listener.Kind, prefix netip.Prefix, mark int) listener.Event {
	n.t.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	e, err := n.heard.Wait(ctx, mark, func(e listener.Event) bool { return e.Kind == kind && e.Prefix == prefix })
	if err != nil {
		n.t.Fatalf("%v is not %v: %v", prefix, kind, err)
	}
	return e
}

// All doors together, while the interface goes down, up, away, and comes back as another one.
func TestInterfaceGoes(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		var all, kept []string
		open := func() {
			for i := range doors {
				n.open(i)
			}
		}
		for _, d := range doors {
			all = append(all, d.prefix)
			if !d.route && !strings.Contains(d.prefix, ":") {
				kept = append(kept, d.prefix)
			}
		}
		open()
		n.announced(all...)
		mark := n.heard.Mark()
		n.SetDown("kube-lb0")
		n.announced()
		n.add("10.9.5.5/32")
		n.announced()
		n.SetUp("kube-lb0")
		n.announced(append(kept, "10.9.5.5/32")...) // IPv6 addresses and routes are lost with the link

		index := n.index("kube-lb0")
		n.DeleteLink("kube-lb0")
		n.announced()
		n.KubeLB("spacer")
		n.KubeLB("kube-lb0")
		if n.index("kube-lb0") == index {
			t.Fatal("kube-lb0 has its old index again, so nothing is tried")
		}
		open()
		n.announced(all...)
		n.mirrored(len(doors))
		for i := range slices.Backward(doors) { // the routes first: with the last address the kernel drops them itself
			n.close(i)
		}
		n.mirrored(0)
		n.announced()
		for _, e := range n.heard.Since(mark) {
			if e.Kind == listener.Down {
				t.Errorf("heard and not expected: %v", e)
			}
		}
	})
}

func (n *node) index(iface string) string {
	index, _, _ := strings.Cut(n.IP("-o", "link", "show", iface), ":")
	return index
}

// Several addresses share an aggregate: the prefix stays, without so much as an UPDATE, until the last of them is gone.
func TestSharedAggregate(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		n.Sysctl("net.ipv4.conf.all.promote_secondaries", "1")
		n.add("10.9.8.9/24", "fd00:8::9/64")
		n.announced("10.9.8.0/24", "fd00:8::/64")
		n.mirrored(2)
		mark := n.heard.Mark()
		n.add("10.9.8.10/24", "fd00:8::a/64")
		n.AddAddress("kube-lb0", "10.9.8.11/24", bare...)
		n.AddAddress("kube-lb0", "fd00:8::b/64", bare...)
		n.settle()
		// One without prefix route must not be the last: the kernel then keeps the IPv6 route that an earlier address had
		// made, and zebra 10.3 keeps a connected route that the kernel has no longer.
		for _, gone := range []string{"10.9.8.9/24", "fd00:8::9/64", "10.9.8.11/24", "fd00:8::b/64"} {
			n.del(gone)
			n.settle()
		}
		n.quiet(mark)
		n.del("10.9.8.10/24", "fd00:8::a/64")
		n.mirrored(0)
		n.announced()
		n.quiet(mark, gone("10.9.8.0/24", "fd00:8::/64")...)

		// The kernel's default: a primary address takes its secondaries with it.
		n.Sysctl("net.ipv4.conf.all.promote_secondaries", "0")
		n.Sysctl("net.ipv4.conf.kube-lb0.promote_secondaries", "0")
		n.add("10.9.8.9/24", "10.9.8.10/24", "10.9.9.9/32")
		n.announced("10.9.8.0/24", "10.9.9.9/32")
		n.mirrored(2)
		n.del("10.9.8.9/24")
		n.mirrored(1)
		n.announced("10.9.9.9/32")
	})
}

// settle gives a change the time to be mirrored.
func (n *node) settle() { time.Sleep(n.Rest) }

// Globs match what exists and what comes; what they do not match is never announced.
func TestPatterns(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version)
		n.KubeLB("other-lb0")
		n.AddAddress("other-lb0", "10.8.8.8/32")
		n.AddAddress("other-lb0", "10.8.7.7/24", bare...)
		n.IP("route", "add", "10.8.6.0/24", "dev", "other-lb0")
		n.Write("bgp.yaml", edit(t, configuration, "[kube-lb0]", `["kube-*", "extra[0-9]"]`))
		n.StartAgent()
		n.established("10.1.0.2", "fd00:1::2")
		n.add("10.9.9.9/32")
		n.announced("10.9.9.9/32")

		n.KubeLB("kube-late")
		n.AddAddress("kube-late", "10.9.9.10/32")
		n.KubeLB("extra7")
		n.AddAddress("extra7", "10.9.7.7/24", bare...)
		n.KubeLB("extra77")
		n.AddAddress("extra77", "10.8.5.5/32")
		n.announced("10.9.9.9/32", "10.9.9.10/32", "10.9.7.0/24")

		// The same prefix on two interfaces stays until the last has lost it.
		mark := n.heard.Mark()
		n.AddAddress("kube-late", "10.9.9.9/32")
		n.settle()
		n.del("10.9.9.9/32")
		n.settle()
		n.undisturbed(mark)
		n.DeleteLink("kube-late")
		n.announced("10.9.7.0/24")

		n.Write("bgp.yaml", edit(t, configuration, "[kube-lb0]", `["other-*"]`))
		n.announced("10.8.8.8/32", "10.8.7.0/24", "10.8.6.0/24")
		n.Write("bgp.yaml", edit(t, configuration, "enabled: true", "enabled: false"))
		n.announced()
		if resets := n.heard.Resets(); resets > 0 {
			t.Errorf("%d sessions were reset", resets)
		}
	})
}
