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

// tenant is the VRF of which a node announces things, and table its table.
const (
	tenant = "blue"
	table  = "100"
)

// inVRF peers with the router in a VRF and imports what interfaces of it carry, and with another router, outside, to which goes
// what the same interfaces carry while they are in no VRF.
func inVRF(interfaces []string) string {
	list := quoted(interfaces)
	return `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000, routerID: 10.3.0.2}
  netlinkImport: {enabled: true, interfaceList: [` + list + `]}
  vrfs:
  - {name: blue, netlinkImport: {enabled: true, interfaceList: [` + list + `]}}
  neighbors:
  - config: {neighborAddress: 10.3.0.1, peerAsn: 65003}
    timers: {connectRetry: 1}
    afiSafis: [{family: ipv4-unicast}, {family: ipv6-unicast}]
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001, vrf: blue}
    timers: {connectRetry: 1}
  - config: {neighborAddress: "fd00:1::1", peerAsn: 65001, vrf: blue}
    timers: {connectRetry: 1}
`
}

func quoted(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = fmt.Sprintf("%q", name)
	}
	return strings.Join(list, ", ")
}

// configuration peers with the router over IPv4 and over IPv6, and imports what the interfaces carry.
func configuration(interfaces []string) string {
	return `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000, routerID: 10.1.0.2}
  netlinkImport: {enabled: true, interfaceList: [` + quoted(interfaces) + `]}
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
	// outside is what the router hears that the node peers with in no VRF; nil if all is in no VRF.
	outside *listener.Listener
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

// startedInVRF is such a node whose interfaces are in a VRF, its uplink too, and which peers with another router outside.
func startedInVRF(t *testing.T, version lab.Version, imported ...string) *node {
	l := lab.New(t)
	host, router, outside := l.Host("node-a"), l.Host("router"), l.Host("outside")
	l.Connect(host.Port("eth0"), router.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
	l.Connect(host.Port("eth9", "10.3.0.2/24"), outside.Port("eth0", "10.3.0.1/24"))
	for _, name := range interfaces {
		host.KubeLB(name)
	}
	wait := machine.Wait{TB: t, Patience: patience, Rest: rest}
	n := &node{Node: machine.New(wait, host, version, program), imported: imported, heard: router.Listen(listener.Config{ASN: 65001}),
		outside: outside.Listen(listener.Config{ASN: 65003})}
	n.shadow = newShadow(l, n)
	n.IP("link", "add", tenant, "up", "type", "vrf", "table", table)
	for _, name := range append([]string{"eth0"}, interfaces...) {
		n.IP("link", "set", name, "master", tenant)
	}
	for _, a := range addresses {
		n.IP("address", "replace", a, "dev", "eth0", "nodad")
	}
	n.Write("bgp.yaml", inVRF(imported))
	n.StartAgent()
	n.Told(n.heard, "10.1.0.2", "fd00:1::2")
	n.Told(n.outside, "10.3.0.2")
	n.Ready()
	return n
}
