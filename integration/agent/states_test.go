//go:build linux

package agent

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/status"
)

// states are kernel states of an address on the imported interface vip0, which shares a link with another system, and
// what the router must hear of it: the table of docs/frr.md.
var states = []struct {
	name    string
	address []string // as ip address add has it
	hears   string
	passing bool // the address may have been announced before the agent saw its state
}{
	{name: "global", address: []string{"10.9.0.1/24"}, hears: "10.9.0.0/24"},
	{name: "scope site", address: []string{"10.9.1.1/24", "scope", "site"}, hears: "10.9.1.0/24"},
	{name: "scope link", address: []string{"10.9.2.1/24", "scope", "link"}, passing: true},
	{name: "scope host", address: []string{"10.9.3.1/32", "scope", "host"}, passing: true},
	{name: "scope host, aggregate", address: []string{"10.9.4.1/24", "scope", "host"}, passing: true},
	{name: "deprecated", address: []string{"10.9.5.1/24", "valid_lft", "6000", "preferred_lft", "0"}, hears: "10.9.5.0/24"},
	{name: "deprecated, IPv6", address: []string{"fd00:95::1/64", "nodad", "valid_lft", "6000", "preferred_lft", "0"}, hears: "fd00:95::/64"},
	{name: "secondary", address: []string{"10.9.0.2/24"}, hears: "10.9.0.0/24"},
	{name: "peer", address: []string{"10.9.6.1", "peer", "10.8.6.1/32"}, hears: "10.9.6.1/32", passing: true},
	{name: "peer's network", address: []string{"10.9.7.1", "peer", "10.8.7.1/24"}, hears: "10.9.7.1/32", passing: true},
	{name: "peer, IPv6", address: []string{"fd00:96::1", "peer", "fd00:86::1/128", "nodad"}, hears: "fd00:96::1/128", passing: true},
	{name: "peer's network, IPv6", address: []string{"fd00:97::1", "peer", "fd00:87::1/64", "nodad"}, hears: "fd00:97::1/128", passing: true},
	{name: "without prefix route", address: []string{"10.9.8.1/24", "noprefixroute"}, hears: "10.9.8.0/24"},
	{name: "without prefix route, IPv6", address: []string{"fd00:98::1/64", "noprefixroute", "nodad"}, hears: "fd00:98::/64"},
	{name: "with a broadcast address", address: []string{"10.9.9.1/24", "broadcast", "10.9.9.255"}, hears: "10.9.9.0/24"},
	{name: "detection passed", address: []string{"fd00:9a::1/64"}, hears: "fd00:9a::/64"},
	{name: "optimistic", address: []string{"fd00:9b::1/64", "optimistic"}, hears: "fd00:9b::/64"},
	{name: "duplicate", address: []string{"fd00:9c::1/64"}},
	{name: "duplicate host", address: []string{"fd00:9d::1/128"}},
	{name: "link-local", address: []string{"fe80::99/64", "nodad"}},
	{name: "link-local, IPv4", address: []string{"169.254.9.9/32"}},
}

func newLinked(t *testing.T, version lab.Version) *node {
	l := lab.New(t)
	host, router := l.Host("node-a"), l.Host("router")
	l.Connect(host.Port("eth0", "10.1.0.2/24", "fd00:1::2/64"), router.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
	l.Connect(host.Port("vip0"), router.Port("rival", "fd00:9c::1/64", "fd00:9d::1/128"))
	n := prepare(t, host, version)
	n.router, n.heard = router, router.Listen(listener.Config{ASN: 65001})
	n.Sysctl("net.ipv6.conf.vip0.dad_transmits", "1")
	n.Sysctl("net.ipv6.conf.vip0.accept_dad", "1")
	n.Sysctl("net.ipv6.conf.vip0.optimistic_dad", "1")
	n.Write("bgp.yaml", edit(t, configuration, "[kube-lb0]", "[kube-lb0, vip0]"))
	n.StartAgent()
	n.established("10.1.0.2", "fd00:1::2")
	n.Ready()
	return n
}

// Each state alone, then all together, and again after a restart of the agent and of FRR.
func TestStatesOfAddresses(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newLinked(t, version)
		var all []string
		for _, s := range states {
			mark := n.heard.Mark()
			n.IP(append([]string{"address", "add", "dev", "vip0"}, s.address...)...)
			n.decided(s.address[0])
			switch {
			case s.passing:
				n.comesTo(s.hears)
			case s.hears != "":
				n.hears(listener.Announced, netip.MustParsePrefix(s.hears), mark)
				n.announced(s.hears)
			default:
				n.announced()
				n.quiet(mark)
			}
			if s.name != "secondary" && s.hears != "" {
				all = append(all, s.hears)
			}
			n.IP(append([]string{"address", "del", "dev", "vip0"}, withoutOptions(s.address)...)...)
			n.announced()
		}
		for _, s := range states {
			n.IP(append([]string{"address", "add", "dev", "vip0"}, s.address...)...)
		}
		n.decided("fd00:9d::1/128")
		n.Until("what is kept back is withdrawn", func() bool { return len(n.heard.Announced()) == len(all) })
		n.announced(all...)
		n.Condition(status.ConfigurationApplied, "True", "10.9.3.1/32", "scope host", "fd00:9d::1/128", "another system on the link has it")
		n.Silent()
		n.KillAgent(9)
		n.announced(all...)
		n.StartAgent()
		n.Ready()
		n.announced(all...)
		n.FRR.StopAll()
		n.FRR.Start()
		n.announced(all...)
		n.Silent()

		// A cable that is pulled takes everything along.
		n.router.SetDown("rival")
		n.Until("nothing of IPv4 is announced", func() bool {
			for p := range n.heard.Announced() {
				if p.Addr().Is4() {
					return false
				}
			}
			return true
		})
		n.announced()
	})
}

