//go:build linux

package status

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

// program is the agent.
var program string

func TestMain(m *testing.M) { os.Exit(lab.WithAgent(&program, m.Run)) }

// objects are the node, and a configuration with a neighbor for every state that a session can be in.
const objects = `apiVersion: v1
kind: Node
metadata: {name: node-a}
status: {addresses: [{type: InternalIP, address: 10.1.0.2}]}
---
apiVersion: v1
kind: Secret
metadata: {name: bgp, namespace: purelb-system}
stringData: {password: mine}
---
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system, generation: 3}
spec:
  global: {asn: 65001}
  peerGroups:
  - config: {peerGroupName: rack, peerAsn: 65020, description: nodes of the rack}
  dynamicNeighbors:
  - {prefix: 10.1.1.0/24, peerGroup: rack}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65000, description: ToR}
    timers: {connectRetry: 2}
  - config: {neighborAddress: 10.1.0.3, peerAsn: 65003, description: has nothing to say}
    timers: {connectRetry: 2}
  - config: {neighborAddress: 10.1.0.4, peerAsn: 65099, description: has another AS}
    timers: {connectRetry: 2}
  - config: {neighborAddress: 10.1.0.5, peerAsn: 65005, description: expects another AS}
    timers: {connectRetry: 2}
  - config: {neighborAddress: 10.1.0.6, peerAsn: 65006, adminDown: true}
  - config: {neighborAddress: 10.1.0.7, peerAsn: 65007, description: shuts down}
    timers: {connectRetry: 2}
  - config: {neighborAddress: 10.1.0.8, peerAsn: 65008, description: sends too much}
    timers: {connectRetry: 2}
    afiSafis: [{family: ipv4-unicast, prefixLimit: {maxPrefixes: 2}}]
  - config: {neighborAddress: 10.1.0.9, peerAsn: 65009, description: does not exist}
    timers: {connectRetry: 2}
  - config: {neighborAddress: 10.1.0.10, peerAsn: 65010, description: runs no BGP}
    timers: {connectRetry: 2}
  - config: {neighborAddress: 10.99.0.1, peerAsn: 65099, description: out of reach}
    ebgpMultihop: {enabled: true, multihopTtl: 3}
  - config: {neighborAddress: 10.1.0.11, peerAsn: 65011, description: falls silent}
    timers: {connectRetry: 60, holdTime: 3, keepaliveInterval: 1}
  - config: {neighborAddress: 10.1.0.12, peerAsn: 65012, description: hangs up}
    timers: {connectRetry: 2}
  - config: {neighborAddress: 10.1.0.13, peerAsn: 65013, description: has another password, authPasswordSecretRef: {name: bgp}}
    timers: {connectRetry: 2}
  - config: {neighborAddress: 10.1.0.14, peerAsn: 65014, description: has no password yet, authPasswordSecretRef: {name: absent}}
  - config: {neighborAddress: 10.1.0.15, peerAsn: 65015, description: lost by BFD}
    timers: {connectRetry: 2}
    bfd: {enabled: true, desiredMinimumTxInterval: 300000, requiredMinimumReceive: 300000}
  - config: {neighborAddress: 10.1.0.16, peerAsn: 65016, description: is waited for}
    transport: {passiveMode: true}
  - config: {neighborInterface: eth1, peerAsn: 65021, description: unnumbered}
  - config: {neighborInterface: eth2, peerAsn: 65022, description: nobody there}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  netlinkExport: {enabled: true, rules: [{name: selected, communityList: ["65000:100"]}]}
`

// leaf is an FRR that peers with the node by a link of its own, and on the LAN with BFD.
const leaf = `
router bgp 65021
 bgp router-id 10.1.0.15
 no bgp ebgp-requires-policy
 neighbor eth1 interface remote-as external
 neighbor 10.1.0.2 remote-as 65001
 neighbor 10.1.0.2 local-as 65015 no-prepend replace-as
 neighbor 10.1.0.2 timers connect 2
 neighbor 10.1.0.2 bfd
exit
`

// bird is the router whose operator shuts the session down.
const bird = `router id 10.1.0.7;
protocol device {}
protocol bgp node { local 10.1.0.7 as 65007; neighbor 10.1.0.2 as 65001; error wait time 1, 2; connect retry time 2; ipv4 { import all; export none; }; }
`

// scene is a node and its peers.
type scene struct {
	*machine.Node
	tor, silent, gone *listener.Listener
	bird              *lab.BIRD
	leaf              *lab.FRR
}

