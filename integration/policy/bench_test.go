//go:build linux

package policy

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/render/policy"
)

// ownASN is the router's AS number, ownTag what its own routes carry.
const (
	ownASN = 65001
	ownTag = 7473
)

// neighbor is a neighbor of the router.
type neighbor struct {
	name   string
	asn    uint32
	own    addresses // the neighbor's
	router addresses // the router's on the same network
}

// addresses are an IPv4 and an IPv6 address.
type addresses [2]netip.Addr

func parse(v4, v6 string) addresses {
	return addresses{netip.MustParseAddr(v4), netip.MustParseAddr(v6)}
}

func (a addresses) of(f v1.Family) netip.Addr {
	if f == v1.IPv6Unicast {
		return a[1]
	}
	return a[0]
}

// networks are both with their prefix lengths.
func (a addresses) networks() []string { return []string{a[0].String() + "/16", a[1].String() + "/64"} }

// The router reflects routes between the two internal neighbors. The customer
// is on a network of its own: on a common one FRR, unlike GoBGP, leaves it the
// next hop of a third router (RFC 4271 section 5.1.3).
var (
	onLAN     = parse("10.1.0.1", "fd00:1::1")
	onCable   = parse("10.66.0.1", "fd00:66::1")
	neighbors = []neighbor{
		{"external", 65002, parse("10.1.0.2", "fd00:1::2"), onLAN},
		{"internal", ownASN, parse("10.1.0.3", "fd00:1::3"), onLAN},
		{"watcher", ownASN, parse("10.1.0.4", "fd00:1::4"), onLAN},
		{"customer", 65003, parse("10.66.0.5", "fd00:66::5"), onCable},
	}
)

func (n neighbor) address(f v1.Family) netip.Addr { return n.own.of(f) }

func neighborNamed(name string) neighbor {
	for _, n := range neighbors {
		if n.name == name {
			return n
		}
	}
	panic("there is no neighbor " + name)
}

// trial is a policy and the routes that it is tried with.
type trial struct {
	spec      v1.BGPConfigurationSpec // definedSets and policyDefinitions
	chain     v1.PolicyAssignment
	direction policy.Direction
	from, to  neighbor
	family    v1.Family
	routes    []route
}

// subject is the neighbor that the policy is applied to.
func (t trial) subject() neighbor {
	if t.direction == policy.Import {
		return t.from
	}
	return t.to
}

// router is an implementation of BGP that runs policies.
type router interface {
	// apply makes the trial's policy the only one, and the marker pass it.
	apply(ctx context.Context, t trial, marker netip.Prefix) error
	// originate makes these the router's own routes, and no others.
	originate(ctx context.Context, prefixes []netip.Prefix) error
}

// bench is a router and its neighbors.
type bench struct {
	router    router
	listeners map[string]*listener.Listener
	sent      map[string][]netip.Prefix // by neighbor
	trials    int
}

