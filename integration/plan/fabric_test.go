//go:build linux

package plan_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
)

// fabric is a node among the routers that it peers with, each of which listens
// to what the node does.
type fabric struct {
	*node
	routers map[string]*router // by what the node calls them
	present render.Input       // what the node runs
}

// router is one peer of the node.
type router struct {
	host   *lab.Host
	remote netip.Addr // the node, as the router sees it
	index  int        // of the interface to a link-local node
	asn    uint32
	key    string
	ear    *listener.Listener
	mark   int
	heard  []listener.Event
}

// The node's peers: by IPv4, by IPv6, unnumbered, by a link-local address.
const (
	alone4         = "10.1.0.1"
	alone6         = "fd00:1::2"
	member1        = "10.1.0.3"
	member2        = "10.1.0.4"
	loose          = "10.1.0.5"
	unnumberedPeer = "eth1"
	linkLocal      = "fe80::7"
)

func newFabric(t *testing.T, v lab.Version) *fabric {
	l := lab.New(t)
	host := l.Host("node")
	f := &fabric{routers: map[string]*router{}}
	lan := l.LAN(host.Port("eth0", "10.1.0.9/24", "fd00:1::9/64"))
	add := func(peer, remote string) *lab.Host {
		h := l.Host(fmt.Sprintf("router%d", len(f.routers)))
		f.routers[peer] = &router{host: h, remote: netip.MustParseAddr(remote)}
		return h
	}
	for _, peer := range []string{alone4, member1, member2, loose} {
		lan.Attach(add(peer, "10.1.0.9").Port("eth0", peer+"/24"))
	}
	lan.Attach(add(alone6, "fd00:1::9").Port("eth0", alone6+"/64"))
	// FRR takes the other address of a /31 for that of an unnumbered peer,
	// without waiting for a router advertisement.
	l.Connect(host.Port("eth1", "10.2.0.0/31"), add(unnumberedPeer, "10.2.0.0").Port("eth0", "10.2.0.1/31"))
	l.Connect(host.Port("eth2", "fe80::9/64"), add(linkLocal, "fe80::9").Port("eth0", linkLocal+"/64"))
	if err := f.routers[linkLocal].findIndex(); err != nil {
		t.Fatal(err)
	}
	f.node = start(t, host, v)
	t.Cleanup(func() {
		for _, r := range f.routers {
			if r.ear != nil {
				r.ear.Close()
			}
		}
	})
	return f
}

// findIndex finds the interface of a router, by which it reaches a link-local
// address.
func (r *router) findIndex() error {
	return r.host.Do(func() error {
		link, err := net.InterfaceByName("eth0")
		if err == nil {
			r.index = link.Index
		}
		return err
	})
}

