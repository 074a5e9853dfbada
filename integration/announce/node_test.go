//go:build linux

package announce

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

// configuration peers with the router over IPv4 and over IPv6, and imports what the interfaces carry.
func configuration(interfaces []string) string {
	quoted := make([]string, len(interfaces))
	for i, name := range interfaces {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000, routerID: 10.1.0.2}
  netlinkImport: {enabled: true, interfaceList: [` + strings.Join(quoted, ", ") + `]}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
    timers: {connectRetry: 1}
  - config: {neighborAddress: "fd00:1::1", peerAsn: 65001}
    timers: {connectRetry: 1}
`
}

// node is a machine with FRR and the agent, and the ear of the router that it peers with.
type node struct {
	*machine.Node
	heard *listener.Listener
	// imported are the interfaces that are imported, as globs.
	imported []string
	// passing are prefixes that may be heard in a step although they must not be announced: FRR sees an address before the agent
	// has seen its state.
	passing []netip.Prefix
	shadow  *shadow
	// operators are the static routes that an operator has entered.
	operators []string
}

// interfaces are all that a node has, but for eth0 by which it peers: what PureLB would use, and one that carries the same
// kind of addresses and is imported in no case.
var interfaces = []string{"kube-lb0", "lb1", "other"}

// addresses are those of eth0.
var addresses = []string{"10.1.0.2/24", "fd00:1::2/64"}

// newNode is a node that peers, and whose configuration FRR runs.
func newNode(t *testing.T, version lab.Version, imported ...string) *node {
	l := lab.New(t)
	host, router := l.Host("node-a"), l.Host("router")
	l.Connect(host.Port("eth0", addresses...), router.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
	for _, name := range interfaces {
		host.KubeLB(name)
	}
	wait := machine.Wait{TB: t, Patience: patience, Rest: rest}
	n := &node{Node: machine.New(wait, host, version, program), imported: imported, heard: router.Listen(listener.Config{ASN: 65001})}
	n.shadow = newShadow(l, n)
	n.Write("bgp.yaml", configuration(imported))
	return n
}

// started is such a node with the agent, which has brought FRR to the configuration.
func started(t *testing.T, version lab.Version, imported ...string) *node {
	n := newNode(t, version, imported...)
	n.StartAgent()
	n.Told(n.heard, "10.1.0.2", "fd00:1::2")
	n.Ready()
	return n
}
