//go:build linux

package vrf

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// spec has a neighbor and an import in the default instance, and the same in VRF blue.
const spec = `  global: {asn: 65000}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
    timers: {connectRetry: 1}
  - config: {neighborAddress: 10.2.0.1, peerAsn: 65002, vrf: blue}
    timers: {connectRetry: 1}
    afiSafis: [{family: ipv4-unicast}, {family: ipv6-unicast}]
  netlinkImport: {enabled: true, interfaceList: [kube-lb0, "lb-*"]}
  vrfs:
  - name: blue
    netlinkImport: {enabled: true, interfaceList: ["lb-*"]}
`

// cabled is a node between two routers, the second of which is in VRF blue once eth1 is.
func cabled(t *testing.T, version lab.Version) (n *node, outside, inside *listener.Listener) {
	l := lab.New(t)
	host, first, second := l.Host("node-a"), l.Host("first"), l.Host("second")
	l.Connect(host.Port("eth0", "10.1.0.2/24"), first.Port("eth0", "10.1.0.1/24"))
	l.Connect(host.Port("eth1", "10.2.0.2/24"), second.Port("eth0", "10.2.0.1/24"))
	host.KubeLB("kube-lb0")
	host.KubeLB("lb-blue")
	return prepare(t, host, version), first.Listen(listener.Config{ASN: 65001}), second.Listen(listener.Config{ASN: 65002})
}

// What interfaces of a VRF carry is announced in it, by each door, and nowhere else; also when the device comes late, goes,
// and comes back with another table.
func TestImport(t *testing.T) {
	on(t, lab.FRR103, func(t *testing.T, version lab.Version) {
		n, outside, inside := cabled(t, version)
		n.run("10.1.0.2", spec)
		n.AddAddress("kube-lb0", "10.9.1.1/32")
		n.hears(outside, "10.9.1.1/32")
		carry := func(table string) {
			n.enslave("eth1", "blue")
			n.enslave("lb-blue", "blue")
			n.AddAddress("lb-blue", "10.9.9.9/32")
			n.AddAddress("lb-blue", "10.9.9.10/32", lab.NoPrefixRoute)
			n.AddAddress("lb-blue", "10.9.8.9/24")
			n.AddAddress("lb-blue", "10.9.7.9/24", lab.NoPrefixRoute)
			n.AddAddress("lb-blue", "fd00:9::9/128")
			n.AddAddress("lb-blue", "fd00:9::a/128", lab.NoPrefixRoute)
			n.ip("route add 10.9.6.0/24 dev lb-blue table " + table)
		}
		all := []string{"10.9.9.9/32", "10.9.9.10/32", "10.9.8.0/24", "10.9.7.0/24", "10.9.6.0/24", "fd00:9::9/128", "fd00:9::a/128"}
		n.vrf("blue", 100)
		carry("100")
		n.hears(inside, all...)
		n.hears(outside, "10.9.1.1/32")
		for _, r := range inside.Announced() {
			if r.Origin != listener.IGP || r.MED != nil && *r.MED != 0 {
				t.Errorf("%v has other attributes than a prefix of the node's own", r)
			}
		}

		n.DelAddress("lb-blue", "10.9.9.10/32")
		n.DelAddress("lb-blue", "10.9.7.9/24")
		n.ip("route del 10.9.6.0/24 dev lb-blue table 100")
		n.hears(inside, "10.9.9.9/32", "10.9.8.0/24", "fd00:9::9/128", "fd00:9::a/128")
		n.reportsVIP("10.9.8.9/24")

		n.DeleteLink("blue")
		n.hears(inside)
		n.DeleteLink("lb-blue")
		n.KubeLB("lb-blue")
		n.vrf("blue", 1000)
		carry("1000")
		n.hears(inside, all...)
		n.hears(outside, "10.9.1.1/32")
	})
}

// netlinkImport may name the VRF, too.
func TestImportOfTheSpeaker(t *testing.T) {
	on(t, lab.FRR84, func(t *testing.T, version lab.Version) {
		n, outside, inside := cabled(t, version)
		n.vrf("blue", 100)
		n.enslave("eth1", "blue")
		n.enslave("lb-blue", "blue")
		n.AddAddress("lb-blue", "10.9.9.9/32")
		n.AddAddress("kube-lb0", "10.9.1.1/32")
		n.run("10.1.0.2", strings.Replace(strings.Replace(spec, "netlinkImport: {enabled: true, interfaceList: [kube-lb0,", "netlinkImport: {enabled: true, vrf: blue, interfaceList: [kube-lb0,", 1),
			"    netlinkImport: {enabled: true, interfaceList: [\"lb-*\"]}\n", "", 1))
		n.hears(inside, "10.9.9.9/32")
		n.hears(outside)
	})
}

