//go:build linux

package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// bench is what one set of figures is measured with.
type bench struct {
	version                       lab.Version
	routes, vips, samples, tables int
}

// node is a node of the lab, and the router that it peers with.
type node struct {
	bench
	tb     lab.TB
	host   *lab.Host
	frr    *lab.FRR
	client *vtysh.Client
	tor    *listener.Listener
	config *render.Config
	links  []render.Link
}

const (
	kubeLB   = "kube-lb0"
	torAddr  = "10.1.0.1"
	nodeASN  = 65000
	torASN   = 65001
	patience = 10 * time.Minute // for a table to be read, or printed
)

var theVIP = netip.MustParsePrefix("10.9.255.1/32")

// config is, in what counts, what the agent renders: everything is accepted, and nothing reaches the kernel.
const config = `ip protocol bgp route-map KERNEL
route-map KERNEL deny 10
exit
route-map VIPS permit 10
 match interface kube-lb0
exit
router bgp %d
 bgp router-id 10.1.0.2
 no bgp ebgp-requires-policy
 neighbor %s remote-as %d
 neighbor %[2]s timers connect 1
 address-family ipv4 unicast
  redistribute connected route-map VIPS
 exit-address-family
exit
`

// newNode is a node whose bgpd has all routes.
func newNode(tb lab.TB, b bench) *node {
	l := lab.New(tb)
	n := &node{bench: b, tb: tb, host: l.Host("node")}
	tor := l.Host("tor")
	l.Connect(n.host.Port("eth0", "10.1.0.2/24"), tor.Port("eth0", torAddr+"/24"))
	n.tor = tor.Listen(listener.Config{ASN: torASN})
	n.host.KubeLB(kubeLB)
	link := render.Link{Name: kubeLB, Up: true}
	for i := range b.vips {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 9, byte(i / 250), byte(i%250 + 1)}), 32)
		n.host.AddAddress(kubeLB, p.String())
		link.Addresses = append(link.Addresses, render.Address{Prefix: p})
	}
	n.links = []render.Link{link}
	n.config = &render.Config{ASN: nodeASN, Instance: render.Instance{
		Neighbors: []render.Neighbor{{ID: torAddr, Address: netip.MustParseAddr(torAddr), PeerASN: torASN}},
		Import:    render.Import{Enabled: true, Patterns: []string{kubeLB}, Interfaces: []string{kubeLB}},
	}}
	n.frr = n.host.FRR(b.version, lab.Config(fmt.Sprintf(config, nodeASN, torAddr, torASN)))
	n.frr.Start()
	n.client = vtysh.New(vtysh.Options{Path: n.frr.VtyshPath, SocketDir: n.frr.SocketDir, ConfigDir: n.frr.ConfigDir, MaxAnswer: 4 << 30})
	tb.Cleanup(func() { n.client.Close() })
	n.must(n.tor.WaitEstablished(n.patient()))
	n.feed()
	return n
}

// feed sends routes, and waits until bgpd has them.
func (n *node) feed() {
	start := time.Now()
	n.check(n.tor.Fill(n.routes, netip.MustParseAddr(torAddr)))
	for n.received() < int64(n.routes) {
		time.Sleep(time.Second)
		if time.Since(start) > patience {
			n.tb.Fatalf("bgpd has %d of %d routes after %s", n.received(), n.routes, patience)
		}
	}
	fmt.Fprintf(os.Stderr, "FRR %s has %d routes after %s\n", n.version.Name, n.routes, time.Since(start).Round(time.Second))
	n.rest()
}

func (n *node) received() int64 {
	answer, err := n.client.Show(n.patient(), "bgpd", status.SummaryCommand)
	n.check(err)
	summary, err := status.ParseSummary(answer)
	n.check(err)
	return summary.Received()
}

// rest waits until bgpd and zebra have nothing more to do.
func (n *node) rest() {
	for _, daemon := range []string{"bgpd", "zebra"} {
		for before := n.cpu(daemon); ; {
			time.Sleep(2 * time.Second)
			now := n.cpu(daemon)
			if now-before < 100*time.Millisecond {
				break
			}
			before = now
		}
	}
}

// cpu is the processor time that the main thread of a daemon has taken, which does all that counts here.
func (n *node) cpu(daemon string) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", n.host.Process(daemon).PID()))
	n.check(err)
	var ran int64 // in nanoseconds; more follows
	_, err = fmt.Sscan(string(text), &ran)
	n.check(err)
	return time.Duration(ran)
}

func (n *node) must(e listener.Event, err error) listener.Event {
	n.check(err)
	return e
}

// patient is a context for what may take long.
func (n *node) patient() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	n.tb.Cleanup(cancel)
	return ctx
}

func (n *node) check(err error) {
	if err != nil {
		n.tb.Fatalf("FRR %s, %d routes: %v", n.version.Name, n.routes, err)
	}
}