// comesTo waits until exactly a prefix, or none, has been announced for a while. FRR may announce another one first, until
// the agent has seen the address.
func (n *node) comesTo(prefix string) {
	n.t.Helper()
	const while = 3 * time.Second
	since := time.Now()
	n.Until("announced is only "+prefix, func() bool {
		heard := n.heard.Announced()
		right := len(heard) == 0
		if prefix != "" {
			_, has := heard[netip.MustParsePrefix(prefix)]
			right = has && len(heard) == 1
		}
		if !right {
			since = time.Now()
		}
		return time.Since(since) > while
	}, func() any { return n.heard.Announced() })
}

// withoutOptions is an address as ip address del has it.
func withoutOptions(address []string) []string {
	if len(address) > 1 && address[1] == "peer" {
		return address[:3]
	}
	return address[:1]
}

// decided waits until the kernel has decided whether an address is another system's.
func (n *node) decided(address string) {
	n.t.Helper()
	address, _, _ = strings.Cut(address, "/")
	n.Until("the kernel has decided about "+address, func() bool {
		for line := range strings.Lines(n.IP("-oneline", "address", "show", "dev", "vip0")) {
			if strings.Contains(line, " "+address+"/") || strings.Contains(line, " "+address+" peer") {
				return !strings.Contains(line, "tentative") || strings.Contains(line, "dadfailed")
			}
		}
		return false
	})
}

// An address whose state changes: it ends by itself, is deprecated and preferred again, and becomes another system's.
func TestStatesChange(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newLinked(t, version)
		n.IP("address", "add", "10.9.0.1/24", "dev", "vip0")
		n.IP("address", "add", "fd00:9a::1/64", "dev", "vip0", "nodad")
		n.announced("10.9.0.0/24", "fd00:9a::/64")
		mark := n.heard.Mark()
		n.IP("address", "change", "10.9.0.1/24", "dev", "vip0", "valid_lft", "6000", "preferred_lft", "0")
		n.IP("address", "change", "fd00:9a::1/64", "dev", "vip0", "valid_lft", "6000", "preferred_lft", "0")
		n.settle()
		n.IP("address", "change", "10.9.0.1/24", "dev", "vip0", "valid_lft", "6000", "preferred_lft", "3000")
		n.settle()
		n.undisturbed(mark)
		n.IP("address", "change", "10.9.0.1/24", "dev", "vip0", "valid_lft", "1", "preferred_lft", "1")
		n.IP("address", "change", "fd00:9a::1/64", "dev", "vip0", "valid_lft", "1", "preferred_lft", "1")
		n.announced()

		// With its cable pulled and put in again an address that is kept is looked for on the link again.
		n.Sysctl("net.ipv6.conf.vip0.keep_addr_on_down", "1")
		n.IP("address", "add", "fd00:9b::1/64", "dev", "vip0")
		n.decided("fd00:9b::1/64")
		n.announced("fd00:9b::/64")
		n.SetDown("vip0")
		n.announced()
		n.router.AddAddress("rival", "fd00:9b::1/64")
		n.SetUp("vip0")
		n.decided("fd00:9b::1/64")
		n.announced()
		n.settle()
		n.announced()
		n.router.DelAddress("rival", "fd00:9b::1/64")
		n.SetDown("vip0")
		n.SetUp("vip0")
		n.decided("fd00:9b::1/64")
		n.announced("fd00:9b::/64")
	})
}

