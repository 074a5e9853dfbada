//go:build linux

package agent

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// racks has two routers, one for each rack, and one that every node peers with.
const racks = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 10.1.0.11, peerAsn: 65001}
    nodeSelector: {matchLabels: {rack: one}}
    timers: {connectRetry: 1}
  - config: {neighborAddress: 10.1.0.12, peerAsn: 65001}
    nodeSelector: {matchExpressions: [{key: rack, operator: In, values: [two]}]}
    timers: {connectRetry: 1}
  - config: {neighborAddress: 10.1.0.13, peerAsn: 65001}
    timers: {connectRetry: 1}
`

// Nodes of two racks share one configuration: each peers with the router of its own rack only. A node that is labelled
// again changes over at once, and its other session does not notice.
func TestTwoRacks(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		l := lab.New(t)
		lan := l.LAN()
		routers := map[string]*listener.Listener{}
		for name, address := range map[string]string{"one": "10.1.0.11", "two": "10.1.0.12", "all": "10.1.0.13"} {
			host := l.Host("router-" + name)
			lan.Attach(host.Port("eth0", address+"/24"))
			routers[name] = host.Listen(listener.Config{ASN: 65001})
		}
		start := func(name, rack, address string) *node {
			host := l.Host(name)
			lan.Attach(host.Port("eth0", address+"/24"))
			n := prepare(t, host, version)
			n.add("10.9.9.9/32")
			n.Write("bgp.yaml", racks)
			n.Write("node.yaml", object(name, rack, address))
			n.StartAgent()
			return n
		}
		a := start("node-a", "one", "10.1.0.2")
		start("node-b", "two", "10.1.0.3")
		peers := func(router string, want ...string) {
			t.Helper()
			var have []string
			a.Until("router "+router+" has sessions with "+strings.Join(want, " and "), func() bool {
				have = nil
				for _, p := range routers[router].Established() {
					if _, heard := routers[router].From(p).Announced()[netip.MustParsePrefix("10.9.9.9/32")]; heard {
						have = append(have, p.String())
					}
				}
				return strings.Join(have, " ") == strings.Join(want, " ")
			})
		}
		peers("one", "10.1.0.2")
		peers("two", "10.1.0.3")
		peers("all", "10.1.0.2", "10.1.0.3")
		for _, router := range []string{"one", "two"} {
			for _, e := range routers[router].Events() {
				if other := map[string]string{"one": "10.1.0.3", "two": "10.1.0.2"}[router]; e.Peer.String() == other {
					t.Errorf("router %s heard of the other rack's node: %v", router, e)
				}
			}
		}

		mark, began := routers["one"].Mark(), time.Now()
		a.Write("node.yaml", object("node-a", "two", "10.1.0.2"))
		ctx, cancel := a.Deadline()
		defer cancel()
		left, err := routers["one"].Wait(ctx, mark, func(e listener.Event) bool { return e.Kind == listener.Down })
		if err != nil {
			t.Fatalf("the relabelled node keeps its session with the old rack's router: %v", err)
		}
		peers("one")
		peers("two", "10.1.0.2", "10.1.0.3")
		t.Logf("relabelled: old session ended after %v, new one heard after %v",
			left.At.Sub(began).Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
		for router, resets := range map[string]int{"one": 1, "two": 0, "all": 0} {
			if n := routers[router].Resets(); n != resets {
				t.Errorf("router %s saw %d sessions end, not %d", router, n, resets)
			}
		}
	})
}

// object is a Node object.
func object(name, rack, address string) string {
	return strings.NewReplacer("node-a", name, "one", rack, "10.1.0.2", address).Replace(kubernetesNode)
}