// rendered is what a node is told.
func rendered(t *testing.T, in render.Input) (*render.Config, string) {
	t.Helper()
	config, notes, err := render.Resolve(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notes {
		t.Log(n)
	}
	renderer, err := render.NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := renderer.Text(config)
	if err != nil {
		t.Fatal(err)
	}
	return config, text.Reveal()
}

// to makes the node what it is told, but for what somebody does to it by hand,
// by a plan, and waits until all is quiet.
func (f *fabric) to(t *testing.T, in render.Input, drift []string) *plan.Plan {
	t.Helper()
	config, wanted := rendered(t, in)
	wanted = strings.NewReplacer(drift...).Replace(wanted)
	byHand := strings.Join(drift, "")
	for _, r := range f.routers {
		r.heard = nil
		if r.ear != nil {
			r.mark = r.ear.Mark()
		}
	}
	f.kernel(in.Links)
	p := plan.Between(f.running(t), wanted)
	if p.Empty() {
		return p
	}
	if err := f.apply(t, p); err != nil {
		t.Errorf("FRR refuses the plan: %v\n%s", err, p)
	}
	applied := time.Now()
	if d := plan.Differences(f.running(t), wanted); len(d) > 0 {
		t.Errorf("differences remain: %v", d)
	}
	time.Sleep(200 * time.Millisecond) // for the last words on sessions whose listener is replaced now
	up := f.adjust(t, config, byHand)
	f.settle(t, applied, up)
	f.present = in
	return p
}

// kernel gives the interfaces their addresses and routes.
func (f *fabric) kernel(wanted []render.Link) {
	addresses := func(links []render.Link) map[[2]string]bool {
		all := map[[2]string]bool{}
		for _, l := range links {
			for _, a := range l.Addresses {
				all[[2]string{l.Name, a.Prefix.String()}] = a.NoPrefixRoute
			}
		}
		return all
	}
	old, goal := addresses(f.present.Links), addresses(wanted)
	for a := range old {
		if _, keep := goal[a]; !keep {
			f.Host.DelAddress(a[0], a[1])
		}
	}
	for a, noPrefixRoute := range goal {
		if _, there := old[a]; !there && noPrefixRoute {
			f.Host.AddAddress(a[0], a[1], lab.NoPrefixRoute)
		} else if !there {
			f.Host.AddAddress(a[0], a[1])
		}
	}
}

// adjust makes the routers expect what the node is told, and returns those
// whose session must come up.
func (f *fabric) adjust(t *testing.T, c *render.Config, drift string) map[string]bool {
	t.Helper()
	up := map[string]bool{}
	for _, n := range c.Neighbors {
		r := f.routers[n.ID]
		key := n.Password
		if i := slices.IndexFunc(c.PeerGroups, func(g render.PeerGroup) bool { return g.Name == n.PeerGroup }); i >= 0 && key.IsZero() {
			key = c.PeerGroups[i].Password
		}
		up[n.ID] = !n.AdminDown && len(n.Families) > 0 && !strings.Contains(drift, n.ID+" shutdown")
		if strings.Contains(drift, n.ID+" password other") {
			key = render.NewSecret("other")
		}
		if r.ear != nil && r.key == key.Reveal() && r.asn == uint32(n.PeerASN) {
			continue
		}
		r.collect()
		if r.ear != nil {
			r.ear.Close()
		}
		r.key, r.asn = key.Reveal(), uint32(n.PeerASN)
		config := listener.Config{ASN: r.asn}
		if r.key != "" {
			config.Passwords = map[netip.Addr]string{r.remote: r.key}
		}
		r.ear, r.mark = listen(t, r.host, config), 0
	}
	return up
}

// listen starts a listener where one has just ended. Its socket may outlive it
// for a moment, in a process that is just being forked.
func listen(t *testing.T, host *lab.Host, config listener.Config) *listener.Listener {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		ear, err := listener.Start(host, config)
		if err == nil {
			return ear
		}
		if !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// settle waits until the sessions are up that must be, an edited route map has
// acted, and nobody has said anything for a while.
func (f *fabric) settle(t *testing.T, applied time.Time, up map[string]bool) {
	t.Helper()
	ctx := within(t, 30*time.Second)
	for peer, r := range f.routers {
		if !up[peer] {
			continue
		}
		if _, err := r.established(ctx, peer); err != nil {
			t.Fatalf("%s: %v", peer, err)
		}
	}
	for peer, r := range f.routers {
		for end := time.Now().Add(4 * time.Second); up[peer] && !r.begun() && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
	}
	// bgp route-map delay-timer 1
	time.Sleep(time.Until(applied.Add(1500 * time.Millisecond)))
	for f.quiet() < 900*time.Millisecond && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	for peer, r := range f.routers {
		r.collect()
		if r.ear != nil && up[peer] != (len(r.ear.Established()) > 0) {
			t.Errorf("session with %s: must be up: %v, is up: %v", peer, up[peer], !up[peer])
		}
	}
}

// established waits for the session of a router. FRR 8.4 does not connect to a
// link-local address, but accepts: there the router has to.
func (r *router) established(ctx context.Context, peer string) (listener.Event, error) {
	for peer == linkLocal && len(r.ear.Established()) == 0 && ctx.Err() == nil {
		node := netip.AddrPortFrom(r.remote.WithZone(strconv.Itoa(r.index)), 179)
		_ = r.ear.Dial(ctx, node) // not before the node has done with the last session
		time.Sleep(300 * time.Millisecond)
	}
	return r.ear.WaitEstablished(ctx)
}

// begun says whether a router has heard the first routes of its session to
// their end (RFC 4724 section 2).
func (r *router) begun() bool {
	for _, e := range slices.Backward(r.ear.Events()) {
		switch e.Kind {
		case listener.EndOfRIB:
			return true
		case listener.Established:
			return false
		}
	}
	return false
}

// quiet is how long ago the last event was.
func (f *fabric) quiet() time.Duration {
	least := time.Hour
	for _, r := range f.routers {
		if r.ear == nil {
			continue
		}
		if events := r.ear.Events(); len(events) > 0 {
			least = min(least, time.Since(events[len(events)-1].At))
		}
	}
	return least
}

func (r *router) collect() {
	if r.ear != nil {
		r.heard = append(r.heard, r.ear.Since(r.mark)...)
		r.mark = r.ear.Mark()
	}
}

// announced are the prefixes that a router knows from the node.
func (r *router) announced() []netip.Prefix {
	if r.ear == nil {
		return nil
	}
	return slices.SortedFunc(maps.Keys(r.ear.Announced()), func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
}
