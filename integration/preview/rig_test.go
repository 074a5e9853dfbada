//go:build linux

package main

import (
	"cmp"
	"context"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8frr/k8frr/api/manifest"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

type fleetOf = *fleet.Fleet

// rig is a node with FRR, and two routers that listen to it.
type rig struct {
	*lab.FRR
	client  *vtysh.Client
	version string
	hosts   map[string]*lab.Host
	ears    map[string]*listener.Listener
	keys    map[string]string
	// replaced, unless nil, is told of a listener that ends, to hear what it has
	// heard.
	replaced func(peer string, ear *listener.Listener)
}

// carried is what kube-lb0 has.
var carried = []string{"10.200.0.5/24", "10.201.0.5/24", "fd00:7::1/128"}

func newRig(t *testing.T, v lab.Version) *rig {
	l := lab.New(t)
	node := l.Host("node")
	lan := l.LAN(node.Port("eth0", "10.1.0.9/24"))
	r := &rig{version: v.Name, hosts: map[string]*lab.Host{}, ears: map[string]*listener.Listener{}, keys: map[string]string{}}
	for i, peer := range []string{first, second} {
		r.hosts[peer] = l.Host([]string{"first", "second"}[i])
		lan.Attach(r.hosts[peer].Port("eth0", peer+"/24"))
	}
	if _, err := node.Exec(t.Context(), "ip", "link", "add", "kube-lb0", "up", "type", "ifb"); err != nil {
		t.Fatal(err)
	}
	for _, a := range carried {
		node.AddAddress("kube-lb0", a)
	}
	r.FRR = node.FRR(v, lab.Daemons("bfdd"))
	r.Start()
	r.client = vtysh.New(vtysh.Options{Path: r.VtyshPath, SocketDir: r.SocketDir, ConfigDir: r.ConfigDir})
	t.Cleanup(func() {
		_ = r.client.Close()
		for _, ear := range r.ears {
			ear.Close()
		}
	})
	return r
}

// patience is how long anything may take that must happen. It is long because the machine may be busy.
const patience = 5 * time.Minute

func (r *rig) within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func (r *rig) running(t *testing.T) string {
	t.Helper()
	text, err := r.client.Running(r.within(t, patience))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// fleet is the node alone, with a configuration.
func (r *rig) fleet(t *testing.T, spec string) *fleet.Fleet {
	t.Helper()
	text := "apiVersion: bgp.purelb.io/v1\nkind: BGPConfiguration\nmetadata: {name: default}\nspec:\n  global: {asn: 65000, routerID: 10.1.0.9}\n"
	if !strings.Contains(spec, "netlinkImport") {
		text += "  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}\n"
	}
	documents, err := manifest.Read(strings.NewReader(text+spec), "spec")
	if err != nil {
		t.Fatal(err)
	}
	c, ok := documents[0].Object.(*v1.BGPConfiguration)
	if !ok {
		t.Fatal("not a BGPConfiguration")
	}
	for i := range c.Spec.Neighbors {
		n := &c.Spec.Neighbors[i]
		if n.Timers == nil {
			n.Timers = &v1.Timers{}
		}
		n.Timers.ConnectRetry = new(uint32(1))
	}
	dialect, err := render.DialectOf(r.version)
	if err != nil {
		t.Fatal(err)
	}
	renderer, err := render.NewRenderer(nil)
	if err != nil {
		t.Fatal(err)
	}
	link := render.Link{Name: "kube-lb0", Up: true}
	for _, a := range carried {
		link.Addresses = append(link.Addresses, render.Address{Prefix: netip.MustParsePrefix(a)})
	}
	f, err := fleet.Of(fleet.Input{
		Nodes: []*corev1.Node{{ObjectMeta: metav1.ObjectMeta{Name: "node"}}}, Renderer: renderer,
		Common: render.Input{Objects: render.Objects{Configuration: c}, Dialect: dialect, Links: []render.Link{link}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// listen has the routers expect what the node is told.
func (r *rig) listen(t *testing.T, c *render.Config) {
	t.Helper()
	keys := map[string]string{}
	for _, n := range c.Neighbors {
		keys[n.ID] = n.Password.Reveal()
	}
	for i, peer := range []string{first, second} {
		ear := r.ears[peer]
		if key, told := keys[peer]; ear != nil && (!told || r.keys[peer] == key) {
			continue
		}
		if ear != nil {
			if r.replaced != nil {
				r.replaced(peer, ear)
			}
			ear.Close()
		}
		config := listener.Config{ASN: uint32(65001 + i)}
		if keys[peer] != "" {
			config.Passwords = map[netip.Addr]string{netip.MustParseAddr("10.1.0.9"): keys[peer]}
		}
		started, err := listener.Start(r.hosts[peer], config)
		if err != nil {
			t.Fatal(err)
		}
		r.ears[peer], r.keys[peer] = started, keys[peer]
	}
}

// quiet is how long ago the last event was.
func (r *rig) quiet() time.Duration {
	least := time.Hour
	for _, ear := range r.ears {
		if events := ear.Events(); len(events) > 0 {
			least = min(least, time.Since(events[len(events)-1].At))
		}
	}
	return least
}

// prefixes are those that a router knows from the node.
func prefixes(ear *listener.Listener) []netip.Prefix {
	return slices.SortedFunc(maps.Keys(ear.Announced()), func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
}