func newScene(t *testing.T, version lab.Version) *scene {
	l := lab.New(t)
	node := l.Host("node-a")
	lan := l.LAN(node.Port("eth0", "10.1.0.2/24", "10.1.1.2/24"))
	host := func(name, address string) *lab.Host {
		h := l.Host(name)
		lan.Attach(h.Port("eth0", address+"/24"))
		return h
	}
	listen := func(name, address string, config listener.Config) *listener.Listener {
		return host(name, address).Listen(config)
	}
	s := &scene{
		tor:    listen("tor", "10.1.0.1", listener.Config{ASN: 65000}),
		silent: listen("silent", "10.1.0.11", listener.Config{ASN: 65011}),
		gone:   listen("gone", "10.1.0.12", listener.Config{ASN: 65012}),
		bird:   host("bird", "10.1.0.7").BIRD(bird),
	}
	listen("nothing", "10.1.0.3", listener.Config{ASN: 65003})
	listen("wrong-as", "10.1.0.4", listener.Config{ASN: 65004})
	listen("refusing", "10.1.0.5", listener.Config{ASN: 65005}).Reject(2, 2)
	announce(t, s.tor, listener.Route{Prefix: netip.MustParsePrefix("20.0.0.0/24"), Communities: []string{"65000:100", "65000:7"}, LargeCommunities: []string{"65000:1:2"}},
		listener.Route{Prefix: netip.MustParsePrefix("20.0.1.0/24"), Communities: []string{"65000:100"}, NextHop: netip.MustParseAddr("10.77.0.1")},
		listener.Route{Prefix: netip.MustParsePrefix("20.0.2.0/24")},
		listener.Route{Prefix: netip.MustParsePrefix("10.1.1.0/24"), Communities: []string{"65000:100"}})
	tooMuch := listen("too-much", "10.1.0.8", listener.Config{ASN: 65008})
	for i := range 5 {
		announce(t, tooMuch, listener.Route{Prefix: netip.MustParsePrefix(fmt.Sprintf("30.0.%d.0/24", i))})
	}
	host("no-bgp", "10.1.0.10")
	node2 := netip.MustParseAddr("10.1.0.2")
	keeps(t, listen("password", "10.1.0.13", listener.Config{ASN: 65013, Passwords: map[netip.Addr]string{node2: "other"}}), "10.1.0.2")
	keeps(t, listen("dynamic", "10.1.1.20", listener.Config{ASN: 65020}), "10.1.1.2")
	router := host("leaf", "10.1.0.15")
	l.Connect(node.Port("eth1"), router.Port("eth1"))
	l.Connect(node.Port("eth2"), l.Host("nobody").Port("eth0"))
	node.KubeLB("kube-lb0")
	node.AddAddress("kube-lb0", "10.200.0.5/24")
	node.AddAddress("kube-lb0", "fd00:200::5/128")
	s.leaf = router.FRR(version, lab.Daemons("bfdd"), lab.Config(leaf))
	s.leaf.Start()
	wait := machine.Wait{TB: t, Patience: patience, Rest: time.Second}
	s.Node = machine.New(wait, node, version, program)
	s.Node.FRR.StartDaemon("bfdd")
	s.Write("objects.yaml", objects)
	s.StartAgent()
	return s
}

func announce(t *testing.T, l *listener.Listener, routes ...listener.Route) {
	t.Helper()
	if err := l.Announce(routes...); err != nil {
		t.Fatal(err)
	}
}

// keeps has a listener try to connect to the node, until the end of the test.
func keeps(t *testing.T, l *listener.Listener, to string) {
	ctx := t.Context()
	node := netip.AddrPortFrom(netip.MustParseAddr(to), 179)
	go func() {
		for ctx.Err() == nil {
			if up := l.From(node.Addr()).Announced(); len(up) == 0 {
				within, cancel := context.WithTimeout(ctx, 30*time.Second)
				_ = l.Dial(within, node)
				cancel()
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
}

// shake brings about what needs a session first.
func (s *scene) shake(t *testing.T) {
	t.Helper()
	s.silent.Silence()
	s.gone.Close()
	if _, err := s.bird.Birdc(within(t, patience), "disable", "node", "\"back at 5\x1b[31m, ask \u202eKim\""); err != nil {
		t.Fatal(err)
	}
	s.leaf.Host.SetDown("eth0")
}
