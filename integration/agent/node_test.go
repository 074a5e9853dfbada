//go:build linux

package agent

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

// configuration peers with the router over IPv4 and over IPv6, and announces what kube-lb0 carries.
const configuration = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
    timers: {connectRetry: 1}
  - config: {neighborAddress: "fd00:1::1", peerAsn: 65001}
    timers: {connectRetry: 1}
`

const (
	// patience is how long anything may take that must happen. It is long because the machine may be busy.
	patience = 2 * time.Minute
	// rest is how long nothing may happen where nothing must.
	rest = 400 * time.Millisecond
)

// node is a machine with FRR, kube-lb0 and the agent, and the ear of the router that it peers with.
type node struct {
	*machine.Node
	t      *testing.T
	router *lab.Host
	heard  *listener.Listener
	told   int // length of the agent's log when its templates changed last
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

// kubernetesNode is the Node object of node-a.
const kubernetesNode = `apiVersion: v1
kind: Node
metadata:
  name: node-a
  labels: {rack: one}
status:
  addresses: [{type: InternalIP, address: 10.1.0.2}]
`

// newNode cables a node to a router. FRR runs, the agent does not.
func newNode(t *testing.T, version lab.Version, flags ...string) *node {
	l := lab.New(t)
	host, router := l.Host("node-a"), l.Host("router")
	l.Connect(host.Port("eth0", "10.1.0.2/24", "fd00:1::2/64"), router.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
	n := prepare(t, host, version, flags...)
	n.router, n.heard = router, router.Listen(listener.Config{ASN: 65001})
	return n
}

func prepare(t *testing.T, host *lab.Host, version lab.Version, flags ...string) *node {
	host.KubeLB("kube-lb0")
	wait := machine.Wait{TB: t, Patience: patience, Rest: rest}
	return &node{Node: machine.New(wait, host, version, program, flags...), t: t}
}

// running is a node whose agent has applied the configuration, and whose sessions are up.
func running(t *testing.T, version lab.Version, configuration string, flags ...string) *node {
	n := newNode(t, version, flags...)
	n.begin(configuration)
	return n
}

// begin starts the agent, and waits until it has applied the configuration and the sessions are up.
func (n *node) begin(configuration string) {
	n.t.Helper()
	n.Write("bgp.yaml", configuration)
	n.StartAgent()
	n.established("10.1.0.2", "fd00:1::2")
	n.Ready()
}

// mirrored waits until zebra has a static route for each of so many prefixes that kube-lb0 carries. What is announced may be
// so by a connected route, while the agent has yet to enter the static one; and when that goes first, FRR withdraws the prefix
// and announces it by the static route, until the agent has taken that back.
func (n *node) mirrored(prefixes int) {
	n.t.Helper()
	var routes string
	n.Until(fmt.Sprintf("zebra has %d mirrored routes", prefixes), func() bool {
		routes = n.Vtysh("show ip route static", "show ipv6 route static")
		there := map[string]bool{} // a zebra (10.x) that follows a killed one has a route of the kernel's beside ours
		for line := range strings.Lines(routes) {
			if fields := strings.Fields(line); strings.Contains(line, " kube-lb0") && len(fields) > 1 {
				there[fields[1]] = true
			}
		}
		return len(there) == prefixes
	}, func() any { return routes })
}

// add puts addresses on kube-lb0.
func (n *node) add(addresses ...string) {
	n.t.Helper()
	for _, a := range addresses {
		n.AddAddress("kube-lb0", a)
	}
}

func (n *node) del(addresses ...string) {
	n.t.Helper()
	for _, a := range addresses {
		n.DelAddress("kube-lb0", a)
	}
}

// established waits until the node has sessions from all these addresses, and has told all that it had to tell at first.
func (n *node) established(addresses ...string) {
	n.t.Helper()
	n.Told(n.heard, addresses...)
}

// announced waits until exactly these prefixes are announced, and makes sure that it stays so for a while.
func (n *node) announced(prefixes ...string) {
	n.t.Helper()
	n.Hears(n.heard, prefixes...)
}

// quiet makes sure that the router heard nothing after a mark but what is expected, in any order, each once. What ends in a
// question mark may be heard or not.
func (n *node) quiet(mark int, expected ...string) {
	n.t.Helper()
	events := n.heard.Since(mark)
	left := slices.Clone(expected)
	ok := true
	for _, e := range events {
		what := e.Kind.String()
		if e.Prefix.IsValid() {
			what += " " + e.Prefix.String()
		}
		i := slices.IndexFunc(left, func(x string) bool { return strings.TrimSuffix(x, "?") == what })
		if i < 0 {
			ok = false
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	if !ok || slices.ContainsFunc(left, func(x string) bool { return !strings.HasSuffix(x, "?") }) {
		n.t.Errorf("heard:\n%v\nbut expected:\n%v", events, expected)
	}
}

// undisturbed makes sure that no session has ended and no prefix was withdrawn since a mark.
func (n *node) undisturbed(mark int) {
	n.t.Helper()
	for _, e := range n.heard.Since(mark) {
		if e.Kind == listener.Down || e.Kind == listener.Withdrawn {
			n.t.Errorf("heard and not expected: %v", e)
		}
	}
}

// edit replaces one piece of a text, which must be there.
func edit(t *testing.T, text, old, new string) string {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q is not once in:\n%s", old, text)
	}
	return strings.Replace(text, old, new, 1)
}
