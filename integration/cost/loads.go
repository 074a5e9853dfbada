//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/status"
)

// load is what the agent has to do with.
type load struct {
	name      string
	row       figures.Row // its size, or what its figures begin with
	vips      int
	neighbors int
	routes    int
	cluster   bool
}

// A few of everything are what a node usually has.
const (
	usualVIPs      = 10
	usualNeighbors = 1
	// answering is how many neighbors are there at most. Nobody is at the addresses of others, to which there is no route.
	answering = 32
)

func (b bench) loads() []load {
	sized := func(size int, of string) figures.Row { return figures.Row{Size: size, Of: of} }
	return []load{
		{"idle, told by files", figures.Row{What: "idle, told by files: "}, usualVIPs, usualNeighbors, 0, false},
		{"idle, in a cluster", figures.Row{What: "idle, in a cluster: "}, usualVIPs, usualNeighbors, 0, true},
		{"VIPs", sized(b.vips, "VIPs"), b.vips, usualNeighbors, 0, false},
		{"neighbors", sized(b.neighbors, "neighbors"), usualVIPs, b.neighbors, 0, false},
		{"routes", sized(b.routes, "received routes"), usualVIPs, usualNeighbors, b.routes, false},
	}
}

// declared is the BGPConfiguration of a load.
func (l load) declared() string {
	var b strings.Builder
	b.WriteString(`apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: default}
spec:
  global: {asn: 65000, routerID: 10.1.0.2}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
`)
	for i := range l.neighbors {
		address := torAddr(i)
		if i >= answering {
			address = netip.AddrFrom4([4]byte{10, 2, byte(i >> 8), byte(i)})
		}
		fmt.Fprintf(&b, "  - {config: {neighborAddress: %s, peerAsn: %d}, timers: {connectRetry: 1}}\n", address, torASN)
	}
	return b.String()
}

// measure has an agent bear a load, and measures it at rest.
func (b bench) measure(tb lab.TB, v lab.Version, l load) []figures.Row {
	n := newNode(tb, v, b.agent, min(l.neighbors, answering))
	n.frr.Start()
	n.carry(l.vips)
	n.declare(l)
	n.startAgent(l.cluster)
	n.announces(l.vips)
	if l.routes > 0 {
		n.receives(l.routes)
	}
	n.ready()
	time.Sleep(b.settle)
	resident, anonymous, cpu := n.atRest(b.rest)
	row := func(what, unit string, samples ...float64) figures.Row {
		r := l.row
		r.Suite, r.FRR, r.What, r.Who, r.Unit, r.Samples = "cost", v.Name, r.What+what, "k8frr", unit, samples
		return r
	}
	return []figures.Row{
		row("resident memory", "MB", resident...),
		row("anonymous memory", "MB", anonymous...),
		row("resident memory, the most since its start", "MB", n.most()),
		row("processor", "% of a core", cpu...),
	}
}

// receives has the router send a table, and waits until bgpd has it.
func (n *node) receives(routes int) {
	n.check(n.tor.Fill(routes, torAddr(0)))
	n.until("bgpd has the routes", time.Second, func() bool {
		answer, err := n.frr.Vtysh(n.patient(), status.SummaryCommand)
		n.check(err)
		summary, err := status.ParseSummary([]byte(answer))
		n.check(err)
		return summary.Received() >= int64(routes)
	})
	n.frrRests()
}
