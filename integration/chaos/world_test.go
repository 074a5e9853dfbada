//go:build linux

package chaos

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

const (
	kubeLB     = "kube-lb0"
	routerAddr = "10.1.0.1"
	fileName   = "bgp.yaml"
	password   = "known-to-both"
)

// configuration is what both nodes are told.
var configuration = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
    timers: {connectRetry: 1, holdTime: 9, keepaliveInterval: 3}
  - config: {neighborAddress: "fd00:1::1", peerAsn: 65001, authPassword: known-to-both}
    timers: {connectRetry: 1, holdTime: 9, keepaliveInterval: 3}
  - config: {neighborAddress: 10.1.0.9, peerAsn: 65009}
    timers: {connectRetry: 1, holdTime: 30, keepaliveInterval: 10}
`

// world is two nodes, of one version of FRR each; the router that hears what they announce, over a session per address family,
// that of IPv6 with a password; the leaf that forwards; and a client behind it.
type world struct {
	*testing.T
	lab    *lab.Lab
	lan    *lab.Host
	router *lab.Host
	heard  *listener.Listener
	leaf   *leaf
	client *client
	nodes  []*node
	log    crashes
	// aborted is how often an mgmtd did by itself.
	aborted int
}

func newWorld(t *testing.T) *world {
	l := lab.New(t)
	w := &world{T: t, lab: l, router: l.Host("router"), log: crashes{}}
	lan := l.LAN(w.router.Port("eth0", routerAddr+"/24", "fd00:1::1/64"))
	w.lan = l.Host("lan1")
	passwords := map[netip.Addr]string{}
	for i, v := range lab.Versions {
		n := newNode(t, lan, l.Host(fmt.Sprintf("node-%c", 'a'+i)), byte(2+i), v)
		passwords[n.address6] = password
		w.nodes = append(w.nodes, n)
	}
	w.heard = w.router.Listen(listener.Config{ASN: 65001, Passwords: passwords})
	leaf, client := l.Host("leaf"), l.Host("client")
	lan.Attach(leaf.Port("eth0", leafAddr+"/24"))
	lan.Attach(client.Port("eth0", "10.1.0.8/24"))
	w.leaf = newLeaf(leaf, w.nodes)
	var services []netip.Addr
	for _, n := range w.nodes {
		n.view, n.view6 = w.heard.From(n.address), w.heard.From(n.address6)
		services = append(services, n.service.Addr())
		n.start()
	}
	ctx, cancel := context.WithTimeout(t.Context(), *patience)
	defer cancel()
	if _, err := client.Exec(ctx, "ip", "route", "add", "10.9.0.0/16", "via", leafAddr); err != nil {
		t.Fatal(err)
	}
	w.client = newClient(w, client, services...)
	return w
}

// newNode connects a host to the switch, and has FRR run there, with a disk of its own for its configuration.
func newNode(t *testing.T, lan *lab.LAN, host *lab.Host, id byte, v lab.Version) *node {
	n := &node{id: id, ledger: newLedger(), address: netip.AddrFrom4([4]byte{10, 1, 0, id}),
		address6: netip.MustParseAddr(fmt.Sprintf("fd00:1::%d", id)), port: fmt.Sprintf("port%d", id),
		service: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 9, id, 200}), 32)}
	lan.Attach(host.Port("eth0", n.address.String()+"/24", n.address6.String()+"/64"))
	wait := machine.Wait{TB: t, Patience: *patience, Rest: time.Second}
	n.Node = machine.New(wait, host, v, program, "--resync", "5s", "--frr-timeout", "15s")
	n.FRR.OwnDisk(256 << 10)
	n.Beside = true
	n.Flags = append(n.Flags, "--vtysh", n.wrapVtysh())
	n.listen()
	n.present()
	return n
}

// start has the agent run what is declared.
func (n *node) start() {
	n.Helper()
	n.Write(fileName, configuration)
	n.StartAgent()
}

// settle waits until all is as it should be on every node, and stays so for a second. It returns since when that is
// so of each.
func (w *world) settle(since time.Time) map[*node]time.Time {
	w.Helper()
	const rest = time.Second
	rightSince := map[*node]time.Time{}
	for {
		if w.crashed(); w.Failed() {
			w.FailNow()
		}
		right, wrong := 0, []string{}
		for _, n := range w.nodes {
			why := w.wrong(n)
			if why != "" {
				delete(rightSince, n)
				wrong = append(wrong, n.Host.Name+": "+why)
				continue
			}
			if rightSince[n].IsZero() {
				rightSince[n] = time.Now()
			}
			if time.Since(rightSince[n]) > rest {
				right++
			}
		}
		if right == len(w.nodes) {
			break
		}
		if time.Since(since) > *patience {
			w.Fatalf("not within %v as it should be:\n%s", *patience, strings.Join(wrong, "\n"))
		}
		time.Sleep(50 * time.Millisecond)
	}
	return rightSince
}

// wrong says what is not as it should be with a node; "" if all is: the router hears what the kernel carries, the leaf forwards
// it, the client is answered, the agent is ready, and its status is true.
func (w *world) wrong(n *node) string {
	for _, look := range []func() string{
		n.amiss,
		func() string { return n.notForwarded(w.leaf) },
		func() string {
			if !w.client.served(n.service.Addr()) {
				return "the client has no answer of " + n.service.Addr().String()
			}
			return ""
		},
		n.notReady,
		n.untrue,
	} {
		if why := look(); why != "" {
			return why
		}
	}
	return ""
}