// Routes learned in a VRF reach no table unless a rule selects them, and then that of the VRF, or the one that is named.
// Rules of the default instance can fill the table of a VRF.
func TestExport(t *testing.T) {
	on(t, lab.FRR84, func(t *testing.T, version lab.Version) {
		n, outside, inside := cabled(t, version)
		n.vrf("blue", 100)
		n.enslave("eth1", "blue")
		give := func(l *listener.Listener, prefix string, communities ...string) {
			if err := l.Announce(listener.Route{Prefix: netip.MustParsePrefix(prefix), Communities: communities}); err != nil {
				t.Fatal(err)
			}
		}
		give(outside, "10.51.1.0/24", "65001:100")
		give(outside, "10.51.2.0/24")
		give(inside, "10.52.1.0/24", "65001:100")
		give(inside, "10.52.2.0/24", "65001:200")
		n.run("10.1.0.2", spec)
		n.Until("paths", func() bool {
			return strings.Contains(n.show("show bgp vrf blue ipv4 unicast json"), "10.52.2.0/24") && strings.Contains(n.show("show bgp ipv4 unicast json"), "10.51.2.0/24")
		})
		n.installs()
		n.configure(spec + "    netlinkExport: {enabled: true, communityList: [\"65001:100\"]}\n")
		n.installs("10.52.1.0/24 table 100")
		n.reportsBlue(2, 2, 1)
		n.configure(spec + "    netlinkExport: {enabled: true, linuxTableId: 100}\n")
		n.installs("10.52.1.0/24 table 100", "10.52.2.0/24 table 100")
		n.configure(spec)
		n.installs()
		n.configure(spec + "  netlinkExport: {enabled: true, rules: [{name: into, vrf: blue, communityList: [\"65001:100\"]}]}\n")
		n.installs("10.51.1.0/24 table 100")
		n.holds(outside)
	})
}

// Two nodes exchange VPN routes: what each originates in its VRF, and no route of another router.
func TestVPN(t *testing.T) {
	on(t, lab.FRR103, func(t *testing.T, version lab.Version) {
		l := lab.New(t)
		a, b, ce := l.Host("node-a"), l.Host("node-b"), l.Host("customer")
		l.Connect(a.Port("eth0", "10.1.0.1/24"), b.Port("eth0", "10.1.0.2/24"))
		l.Connect(a.Port("eth1", "10.2.0.2/24"), ce.Port("eth0", "10.2.0.1/24"))
		customer := ce.Listen(listener.Config{ASN: 65002})
		if err := customer.Announce(listener.Route{Prefix: netip.MustParsePrefix("10.52.1.0/24")}); err != nil {
			t.Fatal(err)
		}
		nodes := map[string]*node{}
		for _, host := range []*lab.Host{a, b} {
			host.KubeLB("lb-blue")
			n := prepare(t, host, version)
			nodes[host.Name] = n
			n.vrf("blue", 100)
			n.enslave("lb-blue", "blue")
			if _, err := n.Exec(t.Context(), "modprobe", "mpls_iptunnel"); err != nil {
				t.Fatal(err)
			}
			n.Sysctl("net.mpls.platform_labels", "1000")
			n.Sysctl("net.mpls.conf.eth0.input", "1")
		}
		nodes["node-a"].enslave("eth1", "blue")
		nodes["node-a"].AddAddress("lb-blue", "10.9.1.1/32")
		nodes["node-b"].AddAddress("lb-blue", "10.9.2.2/32")
		vpn := func(peer, rd, in, out string) string {
			return `  global: {asn: 65000, families: [ipv4-unicast, ipv4-vpn]}
  neighbors:
  - config: {neighborAddress: ` + peer + `, peerAsn: 65000}
    timers: {connectRetry: 1}
    afiSafis: [{family: ipv4-vpn}]
  - config: {neighborAddress: 10.2.0.1, peerAsn: 65002, vrf: blue}
    timers: {connectRetry: 1}
  vrfs:
  - name: blue
    rd: "` + rd + `"
    importRt: ["` + in + `"]
    exportRt: ["` + out + `"]
    netlinkImport: {enabled: true, interfaceList: [lb-blue]}
`
		}
		fromA := vpn("10.1.0.2", "4200000000:1", "10.1.0.2:7", "65000:100")
		fromB := vpn("10.1.0.1", "10.1.0.2:1", "65000:100", "10.1.0.2:7")
		nodes["node-a"].run("10.1.0.1", fromA)
		nodes["node-b"].run("10.1.0.2", fromB)
		has := func(name, command, text string) {
			t.Helper()
			n := nodes[name]
			n.Until(name+" has "+text, func() bool { return strings.Contains(n.show(command), text) })
		}
		has("node-a", "show bgp vrf blue ipv4 unicast json", "10.52.1.0/24")
		has("node-b", "show bgp ipv4 vpn json", `"10.9.1.1/32"`)
		has("node-a", "show bgp ipv4 vpn json", `"10.9.2.2/32"`)
		has("node-b", "show bgp vrf blue ipv4 unicast json", `"10.9.1.1/32"`)
		if all := nodes["node-b"].show("show bgp ipv4 vpn json"); strings.Contains(all, "10.52.1.0/24") {
			t.Errorf("node-b has a route of node-a's neighbor:\n%s", all)
		}
		nodes["node-b"].installs()
		nodes["node-b"].configure(fromB + "    netlinkExport: {enabled: true}\n")
		if version.Name == lab.FRR84.Name {
			nodes["node-b"].installs() // it uses labeled paths only, of which the preview warns
			return
		}
		nodes["node-b"].installs("10.9.1.1 table 100")
		// What came from a VPN goes to the neighbors of the VRF no more than other routes of others.
		nodes["node-a"].hears(customer, "10.9.1.1/32")
		nodes["node-b"].configure(fromB)
		nodes["node-b"].installs()
	})
}
