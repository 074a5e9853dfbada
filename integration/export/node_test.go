//go:build linux

package export

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/renameio/v2"

	"github.com/k8frr/k8frr/integration/lab"
)

const (
	// patience is how long anything may take that must happen. It is long because the machine may be busy.
	patience = 40 * time.Second
	// rest is how long nothing may happen where nothing must.
	rest = 500 * time.Millisecond
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
	*lab.Host
	t       *testing.T
	frr     *lab.FRR
	bird    *lab.BIRD
	gobgp   *lab.GoBGP
	objects string // directory
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
	n := &node{Host: host, t: t, frr: host.FRR(version), objects: filepath.Join(host.Dir(), "objects")}
	if err := os.Mkdir(n.objects, 0o755); err != nil {
		t.Fatal(err)
	}
	n.bird, n.gobgp = first.BIRD(fmt.Sprintf(bird, routes)), second.GoBGP(gobgp)
	n.frr.Start()
	t.Cleanup(n.explain)
	n.write("node.yaml", kubernetesNode)
	n.configure(more)
	n.Start("agent", program, "--config-dir", n.objects, "--status-file", filepath.Join(host.Dir(), "status.yaml"), "--node-name", "node-a",
		"--vtysh", n.frr.VtyshPath, "--frr-config-dir", n.frr.ConfigDir, "--frr-socket-dir", n.frr.SocketDir)
	n.eventually("three sessions", func() bool { return n.established() == [2]int{3, 3} })
	return n
}

// explain shows what a failed test left behind.
func (n *node) explain() {
	if !n.t.Failed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, _ := n.frr.Vtysh(ctx, "show bgp summary", "show ip route", "show ipv6 route", "show running-config")
	n.t.Logf("FRR has:\n%s", out)
}

func (n *node) write(name, text string) {
	n.t.Helper()
	if err := renameio.WriteFile(filepath.Join(n.objects, name), []byte(text), 0o644); err != nil {
		n.t.Fatal(err)
	}
}

// configure adds to the configuration's spec.
func (n *node) configure(more string) {
	n.t.Helper()
	n.write("bgp.yaml", configuration+more)
}

// serve has BIRD announce other IPv4 routes.
func (n *node) serve(routes string) {
	n.t.Helper()
	if err := n.bird.Configure(n.t.Context(), fmt.Sprintf(bird, routes)); err != nil {
		n.t.Fatal(err)
	}
}

// announce has GoBGP announce a route, with options of its command line.
func (n *node) announce(args ...string) {
	n.t.Helper()
	if _, err := n.gobgp.Gobgp(n.t.Context(), append([]string{"global", "rib", "add"}, args...)...); err != nil {
		n.t.Fatal(err)
	}
}

// bgpd asks bgpd alone: a vtysh that speaks to mgmtd (10.x) as well spoils what the agent enters meanwhile.
func (n *node) bgpd(command string) (string, error) {
	return n.Exec(n.t.Context(), n.frr.VtyshPath, "--vty_socket", n.frr.SocketDir, "--config_dir", n.frr.ConfigDir, "-d", "bgpd", "-c", command)
}

// established counts the neighbors with a session, and how often there was one: the same unless one was reset.
func (n *node) established() (now [2]int) {
	n.t.Helper()
	out, err := n.bgpd("show bgp neighbors json")
	if err != nil {
		return now // it has no BGP instance yet
	}
	var neighbors map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &neighbors); err != nil {
		return now
	}
	for _, raw := range neighbors {
		var peer struct {
			State string `json:"bgpState"`
			Times int    `json:"connectionsEstablished"`
		}
		if json.Unmarshal(raw, &peer) == nil {
			if peer.State == "Established" {
				now[0]++
			}
			now[1] += peer.Times
		}
	}
	return now
}

func (n *node) eventually(what string, so func() bool) {
	n.t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			n.t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// kernel has BGP's routes in all tables: PREFIX, or PREFIX table N, with the devices of a route that has several next hops.
func (n *node) kernel() []string {
	n.t.Helper()
	var have []string
	for _, family := range []string{"-4", "-6"} {
		out, err := n.Exec(n.t.Context(), "ip", "-json", family, "route", "show", "table", "all", "proto", "bgp")
		if err != nil {
			n.t.Fatal(err)
		}
		var list []struct {
			Dst      string
			Table    string
			Metric   int
			Nexthops []struct{ Dev string }
		}
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			n.t.Fatalf("%v: %s", err, out)
		}
		for _, r := range list {
			text := r.Dst
			if r.Table != "" {
				text += " table " + r.Table
			}
			for _, hop := range r.Nexthops {
				text += " " + hop.Dev
			}
			if r.Metric != 20 {
				text += fmt.Sprintf(" metric %d", r.Metric)
			}
			have = append(have, text)
		}
	}
	slices.Sort(have)
	return have
}

// installs waits until the kernel has exactly these routes, makes sure that it stays so, and says how long that took.
func (n *node) installs(wanted ...string) time.Duration {
	n.t.Helper()
	slices.Sort(wanted)
	began := time.Now()
	for end := began.Add(patience); !slices.Equal(n.kernel(), wanted); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			n.t.Fatalf("the kernel has after %v:\n%s\nnot\n%s", patience, strings.Join(n.kernel(), "\n"), strings.Join(wanted, "\n"))
		}
	}
	took := time.Since(began)
	time.Sleep(rest)
	if have := n.kernel(); !slices.Equal(have, wanted) {
		n.t.Fatalf("the kernel has a while later:\n%s\nnot\n%s", strings.Join(have, "\n"), strings.Join(wanted, "\n"))
	}
	return took.Round(time.Millisecond)
}

// unreset makes sure that the sessions are those from the start.
func (n *node) unreset() {
	n.t.Helper()
	if now := n.established(); now != [2]int{3, 3} {
		n.t.Errorf("%d sessions of %d; want 3 of 3: something was reset", now[0], now[1])
	}
}

// received waits until bgpd has a route.
func (n *node) received(prefix string) {
	n.t.Helper()
	family := "ipv4"
	if strings.Contains(prefix, ":") {
		family = "ipv6"
	}
	n.eventually("a path to "+prefix, func() bool {
		out, err := n.bgpd("show bgp " + family + " unicast " + prefix + " json")
		return err == nil && strings.Contains(out, `"paths"`)
	})
}
