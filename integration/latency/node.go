//go:build linux

package main

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"regexp"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// bench is what one set of figures is measured with.
type bench struct {
	version lab.Version
	vips    int // that are present on each node meanwhile
	wanted  int // samples of each figure
	budget  time.Duration
	burst   int
	churn   time.Duration
	agent   string
	only    *regexp.Regexp
	small   bool // of a few VIPs, all the same
}

func (b bench) String() string { return fmt.Sprintf("FRR %s, %d VIPs", b.version, b.vips) }

// node is one of a rival's two. It holds the VIPs that stay.
type node struct {
	*rival
	host          *lab.Host
	frr           *lab.FRR
	address, peer netip.Addr // peer is the router's
	stay          []netip.Prefix
	hand          announcer
}

const (
	kubeLB    = "kube-lb0"
	nodeASN   = 65000
	routerASN = 65001
	patience  = 2 * time.Minute
)

// enter is a contender whose router has heard of all VIPs that stay.
func enter(tb lab.TB, b bench, c contender) *rival {
	l := lab.New(tb)
	r := &rival{contender: c, bench: b, tb: tb, samples: map[string][]time.Duration{}}
	router := l.Host("router")
	r.router = router.Listen(listener.Config{ASN: routerASN})
	for i := range r.nodes {
		net := byte(1 + i)
		n := &node{rival: r, host: l.Host(fmt.Sprintf("node%d", net)), stay: prefixes(10*net, b.vips),
			address: netip.AddrFrom4([4]byte{10, net, 0, 2}), peer: netip.AddrFrom4([4]byte{10, net, 0, 1})}
		l.Connect(n.host.Port("eth0", n.address.String()+"/24"), router.Port(fmt.Sprintf("eth%d", net), n.peer.String()+"/24"))
		n.host.KubeLB(kubeLB)
		if c.carried {
			carrier{n}.add(n.stay...)
		}
		n.frr = n.host.FRR(b.version, lab.Config(c.conf(n)))
		n.frr.Start()
		n.hand = c.start(n)
		r.nodes[i] = n
	}
	for i, n := range r.nodes {
		if len(n.stay) > 0 {
			r.await(command{node: n.address, add: true, vips: n.stay})
		}
		r.await(r.add("", i, theVIP)) // with its first one bgpd makes its update groups
		r.await(r.remove("", i, theVIP))
	}
	r.calm()
	r.log, r.mark = nil, r.router.Mark()
	return r
}

// prefixes are so many VIPs of 10.first.0.0 and what follows.
func prefixes(first byte, n int) []netip.Prefix {
	list := make([]netip.Prefix, n)
	for i := range list {
		list[i] = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, first + byte(i/62500), byte(i / 250 % 250), byte(i%250 + 1)}), 32)
	}
	return list
}

func (n *node) path(name string) string { return filepath.Join(n.host.Dir(), name) }

// within fails the run unless something is done in time.
func (r *rival) within(do func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r.check(do(ctx))
}

func (r *rival) check(err error) {
	if err != nil {
		r.tb.Fatalf("%s, %s: %v", r.bench, r.contender.name, err)
	}
}
