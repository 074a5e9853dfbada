//go:build linux

// Package kernel tests supervise/kernel with real interfaces on hosts of the
// lab.
package kernel

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/kernel"
)

// patience is how long anything may take that must happen. It is long because the machine may be busy.
const patience = 2 * time.Minute

// node is a host whose interfaces a test changes through its own netlink
// handle.
type node struct {
	t    testing.TB
	host *lab.Host
	*netlink.Handle
}

func newNode(t testing.TB) *node {
	t.Helper()
	n := &node{t: t, host: lab.New(t).Host("node")}
	n.host.Sysctl("net.ipv6.conf.default.dad_transmits", "1")
	must(t, n.host.Do(func() (err error) {
		n.Handle, err = netlink.NewHandleAt(netns.None(), unix.NETLINK_ROUTE)
		return err
	}))
	t.Cleanup(n.Handle.Close)
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ifb describes an interface that stands in for a dummy, which not every
// kernel has; to addresses and routes they are the same.
func ifb(name string) netlink.Link {
	attrs := netlink.NewLinkAttrs()
	attrs.Name = name
	return &netlink.Ifb{LinkAttrs: attrs}
}

// plug makes an interface, up.
func (n *node) plug(name string) netlink.Link {
	n.t.Helper()
	must(n.t, n.LinkAdd(ifb(name)))
	l := n.link(name)
	must(n.t, n.LinkSetUp(l))
	return l
}

func (n *node) link(name string) netlink.Link {
	n.t.Helper()
	l, err := n.LinkByName(name)
	must(n.t, err)
	return l
}

// address adds cidr to l, with flags; an IPv6 one without duplicate address
// detection.
func (n *node) address(l netlink.Link, cidr string, flags int) *netlink.Addr {
	n.t.Helper()
	a, err := netlink.ParseAddr(cidr)
	must(n.t, err)
	a.Flags = flags
	if a.IP.To4() == nil {
		a.Flags |= unix.IFA_F_NODAD
	}
	if err := n.AddrAdd(l, a); err != nil {
		n.t.Fatalf("adding %s: %v", cidr, err)
	}
	return a
}

// route adds a route to prefix by l, changed by edit.
func (n *node) route(l netlink.Link, prefix string, edit func(*netlink.Route)) *netlink.Route {
	n.t.Helper()
	_, dst, err := net.ParseCIDR(prefix)
	must(n.t, err)
	r := &netlink.Route{LinkIndex: l.Attrs().Index, Dst: dst, Scope: netlink.SCOPE_LINK, Protocol: unix.RTPROT_STATIC}
	if edit != nil {
		edit(r)
	}
	if err := n.RouteAdd(r); err != nil {
		n.t.Fatalf("adding a route to %s: %v", prefix, err)
	}
	return r
}

func (n *node) observe(patterns ...string) []render.Link {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	var links []render.Link
	must(n.t, n.host.Do(func() (err error) {
		links, err = kernel.Observe(ctx, patterns)
		return err
	}))
	return links
}

// expect compares what kube-lb0 carries with want.
func (n *node) expect(when string, want ...render.Link) {
	n.t.Helper()
	if diff := cmp.Diff(want, n.observe("kube-lb0"), cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		n.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// watch runs Watch on the node until the test ends, and returns once it is
// subscribed.
func (n *node) watch(notify func()) {
	n.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	subscribed, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() {
		ended <- n.host.Do(func() error {
			return kernel.Watch(ctx, func() {
				notify()
				select {
				case subscribed <- struct{}{}:
				default:
				}
			})
		})
	}()
	n.t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				n.t.Errorf("Watch: %v", err)
			}
		case <-time.After(patience):
			n.t.Error("Watch did not end with its context")
		}
	})
	select {
	case <-subscribed:
	case <-time.After(patience):
		n.t.Fatal("Watch did not subscribe")
	}
}

// churn calls change with 0, 1, 2 …, with pauses, until the test ends.
func (n *node) churn(pause time.Duration, change func(i int) error) {
	n.t.Helper()
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				stopped <- nil
				return
			case <-time.After(pause):
			}
			if err := change(i); err != nil {
				stopped <- err
				return
			}
		}
	}()
	n.t.Cleanup(func() {
		close(stop)
		if err := <-stopped; err != nil {
			n.t.Errorf("the churn stopped: %v", err)
		}
	})
}

func prefixes(cidrs ...string) []netip.Prefix {
	var ps []netip.Prefix
	for _, c := range cidrs {
		ps = append(ps, netip.MustParsePrefix(c))
	}
	return ps
}

func plain(cidrs ...string) []render.Address {
	var as []render.Address
	for _, p := range prefixes(cidrs...) {
		as = append(as, render.Address{Prefix: p})
	}
	return as
}