// What a second interface carries, too, is announced as long as the imported one carries it, whichever has it first.
func TestElsewhere(t *testing.T) {
	pairs := []struct{ imported, other, prefix string }{
		{"10.9.0.1/32", "10.9.0.1/32", "10.9.0.1/32"},
		{"10.9.1.1/32", "10.9.1.1/24", "10.9.1.1/32"},
		{"10.9.2.1/24", "10.9.2.1/32", "10.9.2.0/24"},
		{"10.9.3.1/24", "10.9.3.2/24", "10.9.3.0/24"},
		{"fd00:90::1/128", "fd00:90::1/128", "fd00:90::1/128"},
		{"fd00:91::1/128", "fd00:91::1/64", "fd00:91::1/128"},
		{"fd00:92::1/64", "fd00:92::2/64", "fd00:92::/64"},
	}
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		n.KubeLB("other0")
		var all []string
		for _, p := range pairs {
			all = append(all, p.prefix)
		}
		imported := func(change func(string, string, ...lab.AddressOption)) {
			for _, p := range pairs {
				change("kube-lb0", p.imported)
			}
		}
		other := func(change func(string, string, ...lab.AddressOption)) {
			for _, p := range pairs {
				change("other0", p.other)
			}
		}
		del := func(iface, address string, _ ...lab.AddressOption) { n.DelAddress(iface, address) }

		other(n.AddAddress)
		n.announced()
		imported(n.AddAddress)
		n.announced(all...)
		n.Ready()
		n.restarted("FRR")
		n.announced(all...)
		n.restarted("agent")
		n.announced(all...)
		imported(del)
		n.announced()
		imported(n.AddAddress)
		n.announced(all...)
		n.mirrored(len(all))
		mark := n.heard.Mark()
		other(del)
		n.settle()
		n.announced(all...)
		n.undisturbed(mark)

		// The imported interface first.
		other(n.AddAddress)
		n.settle()
		n.announced(all...)
		n.restarted("FRR")
		n.announced(all...)
		n.Silent()
		imported(del)
		n.announced()
		imported(n.AddAddress)
		n.announced(all...)
		n.SetDown("kube-lb0")
		n.announced()
	})
}

func (n *node) restarted(what string) {
	n.t.Helper()
	if what == "FRR" {
		n.FRR.StopAll()
		n.FRR.Start()
	} else {
		n.KillAgent(9)
		n.StartAgent()
	}
	n.Ready()
}

// The operator's own static routes are left alone, whatever FRR makes of them: none is removed, changed or counted as drift.
func TestStaticsOfTheOperator(t *testing.T) {
	theirs := []string{
		"ip route 10.9.9.9/32 10.1.0.9",
		"ip route 10.9.9.9/32 10.1.0.8 5",
		"ip route 10.9.9.9/32 eth0 77 tag 9",
		"ip route 10.9.9.9/32 10.1.0.7 table 77",
		"ip route 10.9.8.0/24 10.1.0.9",
		"ip route 10.66.0.0/24 kube-lb0",
		"ip route 10.66.1.0/24 10.1.0.9 tag 7473",
		"ip route 10.66.2.0/24 Null0 tag 7473",
		"ip route 10.66.3.0/24 kube-lb0 tag 7473 5",
		"ipv6 route fd00:9::9/128 fd00:1::9",
		"ipv6 route fd00:66::/64 kube-lb0",
		"ipv6 route fd00:66:1::/64 fd00:1::9 tag 7473",
	}
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		kept := func() (list string) {
			for line := range strings.Lines(strings.ReplaceAll(n.Vtysh("show running-config"), "\r", "")) {
				if strings.Contains(line, " route ") && (strings.HasPrefix(line, "ip route ") || strings.HasPrefix(line, "ipv6 route ")) && !strings.HasSuffix(line, " tag 7473 17\n") {
					list += line
				}
			}
			return list
		}
		ours := []string{"10.9.9.9/32", "fd00:9::9/128", "10.9.8.0/24"}
		add := func() {
			n.add("10.9.9.9/32", "fd00:9::9/128")
			n.AddAddress("kube-lb0", "10.9.8.9/24", bare...)
		}
		add()
		n.announced(ours...)
		n.Ready()
		n.Vtysh(append([]string{"configure terminal"}, theirs...)...)
		entered := kept()
		if strings.Count(entered, "\n") != len(theirs) {
			t.Fatalf("FRR did not take all: %s", entered)
		}
		unchanged := func(when string) {
			t.Helper()
			n.settle()
			if now := kept(); now != entered {
				t.Errorf("%s: the operator's routes are\n%sand were\n%s", when, now, entered)
			}
		}
		n.announced(ours...)
		unchanged("beside mirrored ones")
		n.del("10.9.9.9/32", "fd00:9::9/128", "10.9.8.9/24")
		n.announced()
		unchanged("without mirrored ones")
		add()
		n.announced(ours...)
		n.restarted("agent")
		n.announced(ours...)
		unchanged("after a restart of the agent")
		n.Silent()
		time.Sleep(n.Rest)
		if logged := n.Logged(); strings.Contains(logged, "drift") || strings.Contains(logged, "is told again") {
			t.Errorf("the agent found fault with them:\n%s", logged)
		}
	})
}
