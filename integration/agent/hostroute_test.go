//go:build linux

package agent

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// A router that is on the node's link and that only a host route leads to is not connected to FRR. The status says so, and
// multihopTtl: 1 brings the sessions up, of both families, although the router never connects by itself.
func TestHostRoute(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		l := lab.New(t)
		host, router := l.Host("node-a"), l.Host("router")
		l.Connect(host.Port("eth0", "10.1.0.2/32", "fd00:1::2/128"), router.Port("eth0", "10.1.0.1/32", "fd00:1::1/128"))
		for _, end := range []struct {
			host *lab.Host
			to   []string
		}{{host, []string{"10.1.0.1/32", "fd00:1::1/128"}}, {router, []string{"10.1.0.2/32", "fd00:1::2/128"}}} {
			for _, to := range end.to {
				if _, err := end.host.Exec(t.Context(), "ip", "route", "add", to, "dev", "eth0"); err != nil {
					t.Fatal(err)
				}
			}
		}
		n := prepare(t, host, version)
		n.router, n.heard = router, router.Listen(listener.Config{ASN: 65001})
		n.Write("bgp.yaml", configuration)
		n.StartAgent()
		n.Ready()
		n.add("10.9.9.1/32", "fd00:9::1/128")
		n.Until("the status says that neither peer is directly connected", func() bool {
			text, _ := os.ReadFile(n.Status)
			return strings.Count(strings.Join(strings.Fields(string(text)), " "), "not directly connected") == 2
		})
		n.Write("bgp.yaml", strings.ReplaceAll(configuration, "    timers: {connectRetry: 1}", "    timers: {connectRetry: 1}\n    ebgpMultihop: {enabled: true, multihopTtl: 1}"))
		n.established("10.1.0.2", "fd00:1::2")
		n.announced("10.9.9.1/32", "fd00:9::1/128")
	})
}

// TestRouterAdvertisement has a router advertise the prefix that it is in, to a node whose address is of no prefix. The status
// says that the peer is not directly connected. With multihopTtl: 1 the session comes up where zebra takes the kernel's route to
// the prefix for one, and the status says where it does not; with a passive node it comes up on every version.
func TestRouterAdvertisement(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		l := lab.New(t)
		host, router := l.Host("node-a"), l.Host("router")
		l.Connect(host.Port("eth0", "10.1.0.2/24", "fd00:1::2/128"), router.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
		host.Sysctl("net.ipv6.conf.eth0.accept_ra", "2")
		host.Sysctl("net.ipv6.conf.eth0.autoconf", "0")
		router.FRR(lab.FRR84, lab.Config("interface eth0\n no ipv6 nd suppress-ra\n ipv6 nd ra-interval 3\n ipv6 nd ra-lifetime 0\n ipv6 nd prefix fd00:1::/64\nexit\n")).Start()
		n := prepare(t, host, version)
		n.Until("the kernel has a route to the prefix", func() bool { return strings.Contains(n.IP("-6", "route"), "fd00:1::/64") })
		n.router, n.heard = router, router.Listen(listener.Config{ASN: 65001})
		n.Write("bgp.yaml", configuration)
		n.StartAgent()
		n.Ready()
		n.add("fd00:9::1/128")
		says := func(what string, texts ...string) {
			t.Helper()
			n.Until("the status says "+what, func() bool {
				text, _ := os.ReadFile(n.Status)
				line := strings.Join(strings.Fields(string(text)), " ")
				return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(line, text) })
			}, func() any { text, _ := os.ReadFile(n.Status); return string(text) })
		}
		says("that the peer is not directly connected", "not directly connected", "on eth0", "multihopTtl: 1")
		n.Write("bgp.yaml", withIPv6(configuration, "ebgpMultihop: {enabled: true, multihopTtl: 1}"))
		if version.Name == lab.FRR84.Name {
			says("that zebra lacks the route", "in FRR, although the kernel reaches it on eth0")
		} else {
			n.established("10.1.0.2", "fd00:1::2")
			n.announced("fd00:9::1/128")
		}
		n.Write("bgp.yaml", withIPv6(configuration, "transport: {passiveMode: true}"))
		n.Configured("the node is passive", func(running string) bool {
			return strings.Contains(running, "neighbor fd00:1::1 passive") && !strings.Contains(running, "disable-connected-check")
		})
		n.Ready()
		mark, peer := n.heard.Mark(), netip.MustParseAddr("fd00:1::2")
		n.Until("the router has connected", func() bool {
			if slices.ContainsFunc(n.heard.From(peer).Since(mark), func(e listener.Event) bool { return e.Kind == listener.Established }) {
				return true
			}
			ctx, cancel := n.Deadline()
			defer cancel()
			_ = n.heard.Dial(ctx, netip.AddrPortFrom(peer, 179))
			time.Sleep(time.Second)
			return false
		})
		n.announced("fd00:9::1/128")
	})
}

// withIPv6 adds a setting to the neighbor over IPv6.
func withIPv6(configuration, setting string) string {
	i := strings.Index(configuration, "fd00:1::1")
	return configuration[:i] + strings.Replace(configuration[i:], "    timers: {connectRetry: 1}", "    timers: {connectRetry: 1}\n    "+setting, 1)
}

// TestTTLSecurity peers with an FRR router that takes only packets with a TTL of 255 (GTSM, RFC 5082): ebgpMultihop without a
// TTL of its own sends such.
func TestTTLSecurity(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		l := lab.New(t)
		host, router := l.Host("node-a"), l.Host("router")
		l.Connect(host.Port("eth0", "10.1.0.2/24", "fd00:1::2/64"), router.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
		frr := router.FRR(lab.FRR84, lab.Config(`router bgp 65001
 no bgp ebgp-requires-policy
 neighbor 10.1.0.2 remote-as 65000
 neighbor 10.1.0.2 ttl-security hops 1
 neighbor 10.1.0.2 timers connect 1
 neighbor fd00:1::2 remote-as 65000
 neighbor fd00:1::2 ttl-security hops 1
 neighbor fd00:1::2 timers connect 1
 address-family ipv6 unicast
  neighbor fd00:1::2 activate
 exit-address-family
exit
`))
		frr.Start()
		n := prepare(t, host, version)
		n.Write("bgp.yaml", strings.ReplaceAll(configuration, "    timers: {connectRetry: 1}", "    timers: {connectRetry: 1}\n    ebgpMultihop: {enabled: true}"))
		n.StartAgent()
		n.Ready()
		n.add("10.9.9.1/32", "fd00:9::1/128")
		n.Until("the router has what the node announces", func() bool {
			ctx, cancel := n.Deadline()
			defer cancel()
			v4, _ := frr.Vtysh(ctx, "show bgp ipv4 unicast")
			v6, _ := frr.Vtysh(ctx, "show bgp ipv6 unicast")
			return strings.Contains(v4, "10.9.9.1/32") && strings.Contains(v6, "fd00:9::1/128")
		})
	})
}
