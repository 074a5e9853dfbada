//go:build linux

package kernel

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"github.com/k8frr/k8frr/render"
)

// bell is a notify that keeps at most one ring.
type bell chan struct{}

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// settle waits until there has been no ring for a while.
func (b bell) settle() {
	for {
		select {
		case <-b:
		case <-time.After(30 * time.Millisecond):
			return
		}
	}
}

// await waits for a ring.
func (b bell) await(t *testing.T, after string) {
	t.Helper()
	select {
	case <-b:
	case <-time.After(patience):
		t.Fatalf("%s: not notified", after)
	}
}

func TestWatchNotifies(t *testing.T) {
	n := newNode(t)
	b := make(bell, 1)
	n.watch(b.ring)

	var lb netlink.Link
	addr := func(cidr string) func() {
		return func() { n.address(lb, cidr, 0) }
	}
	unaddr := func(cidr string) func() {
		return func() {
			a, err := netlink.ParseAddr(cidr)
			must(t, err)
			must(t, n.AddrDel(lb, a))
		}
	}
	var r *netlink.Route
	routed := func(prefix string) func() { return func() { r = n.route(lb, prefix, nil) } }
	unrouted := func() { must(t, n.RouteDel(r)) }

	changes := []struct {
		change string
		make   func()
	}{
		{"interface made", func() {
			must(t, n.LinkAdd(ifb("kube-lb0")))
			lb = n.link("kube-lb0")
		}},
		{"up", func() { must(t, n.LinkSetUp(lb)) }},
		{"IPv4 host", addr("10.9.9.9/32")},
		{"IPv4 subnet", addr("10.1.0.1/24")},
		{"IPv4 secondary", addr("10.1.0.2/24")},
		{"IPv6 host", addr("fd00:8::1/128")},
		{"IPv6 subnet", addr("fd00:7::1/64")},
		{"IPv4 route", routed("10.2.0.0/16")},
		{"IPv4 route gone", unrouted},
		{"IPv6 route", routed("fd00:2::/48")},
		{"IPv6 route gone", unrouted},
		{"IPv4 host gone", unaddr("10.9.9.9/32")},
		{"IPv4 primary gone", unaddr("10.1.0.1/24")},
		{"IPv6 subnet gone", unaddr("fd00:7::1/64")},
		{"IPv6 host gone", unaddr("fd00:8::1/128")},
		{"down", func() { must(t, n.LinkSetDown(lb)) }},
		{"renamed", func() { must(t, n.LinkSetName(lb, "lb-old")) }},
		{"interface gone", func() { must(t, n.LinkDel(lb)) }},
	}
	// A busy machine makes any of them late as often as not, but none of them each time.
	const prompt, rounds = 50 * time.Millisecond, 50
	took := make([]time.Duration, len(changes))
	late := func(d time.Duration) bool { return d == 0 || d > prompt }
	for round := 0; round < rounds && slices.ContainsFunc(took, late); round++ {
		for i, c := range changes {
			b.settle()
			c.make()
			start := time.Now()
			b.await(t, c.change)
			if d := time.Since(start); took[i] == 0 || d < took[i] {
				took[i] = d
			}
		}
	}
	for i, d := range took {
		if late(d) {
			t.Errorf("%s: notified after %v at best; want %v at most", changes[i].change, d, prompt)
		}
	}
	slices.Sort(took)
	t.Logf("notified after the change was made: median %v, longest %v", took[len(took)/2], took[len(took)-1])
}

