package main

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// bench is what one set of figures is measured with.
type bench struct {
	version lab.Version
	vips    int
	samples int
	agent   string
}

// node is a node of the lab and the routers that it peers with.
type node struct {
	bench
	tb   lab.TB
	host *lab.Host
	frr  *lab.FRR
	// tor hears the VIPs. The session with spare is what configurations change.
	tor, spare *listener.Listener
}

const (
	kubeLB    = "kube-lb0"
	torAddr   = "10.1.0.1"
	spareAddr = "10.2.0.1"
	nodeASN   = 65000
	torASN    = 65001
	patience  = 30 * time.Second
	// rest lets what a change has set in motion come to an end.
	rest = 300 * time.Millisecond
)

var theVIP = netip.MustParsePrefix("10.9.255.1/32")

// measure takes all figures of one contender.
func measure(tb lab.TB, c contender, b bench) []row {
	l := lab.New(tb)
	n := &node{bench: b, tb: tb, host: l.Host("node")}
	tor, spare := l.Host("tor"), l.Host("spare")
	l.Connect(n.host.Port("eth0", "10.1.0.2/24"), tor.Port("eth0", torAddr+"/24"))
	l.Connect(n.host.Port("eth1", "10.2.0.2/24"), spare.Port("eth0", spareAddr+"/24"))
	n.tor, n.spare = tor.Listen(listener.Config{ASN: torASN}), spare.Listen(listener.Config{ASN: torASN})
	n.host.KubeLB(kubeLB)
	n.frr = n.host.FRR(b.version, lab.Config("hostname node\n"))
	n.frr.Start()
	vip := c.start(n)
	for _, listener := range []*listener.Listener{n.tor, n.spare} {
		n.must(listener.WaitEstablished(n.patient()))
	}
	c.populate(n)
	if len(n.present()) > 0 {
		n.must(n.tor.WaitAnnounced(n.patient(), n.present()...))
	}

	who := func(change string, samples []time.Duration) row {
		return row{b.version.Name, b.vips, change, c.name, samples}
	}
	var adds, removes []time.Duration
	for i := range b.samples + 1 {
		time.Sleep(rest)
		start := time.Now()
		vip.add(n)
		e := n.must(n.tor.WaitAnnounced(n.patient(), theVIP))
		adds = append(adds, e.At.Sub(start))
		time.Sleep(rest)
		start = time.Now()
		vip.remove(n)
		e = n.must(n.tor.WaitWithdrawn(n.patient(), theVIP))
		removes = append(removes, e.At.Sub(start))
		if i == 0 { // bgpd makes its update groups with the first
			adds, removes = nil, nil
		}
	}
	rows := []row{who("VIP add", adds), who("VIP remove", removes)}
	if c.shutSpare == nil {
		return rows
	}
	var changes []time.Duration
	for range min(b.samples, 10) { // the session has to come up again each time
		n.must(n.spare.WaitEstablished(n.patient()))
		time.Sleep(rest)
		start := time.Now()
		c.shutSpare(n, true)
		e := n.must(n.spare.WaitDown(n.patient()))
		changes = append(changes, e.At.Sub(start))
		time.Sleep(rest)
		c.shutSpare(n, false)
	}
	return append(rows, who("one line of configuration", changes))
}

// present are the VIPs that are there all the time.
func (n *node) present() []netip.Prefix {
	prefixes := make([]netip.Prefix, n.vips)
	for i := range prefixes {
		prefixes[i] = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 9, byte(i / 250), byte(i%250 + 1)}), 32)
	}
	return prefixes
}

func (n *node) must(e listener.Event, err error) listener.Event {
	if err != nil {
		n.tb.Fatalf("FRR %s, %d VIPs: %v", n.version.Name, n.vips, err)
	}
	return e
}

// patient is a context for what should not take long, but may.
func (n *node) patient() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	n.tb.Cleanup(cancel)
	return ctx
}

func (n *node) path(name string) string { return filepath.Join(n.host.Dir(), name) }

func (n *node) check(err error) {
	if err != nil {
		n.tb.Fatalf("%v", fmt.Errorf("FRR %s, %d VIPs: %w", n.version.Name, n.vips, err))
	}
}
