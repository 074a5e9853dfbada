//go:build linux

package export

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

const kubernetesNode = `apiVersion: v1
kind: Node
metadata: {name: node-a}
status:
  addresses: [{type: InternalIP, address: 10.1.0.2}]
`

// configuration peers with BIRD over IPv4 and IPv6, and with GoBGP. What follows is its netlinkExport, and more of a spec.
const configuration = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
    timers: {connectRetry: 1}
  - config: {neighborAddress: "fd00:1::1", peerAsn: 65001}
    timers: {connectRetry: 1}
  - config: {neighborAddress: 10.2.0.1, peerAsn: 65002}
    timers: {connectRetry: 1}
`

// bird is the first upstream: routes with communities as tests have them, and one whose next hop nobody reaches. It does
// not wait long after an error: a link that has just come up has no link-local address yet, without which FRR 8.4 gives
// up a session over IPv6.
const bird = `log stderr all;
router id 10.1.0.1;
protocol device {}
filter sent { if net = 10.50.9.0/24 then bgp_next_hop = 10.77.7.7; accept; }
protocol static { ipv4;
%s}
protocol static { ipv6;
 route fd00:50:1::/48 blackhole { bgp_community.add((65001,100)); };
 route fd00:50:2::/48 blackhole { bgp_community.add((65001,200)); };
 route fd00:50:3::/48 blackhole;
}
protocol bgp { local 10.1.0.1 as 65001; neighbor 10.1.0.2 as 65000; passive; error wait time 1, 2; ipv4 { import all; export filter sent; }; }
protocol bgp { local fd00:1::1 as 65001; neighbor fd00:1::2 as 65000; passive; error wait time 1, 2; ipv6 { import all; export all; }; }
`

// routes are those of BIRD, one a line.
const routes = ` route 10.50.1.0/24 blackhole { bgp_community.add((65001,100)); };
 route 10.50.2.0/24 blackhole { bgp_community.add((65001,200)); };
 route 10.50.3.0/24 blackhole { bgp_large_community.add((65001,3,3)); };
 route 10.50.4.0/24 blackhole;
 route 10.50.5.0/24 blackhole { bgp_community.add((65001,100)); bgp_community.add((65001,200)); };
 route 10.50.6.0/24 blackhole { bgp_community.add((65535,65281)); };
 route 10.50.9.0/24 blackhole { bgp_community.add((65001,100)); };
`

// gobgp is the second upstream, which has what tests give it.
const gobgp = `[global.config]
as = 65002
router-id = "10.2.0.1"
[[neighbors]]
[neighbors.config]
neighbor-address = "10.2.0.2"
peer-as = 65000
[neighbors.transport.config]
passive-mode = true
`

// node is a machine with FRR and the agent, between two upstreams.
type node struct {
	*machine.Node
	bird  *lab.BIRD
	gobgp *lab.GoBGP
	times int // how often there was a session when all were up first
}

// eachVersion runs a test on each version of FRR, in parallel.
func eachVersion(t *testing.T, test func(*testing.T, lab.Version)) {
	t.Parallel()
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			test(t, version)
		})
	}
}

// running is a node whose agent has applied a configuration, and whose sessions are up.
func running(t *testing.T, version lab.Version, more string) *node {
	l := lab.New(t)
	host, first, second := l.Host("node-a"), l.Host("bird"), l.Host("gobgp")
	l.Connect(host.Port("eth0", "10.1.0.2/24", "fd00:1::2/64"), first.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
	l.Connect(host.Port("eth1", "10.2.0.2/24"), second.Port("eth0", "10.2.0.1/24"))
	wait := machine.Wait{TB: t, Patience: 3 * time.Minute, Rest: 500 * time.Millisecond}
	n := &node{Node: machine.New(wait, host, version, program), bird: first.BIRD(fmt.Sprintf(bird, routes)), gobgp: second.GoBGP(gobgp)}
	n.Write("node.yaml", kubernetesNode)
	n.configure(more)
	n.StartAgent()
	n.Until("three sessions", func() bool {
		now, times := n.established()
		n.times = times
		return now == 3
	})
	return n
}

// configure adds to the configuration's spec.
func (n *node) configure(more string) {
	n.Helper()
	n.Write("bgp.yaml", configuration+more)
}

// serve has BIRD announce other IPv4 routes.
func (n *node) serve(routes string) {
	n.Helper()
	if err := n.bird.Configure(n.Context(), fmt.Sprintf(bird, routes)); err != nil {
		n.Fatal(err)
	}
}

// announce has GoBGP announce a route, with options of its command line.
func (n *node) announce(args ...string) {
	n.Helper()
	if _, err := n.gobgp.Gobgp(n.Context(), append([]string{"global", "rib", "add"}, args...)...); err != nil {
		n.Fatal(err)
	}
}

// bgpd asks bgpd alone: a vtysh that speaks to mgmtd (10.x) as well spoils what the agent enters meanwhile.
func (n *node) bgpd(command string) (string, error) {
	ctx, cancel := n.Deadline()
	defer cancel()
	return n.FRR.Ask(ctx, "bgpd", command)
}

// established counts the neighbors with a session, and how often there was one.
func (n *node) established() (now, times int) {
	n.Helper()
	out, err := n.bgpd("show bgp neighbors json")
	if err != nil {
		return 0, 0 // it has no BGP instance yet
	}
	var neighbors map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &neighbors); err != nil {
		return 0, 0
	}
	for _, raw := range neighbors {
		var peer struct {
			State string `json:"bgpState"`
			Times int    `json:"connectionsEstablished"`
		}
		if json.Unmarshal(raw, &peer) == nil {
			if peer.State == "Established" {
				now++
			}
			times += peer.Times
		}
	}
	return now, times
}

// installs waits until the kernel has exactly these routes, makes sure that it stays so, and says how long that took.
func (n *node) installs(routes ...string) time.Duration {
	n.Helper()
	return n.Installs(n.Host, routes...).Round(time.Millisecond)
}

// unreset makes sure that the sessions are those from the start.
func (n *node) unreset() {
	n.Helper()
	if now, times := n.established(); now != 3 || times != n.times {
		n.Errorf("%d sessions, the %dth all in all; want 3, and the %dth: something was reset", now, times, n.times)
	}
}

// received waits until bgpd has a route.
func (n *node) received(prefix string) {
	n.Helper()
	family := "ipv4"
	if strings.Contains(prefix, ":") {
		family = "ipv6"
	}
	n.Until("a path to "+prefix, func() bool {
		out, err := n.bgpd("show bgp " + family + " unicast " + prefix + " json")
		return err == nil && strings.Contains(out, `"paths"`)
	})
}