// Routes of routing daemons are none of its business, however many they are.
func TestWatchIgnoresRoutingDaemons(t *testing.T) {
	n := newNode(t)
	lb, other := n.plug("kube-lb0"), n.plug("eth0")
	n.address(other, "10.77.0.1/24", 0)
	n.address(other, "fd00:77::1/64", 0)
	var rings atomic.Int64
	b := make(bell, 1)
	n.watch(func() { rings.Add(1); b.ring() })
	b.settle()
	rings.Store(0)

	for i := range 2000 {
		third := byte(i % 250)
		r := n.route(other, net.IPv4(10, 8, third, 0).String()+"/24", func(r *netlink.Route) {
			r.Protocol, r.Gw, r.Scope = 186, net.IPv4(10, 77, 0, 9), netlink.SCOPE_UNIVERSE
		})
		must(t, n.RouteDel(r))
		r = n.route(other, fmt.Sprintf("fd00:%x::/48", 0x100+i%250), func(r *netlink.Route) {
			r.Protocol, r.Gw, r.Scope = 186, net.ParseIP("fd00:77::9"), netlink.SCOPE_UNIVERSE
		})
		must(t, n.RouteDel(r))
		r = n.route(lb, net.IPv4(10, 9, third, 0).String()+"/24", func(r *netlink.Route) { r.Protocol = 196 })
		must(t, n.RouteDel(r))
	}
	const none = "%d notifications of 12,000 changes that concern nobody; want none"
	b.settle()
	if n := rings.Load(); n != 0 {
		t.Fatalf(none, n)
	}
	n.route(lb, "10.2.0.0/16", nil)
	b.await(t, "an imported route among them")
	if n := rings.Load(); n != 1 { // the kernel announces in order: all before it has been read
		t.Errorf(none, n-1)
	}
}

// When the kernel had to drop announcements, Watch subscribes again and calls
// notify, and works as before.
func TestWatchSurvivesOverflow(t *testing.T) {
	n := newNode(t)
	lb := n.plug("kube-lb0")
	b := make(bell, 1)
	var blocked atomic.Bool
	release := make(chan struct{})
	var current atomic.Value // the subscriber at the latest call
	n.watch(func() {
		if blocked.Load() {
			<-release
		}
		if s, err := subscription(); err == nil {
			current.Store(s)
		}
		b.ring()
	})
	b.settle()
	first := n.subscription()

	// With its reader held up, announcements pile up until the kernel drops
	// some.
	blocked.Store(true)
	a, err := netlink.ParseAddr("10.9.9.9/32")
	must(t, err)
	for i := 0; n.subscription().drops == 0; i++ {
		for range 500 {
			must(t, n.AddrAdd(lb, a))
			must(t, n.AddrDel(lb, a))
		}
		if i == 200 {
			t.Fatal("200,000 changes did not overflow the subscription's buffer")
		}
	}
	// The announcement of this one is lost, too.
	n.address(lb, "10.1.0.1/24", 0)
	blocked.Store(false)
	close(release)

	deadline := time.Now().Add(patience)
	for current.Load().(subscriber).inode == first.inode {
		if time.Now().After(deadline) {
			t.Fatal("no notification from a new subscription after the overflow")
		}
		time.Sleep(time.Millisecond)
	}
	n.expect("after the overflow", render.Link{Name: "kube-lb0", Up: true, Addresses: plain("10.1.0.1/24")})
	b.settle()
	n.address(lb, "10.1.0.2/24", 0)
	b.await(t, "a change after the overflow")
}

// subscriber is the one subscribed netlink socket of a host, as the kernel
// accounts for it.
type subscriber struct {
	inode string
	drops int
}

func (n *node) subscription() (s subscriber) {
	n.t.Helper()
	must(n.t, n.host.Do(func() (err error) {
		s, err = subscription()
		return err
	}))
	return s
}

// subscription reads the subscriber of the thread's namespace.
func subscription() (s subscriber, err error) {
	table, err := os.ReadFile("/proc/thread-self/net/netlink")
	if err != nil {
		return s, err
	}
	for line := range strings.Lines(string(table)) {
		// sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
		f := strings.Fields(line)
		if len(f) == 10 && f[1] == "0" && f[3] != "00000000" {
			s.inode = f[9]
			s.drops, err = strconv.Atoi(f[8])
			return s, err
		}
	}
	return s, errors.New("no netlink socket is subscribed to anything")
}