func newBench(t *testing.T, start func(*lab.Host) router) *bench {
	l := lab.New(t)
	host := l.Host("router")
	lan := l.LAN(host.Port("eth0", onLAN.networks()...))
	b := &bench{listeners: map[string]*listener.Listener{}, sent: map[string][]netip.Prefix{}}
	for _, n := range neighbors {
		h := l.Host(n.name)
		if port := h.Port("eth0", n.own.networks()...); n.router == onLAN {
			lan.Attach(port)
		} else {
			l.Connect(host.Port("eth1", n.router.networks()...), port)
		}
		b.listeners[n.name] = h.Listen(listener.Config{ASN: n.asn, RouterID: n.own[0]})
	}
	b.router = start(host)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, n := range neighbors {
		for _, a := range n.router {
			if err := b.connect(ctx, n, a); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, r := range anchors {
		family := bgp.RF_IPv4_UC
		if r.prefix.Addr().Is6() {
			family = bgp.RF_IPv6_UC
		}
		message, err := r.update(0, r.nexthop)
		if err == nil {
			err = b.listeners["watcher"].Send(family, message)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// anchors have FRR watch all the next hops all the time: it would otherwise
// ask zebra for each when the first route with it comes.
var anchors = []route{anchor("198.51.100.7/32", "10.1.7.7"), anchor("198.51.100.9/32", "10.1.7.9"), anchor("2001:db8::7/128", "fd00:1::7:7"), anchor("2001:db8::9/128", "fd00:1::7:9")}

func anchor(prefix, nexthop string) route {
	return route{prefix: netip.MustParsePrefix(prefix), nexthop: netip.MustParseAddr(nexthop), origin: "igp", path: "-"}
}

func (b *bench) connect(ctx context.Context, n neighbor, router netip.Addr) error {
	l := b.listeners[n.name]
	for {
		if err := l.Dial(ctx, netip.AddrPortFrom(router, 179)); err == nil {
			short, cancel := context.WithTimeout(ctx, 5*time.Second)
			_, err = l.From(router).WaitEstablished(short)
			cancel()
			if err == nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s has no session with %s", n.name, router)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// run tries a policy, and returns what the neighbor at the other end hears.
func (b *bench) run(ctx context.Context, t trial) ([]route, error) {
	for name, prefixes := range b.sent {
		if err := b.listeners[name].Withdraw(prefixes...); err != nil {
			return nil, err
		}
	}
	clear(b.sent)
	b.trials++
	marker := netip.MustParsePrefix(fmt.Sprintf("203.%d.%d.1/32", b.trials/250, b.trials%250))
	family := bgp.RF_IPv4_UC
	if t.family == v1.IPv6Unicast {
		marker = netip.MustParsePrefix(fmt.Sprintf("2001:db8:ffff::%x/128", b.trials))
		family = bgp.RF_IPv6_UC
	}
	if err := b.router.apply(ctx, t, marker); err != nil {
		return nil, err
	}
	var own []netip.Prefix
	asn := t.from.asn
	if asn == ownASN {
		asn = 0
	}
	sender := b.listeners[t.from.name]
	send := func(r route) error {
		message, err := r.update(asn, t.from.address(t.family))
		if err == nil {
			b.sent[t.from.name] = append(b.sent[t.from.name], r.prefix)
			err = sender.Send(family, message)
		}
		return err
	}
	for _, r := range t.routes {
		if r.local {
			own = append(own, r.prefix)
		} else if err := send(r); err != nil {
			return nil, err
		}
	}
	if err := b.router.originate(ctx, own); err != nil {
		return nil, err
	}
	// Not before the routes: GoBGP may reorder what it sends together.
	select {
	case <-time.After(40 * time.Millisecond):
	case <-ctx.Done():
	}
	if err := send(route{prefix: marker, origin: "igp", path: "-"}); err != nil {
		return nil, err
	}
	ear := b.listeners[t.to.name].From(t.to.router.of(t.family))
	if _, err := ear.WaitAnnounced(ctx, marker); err != nil {
		return nil, err
	}
	return b.hears(ctx, t)
}

// hears waits until what the neighbor at the other end hears has been the same
// for a moment.
func (b *bench) hears(ctx context.Context, t trial) ([]route, error) {
	ear := b.listeners[t.to.name].From(t.to.router.of(t.family))
	sent := map[netip.Prefix]bool{}
	for _, r := range t.routes {
		sent[r.prefix] = true
	}
	var before string
	for {
		var routes []route
		var text []string
		for prefix, l := range ear.Announced() {
			if sent[prefix] {
				routes = append(routes, heard(l))
			}
		}
		sortRoutes(routes)
		for _, r := range routes {
			text = append(text, r.String())
		}
		now := strings.Join(text, "\n") + "\n"
		if now == before {
			return routes, nil
		}
		before = now
		select {
		case <-time.After(60 * time.Millisecond):
		case <-ctx.Done():
			return nil, errors.New("the routes keep changing")
		}
	}
}
