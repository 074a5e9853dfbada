//go:build linux

package transitions_test

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
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
	talk    bool               // the routers announce routes, too
	present render.Input       // what the node runs
}

// router is one peer of the node.
type router struct {
	host   *lab.Host
	number int
	remote netip.Addr // the node, as the router sees it
	index  int        // of the interface to the node
	asn    uint32
	key    string
	ear    *listener.Listener
	mark   int
	heard  []listener.Event
}

// The node's peers: by IPv4, by IPv6, unnumbered, by a link-local address, from
// a range; and one of its own AS, which hears what the node accepts.
const (
	alone4         = "10.1.0.1"
	alone6         = "fd00:1::2"
	member1        = "10.1.0.3"
	member2        = "10.1.0.4"
	loose          = "10.1.0.5"
	witness        = "10.1.0.8"
	unnumberedPeer = "eth1"
	linkLocal      = "fe80::7"
	dynamic        = "10.3.0.2"
)

// links are what carries the node's service addresses.
var links = []string{"kube-lb0", "kube-lb1"}

func newFabric(t *testing.T, v lab.Version) *fabric {
	l := lab.New(t)
	host := l.Host("node")
	f := &fabric{routers: map[string]*router{}}
	lan := l.LAN(host.Port("eth0", "10.1.0.9/24", "fd00:1::9/64", "10.3.0.9/24"))
	add := func(peer, remote string) *lab.Host {
		number := len(f.routers) + 1
		h := l.Host(fmt.Sprintf("router%d", number))
		f.routers[peer] = &router{host: h, number: number, remote: netip.MustParseAddr(remote)}
		return h
	}
	for _, peer := range []string{alone4, member1, member2, loose, witness} {
		lan.Attach(add(peer, "10.1.0.9").Port("eth0", peer+"/24"))
	}
	lan.Attach(add(alone6, "fd00:1::9").Port("eth0", alone6+"/64"))
	lan.Attach(add(dynamic, "10.3.0.9").Port("eth0", dynamic+"/24"))
	// FRR takes the other address of a /31 for that of an unnumbered peer,
	// without waiting for a router advertisement.
	l.Connect(host.Port("eth1", "10.2.0.0/31"), add(unnumberedPeer, "10.2.0.0").Port("eth0", "10.2.0.1/31"))
	l.Connect(host.Port("eth2", "fe80::9/64"), add(linkLocal, "fe80::9").Port("eth0", linkLocal+"/64"))
	for _, r := range f.routers {
		if err := r.findIndex(); err != nil {
			t.Fatal(err)
		}
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
	f.kernel(t, in.Links)
	f.listen()
	p := plan.Between(f.running(t), wanted)
	if p.Empty() {
		f.present = in
		return p
	}
	if err := f.apply(t, p); err != nil {
		t.Errorf("FRR refuses the plan: %v\n%s", err, p)
	}
	applied := time.Now()
	if d := plan.Differences(f.running(t), wanted); len(d) > 0 {
		t.Errorf("differences remain: %v", d)
	}
	f.turn(t)                          // for the last words
	time.Sleep(200 * time.Millisecond) // on sessions whose listener is replaced now
	up := f.adjust(t, config, strings.Join(drift, ""))
	for _, fault := range f.settle(t, applied, up) {
		t.Error(fault)
	}
	f.present = in
	return p
}

// listen has what was heard until now forgotten.
func (f *fabric) listen() {
	for _, r := range f.routers {
		r.heard = nil
		if r.ear != nil {
			r.mark = r.ear.Mark()
		}
	}
}

// kernel gives the interfaces their addresses and routes, and FRR the time to
// have told of them.
func (f *fabric) kernel(t *testing.T, wanted []render.Link) {
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
	if maps.Equal(old, goal) {
		return
	}
	for a, was := range old {
		if is, keep := goal[a]; !keep || is != was {
			f.Host.DelAddress(a[0], a[1])
			delete(old, a)
		}
	}
	for a, noPrefixRoute := range goal {
		if _, there := old[a]; !there && noPrefixRoute {
			f.Host.AddAddress(a[0], a[1], lab.NoPrefixRoute)
		} else if !there {
			f.Host.AddAddress(a[0], a[1])
		}
	}
	time.Sleep(300 * time.Millisecond)
	f.silent(t, within(t, settling), 400*time.Millisecond)
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
