package main

import (
	"fmt"
	"os"
	"strings"
)

// contender is a way to announce VIPs.
type contender struct {
	name string
	// start configures the node and returns how a VIP comes and goes.
	start func(*node) vip
	// populate brings the VIPs that stay.
	populate func(*node)
	// shutSpare changes one line of configuration: whether the session with
	// the spare router is shut down. The router hears of it at once.
	shutSpare func(n *node, down bool)
}

type vip struct{ add, remove func(*node) }

// onInterface is how a VIP comes and goes with PureLB.
var onInterface = vip{
	add:    func(n *node) { n.host.AddAddress(kubeLB, theVIP.String()) },
	remove: func(n *node) { n.host.DelAddress(kubeLB, theVIP.String()) },
}

func addressesOnInterface(n *node) {
	for _, p := range n.present() {
		n.host.AddAddress(kubeLB, p.String())
	}
}

var contenders = []contender{
	{
		name: "FRR alone, redistribute connected",
		start: func(n *node) vip {
			n.load(frrConf(false, "connected", "match interface "+kubeLB, nil))
			return onInterface
		},
		populate: addressesOnInterface,
	},
	{
		name: "k8frr",
		start: func(n *node) vip {
			n.check(os.MkdirAll(n.path("objects"), 0o755))
			writeObject(n, false)
			n.host.Start("agent", n.agent, "--config-dir", n.path("objects"), "--node-name", "node", "--status-file", n.path("status.yaml"),
				"--vtysh", n.frr.VtyshPath, "--frr-config-dir", n.frr.ConfigDir, "--frr-socket-dir", n.frr.SocketDir)
			return onInterface
		},
		populate:  addressesOnInterface,
		shutSpare: writeObject,
	},
	{
		name: "frr-reload.py, statics",
		start: func(n *node) vip {
			n.load(frrConf(false, "static", "match tag 1", nil))
			return vip{
				add:    func(n *node) { n.reload(false, theVIP.String()) },
				remove: func(n *node) { n.reload(false) },
			}
		},
		// Without the addresses, beside which static routes are not announced.
		populate:  func(n *node) { n.reload(false) },
		shutSpare: func(n *node, down bool) { n.reload(down) },
	},
}

// writeObject declares the node to the agent.
func writeObject(n *node, spareDown bool) {
	text := fmt.Sprintf(`apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default}
spec:
  global: {asn: %d, routerID: 10.1.0.2}
  netlinkImport: {enabled: true, interfaceList: [%s]}
  neighbors:
  - config: {neighborAddress: %s, peerAsn: %d}
    timers: {connectRetry: 1}
  - config: {neighborAddress: %s, peerAsn: %d, adminDown: %t}
    timers: {connectRetry: 1}
`, nodeASN, kubeLB, torAddr, torASN, spareAddr, torASN, spareDown)
	n.check(os.WriteFile(n.path("objects.tmp"), []byte(text), 0o644))
	n.check(os.Rename(n.path("objects.tmp"), n.path("objects/bgp.yaml")))
}

// frrConf is what an operator would write without an agent.
func frrConf(spareDown bool, source, match string, statics []string) string {
	var b strings.Builder
	for _, p := range statics {
		fmt.Fprintf(&b, "ip route %s %s tag 1\n", p, kubeLB)
	}
	shutdown := ""
	if spareDown {
		shutdown = " neighbor " + spareAddr + " shutdown\n"
	}
	fmt.Fprintf(&b, `route-map VIPS permit 10
 %s
exit
router bgp %d
 bgp router-id 10.1.0.2
 no bgp ebgp-requires-policy
 neighbor %s remote-as %d
 neighbor %s timers connect 1
 neighbor %s remote-as %d
%s neighbor %s timers connect 1
 address-family ipv4 unicast
  redistribute %s route-map VIPS
 exit-address-family
exit
`, match, nodeASN, torAddr, torASN, torAddr, spareAddr, torASN, shutdown, spareAddr, source)
	return b.String()
}

// load enters a configuration into the running FRR.
func (n *node) load(text string) {
	n.check(n.frr.WriteFile("frr.conf", text))
	n.check(n.frr.Boot(n.patient()))
}

// reload has frr-reload.py bring FRR to a configuration with the VIPs that stay
// and further ones.
func (n *node) reload(spareDown bool, further ...string) {
	for _, p := range n.present() {
		further = append(further, p.String())
	}
	n.check(n.frr.WriteFile("frr.conf", frrConf(spareDown, "static", "match tag 1", further)))
	_, err := n.frr.Reload(n.patient(), n.frr.ConfigDir+"/frr.conf")
	n.check(err)
}
