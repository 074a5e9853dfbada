//go:build linux

package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"
)

// announcer is how VIPs come to a node, and go.
type announcer interface {
	add(vips ...netip.Prefix)
	remove(vips ...netip.Prefix)
}

// contender is a way to announce VIPs.
type contender struct {
	name string
	// carried says that the VIPs that stay are addresses of the interface.
	carried bool
	// conf is the node's frr.conf.
	conf func(*node) string
	// start is what announces VIPs at a node whose FRR runs.
	start func(*node) announcer
	// most is how many samples of a figure it gives, 0 for as many as are wanted.
	most int
	// at are the numbers of VIPs that it is measured with; any if nil.
	at []int
	// steady says that it can keep up with VIPs that come and go all the time.
	steady bool
}

// debounce is for how long the incumbent's pipeline lets changes be before it
// reloads FRR.
const debounce = 3 * time.Second

var contenders = []contender{
	{name: "FRR alone, redistribute connected", carried: true, conf: connectedConf, start: onInterface, steady: true},
	{name: "k8frr", carried: true, conf: func(*node) string { return "" }, start: withAgent, steady: true},
	// Without the addresses, beside which static routes are not announced.
	{name: "vtysh by hand", conf: staticConf, start: func(n *node) announcer { return withStatics(n) }, most: 20},
	{name: "frr-reload.py", conf: staticConf, start: func(n *node) announcer { return newReloader(withStatics(n), 0) }, most: 5},
	{name: "frr-reload.py, debounced", conf: staticConf, start: func(n *node) announcer { return newReloader(withStatics(n), debounce) }, most: 5, at: []int{1000}, steady: true},
}

// carrier has the VIPs on the interface, as PureLB does.
type carrier struct{ *node }

func onInterface(n *node) announcer { return carrier{n} }

func (c carrier) add(vips ...netip.Prefix) {
	for _, p := range vips {
		c.host.AddAddress(kubeLB, p.String())
	}
}

func (c carrier) remove(vips ...netip.Prefix) {
	for _, p := range vips {
		c.host.DelAddress(kubeLB, p.String())
	}
}

// byHand types static routes: one with vtysh -c, several with vtysh -f.
type byHand struct{ *node }

func (h byHand) add(vips ...netip.Prefix)    { h.enter(statics("", vips)) }
func (h byHand) remove(vips ...netip.Prefix) { h.enter(statics("no ", vips)) }

// withStatics types the VIPs that stay.
func withStatics(n *node) byHand {
	byHand{n}.add(n.stay...)
	return byHand{n}
}

// atOnce is how many lines are typed at once: 10,000 take 10.3 too long.
const atOnce = 1000

func (h byHand) enter(lines []string) {
	for part := range slices.Chunk(lines, atOnce) {
		how := []string{"-c", "configure terminal", "-c", part[0]}
		if len(part) > 1 {
			h.check(h.frr.WriteFile("lines.conf", strings.Join(part, "\n")+"\n"))
			how = []string{"-f", h.frr.ConfigDir + "/lines.conf"}
		}
		h.within(func(ctx context.Context) error {
			_, err := h.host.Exec(ctx, h.frr.VtyshPath, append([]string{"--vty_socket", h.frr.SocketDir, "--config_dir", h.frr.ConfigDir}, how...)...)
			return err
		})
	}
}

// withAgent declares the node to an agent.
func withAgent(n *node) announcer {
	objects := n.path("objects")
	n.check(os.MkdirAll(objects, 0o755))
	text := fmt.Sprintf(`apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default}
spec:
  global: {asn: %d, routerID: %s}
  netlinkImport: {enabled: true, interfaceList: [%s]}
  neighbors:
  - config: {neighborAddress: %s, peerAsn: %d}
    timers: {connectRetry: 1}
`, nodeASN, n.address, kubeLB, n.peer, routerASN)
	n.check(os.WriteFile(objects+"/bgp.yaml", []byte(text), 0o644))
	n.host.Start("agent", n.agent, "--config-dir", objects, "--node-name", n.host.Name, "--status-file", n.path("status.yaml"),
		"--vtysh", n.frr.VtyshPath, "--frr-config-dir", n.frr.ConfigDir, "--frr-socket-dir", n.frr.SocketDir)
	return carrier{n}
}

func connectedConf(n *node) string { return frrConf(n, "connected", "match interface "+kubeLB) }

func staticConf(n *node) string { return frrConf(n, "static", "match tag 1") }

// frrConf is what an operator would write without an agent.
func frrConf(n *node, source, match string) string {
	return fmt.Sprintf(`route-map VIPS permit 10
 %s
exit
router bgp %d
 bgp router-id %s
 no bgp ebgp-requires-policy
 neighbor %[4]s remote-as %d
 neighbor %[4]s timers connect 1
 address-family ipv4 unicast
  redistribute %[6]s route-map VIPS
 exit-address-family
exit
`, match, nodeASN, n.address, n.peer, routerASN, source)
}

// statics are the lines for VIPs that are static routes.
func statics(no string, vips []netip.Prefix) []string {
	lines := make([]string, len(vips))
	for i, p := range vips {
		lines[i] = fmt.Sprintf("%sip route %s %s tag 1", no, p, kubeLB)
	}
	return lines
}
