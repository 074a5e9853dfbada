//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/supervise/plan"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

const (
	patience = 5 * time.Minute
	// rest is how long the router is listened to after a change: FRR acts on
	// changed policies a second later. pause lets what was put back settle.
	rest  = 1200 * time.Millisecond
	pause = 600 * time.Millisecond
)

// node is a node of the lab and the router that it peers with.
type node struct {
	tb   lab.TB
	host *lab.Host
	// carried is what kube-lb0 has.
	carried []netip.Prefix
	frr     *lab.FRR
	client  *vtysh.Client
	tor     *listener.Listener
}

// start makes a node with a running FRR.
func start(tb lab.TB, v lab.Version, options ...lab.FRROption) *node {
	l := lab.New(tb)
	host, tor := l.Host("node"), l.Host("tor")
	l.Connect(host.Port("eth0", nodeAddr+"/24"), tor.Port("eth0", torAddr+"/24"))
	host.KubeLB(kubeLB)
	n := &node{tb: tb, host: host, frr: host.FRR(v, options...), tor: tor.Listen(listener.Config{ASN: torASN})}
	n.frr.Start()
	n.client = vtysh.New(vtysh.Options{Path: n.frr.VtyshPath, SocketDir: n.frr.SocketDir, ConfigDir: n.frr.ConfigDir, Timeout: patience})
	tb.Cleanup(func() { _ = n.client.Close() })
	return n
}

// measure takes the samples of one change, of k8frr and then of frr-reload.py.
func (n *node) measure(c change, samples int, long time.Duration, alone bool) []row {
	ours := row{frr: n.frr.Version.Name, change: c.name, by: "k8frr"}
	l, end := n.run()
	put := func(s state) {
		n.carry(s.vips)
		n.check(l.set(n.patient(), s))
		time.Sleep(pause)
		n.hears(s)
	}
	put(c.to)
	to := n.file()
	put(c.from)
	from, running := n.file(), n.running()
	for range samples {
		n.carry(c.to.vips)
		mark, calls, began := n.tor.Mark(), len(l.router.calls()), time.Now()
		if c.from.spec == c.to.spec && slices.Equal(c.from.vips, c.to.vips) {
			n.check(l.again(n.patient()))
		} else {
			n.check(l.set(n.patient(), c.to))
		}
		ended := time.Now()
		time.Sleep(rest)
		s := split(l.router.calls()[calls:], began, ended)
		s.plan = n.planning(running, to)
		s.harm = n.harm(mark, c)
		ours.samples = append(ours.samples, s)
		put(c.from)
	}
	end()
	if alone {
		return []row{ours}
	}

	theirs := row{frr: n.frr.Version.Name, change: c.name, by: "frr-reload.py"}
	for range samples {
		n.hears(c.from)
		n.carry(c.to.vips)
		mark, began := n.tor.Mark(), time.Now()
		n.reload(to)
		s := sample{total: time.Since(began)}
		time.Sleep(rest)
		s.harm = n.harm(mark, c)
		s.differs = len(plan.Differences(n.running(), to))
		theirs.samples = append(theirs.samples, s)
		n.carry(c.from.vips)
		n.goTo(from)
		if s.total > long {
			break
		}
	}
	return []row{ours, theirs}
}

// split tells what the loop did with its time. A change of nothing but static
// routes is read back a little later, which counts all the same.
func split(calls []call, began, ended time.Time) sample {
	s := sample{total: ended.Sub(began)}
	applied := false
	for _, c := range calls {
		took := c.end.Sub(c.start)
		switch {
		case c.what == "check":
			s.check += took
		case c.what == "apply":
			s.apply += took
			applied = true
		case !applied && c.start.Before(ended):
			s.read += took
		case applied && s.verify == 0:
			if s.verify = took; c.start.After(ended) {
				s.total += took
			}
		}
	}
	return s
}

// planning is how long the planner takes for the change.
func (n *node) planning(running, to string) time.Duration {
	began := time.Now()
	plan.Between(running, to)
	return time.Since(began)
}

// harm is what the router heard that neither state asks for.
func (n *node) harm(mark int, c change) harm {
	var h harm
	kept := map[netip.Prefix]bool{}
	for _, p := range c.from.vips {
		kept[p] = true
	}
	both := map[netip.Prefix]bool{}
	for _, p := range c.to.vips {
		both[p] = kept[p]
	}
	for _, e := range n.tor.Since(mark) {
		switch {
		case e.Kind == listener.Down:
			h.resets++
		case e.Kind == listener.Withdrawn && both[e.Prefix]:
			h.withdrawn++
		}
	}
	return h
}

// carry has kube-lb0 carry these addresses. It takes FRR's time and not that of
// what is measured.
func (n *node) carry(vips []netip.Prefix) {
	has := map[netip.Prefix]bool{}
	for _, p := range n.carried {
		has[p] = true
	}
	for _, p := range vips {
		if !has[p] {
			n.host.AddAddress(kubeLB, p.String())
		}
		delete(has, p)
	}
	for p := range has {
		n.host.DelAddress(kubeLB, p.String())
	}
	n.carried = vips
	time.Sleep(pause)
}

// hears waits until the router hears what it should.
func (n *node) hears(s state) {
	if s.spec == "" {
		return
	}
	_, err := n.tor.WaitEstablished(n.patient())
	n.check(err)
	if len(s.vips) > 0 {
		_, err = n.tor.WaitAnnounced(n.patient(), s.vips...)
		n.check(err)
	}
}

// reload has frr-reload.py bring FRR to a configuration. It is told the node's
// name, which it would take back each time otherwise.
func (n *node) reload(text string) {
	name, err := os.Hostname()
	n.check(err)
	n.check(n.frr.WriteFile("frr.conf", "hostname "+name+"\n"+text))
	if _, err := n.frr.Reload(n.patient(), "/etc/frr/frr.conf"); err != nil {
		n.tb.Logf("FRR %s: %v", n.frr.Version.Name, err)
	}
}

// goTo brings FRR to a configuration, whatever it runs.
func (n *node) goTo(text string) {
	for range 10 {
		p := plan.Between(n.running(), text)
		if p.Empty() {
			return
		}
		_ = n.client.Apply(n.patient(), p.Script()) // the next look tells
		time.Sleep(pause)
	}
	n.tb.Fatalf("FRR %s does not come back to what it ran", n.frr.Version.Name)
}

func (n *node) running() string {
	text, err := n.client.Running(n.patient())
	n.check(err)
	return text
}

// file is what the loop has written into frr.conf.
func (n *node) file() string {
	text, err := os.ReadFile(filepath.Join(n.frr.ConfigDir, "frr.conf"))
	n.check(err)
	return string(text)
}

func sameSpec(a, b *v1.BGPConfiguration) bool { return fmt.Sprint(a.Spec) == fmt.Sprint(b.Spec) }
