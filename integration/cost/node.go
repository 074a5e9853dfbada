//go:build linux

package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// node is a node of the lab, its FRR, its agent, and the router that it peers with.
type node struct {
	tb    lab.TB
	host  *lab.Host
	frr   *lab.FRR
	tor   *listener.Listener
	agent string
	links int
	told  string // the BGPConfiguration
}

const (
	kubeLB      = "kube-lb0"
	torASN      = 65001
	patience    = 10 * time.Minute // for a table to be read, or a thousand neighbors to be configured
	definitions = "deploy/crd"
)

// torAddr is the router's address on one of its networks, each of which has one session: it tells sessions apart by where
// they come from.
func torAddr(network int) netip.Addr { return netip.AddrFrom4([4]byte{10, 1, byte(network), 1}) }

func newNode(tb lab.TB, v lab.Version, agent string, networks int) *node {
	l := lab.New(tb)
	n := &node{tb: tb, host: l.Host("node"), agent: agent, links: networks}
	tor := l.Host("tor")
	var ours, theirs []string
	for i := range networks {
		theirs = append(theirs, torAddr(i).String()+"/24")
		ours = append(ours, torAddr(i).Next().String()+"/24")
	}
	l.Connect(n.host.Port("eth0", ours...), tor.Port("eth0", theirs...))
	n.tor = tor.Listen(listener.Config{ASN: torASN})
	n.host.KubeLB(kubeLB)
	n.frr = n.host.FRR(v)
	return n
}

// vip is one of the service addresses.
func vip(i int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(9 + i>>16), byte(i >> 8), byte(i)}), 32)
}

// carry puts service addresses on the node.
func (n *node) carry(vips int) {
	var batch strings.Builder
	for i := range vips {
		fmt.Fprintf(&batch, "address add %s dev %s\n", vip(i), kubeLB)
	}
	file := n.path("addresses")
	n.check(os.WriteFile(file, []byte(batch.String()), 0o644))
	_, err := n.host.Exec(n.patient(), "ip", "-batch", file)
	n.check(err)
}

// declare is told to the agent by startAgent.
func (n *node) declare(l load) { n.told = l.declared() }

// startAgent starts an agent that is told by files, or by an API server.
func (n *node) startAgent(cluster bool) {
	argv := []string{n.agent, "--node-name", "node", "--namespace", "default", "--vtysh", n.frr.VtyshPath, "--frr-config-dir", n.frr.ConfigDir, "--frr-socket-dir", n.frr.SocketDir}
	if cluster {
		argv = append(argv, "--kubeconfig", n.apiServer())
	} else {
		objects := n.path("objects")
		n.check(os.MkdirAll(objects, 0o755))
		n.check(os.WriteFile(filepath.Join(objects, "default.yaml"), []byte(n.told), 0o644))
		argv = append(argv, "--config-dir", objects, "--status-file", n.path("status.yaml"))
	}
	n.host.Start("agent", argv...)
}

// apiServer starts one that has what the node is told, and returns the way to it.
func (n *node) apiServer() (kubeconfig string) {
	s, err := apiserver.New(n.patient())
	n.check(err)
	n.tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			n.tb.Errorf("%v", err)
		}
	})
	n.check(s.ApplyCRDs(n.patient(), definitions))
	n.check(s.Apply(n.patient(), "apiVersion: v1\nkind: Node\nmetadata: {name: node}\n---\n"+n.told))
	return s.ListenIn(n.tb, "/run/netns/"+n.host.Namespace()).Kubeconfig()
}

// announces waits until the router hears all service addresses, on every session.
func (n *node) announces(vips int) {
	list := make([]netip.Prefix, vips)
	for i := range list {
		list[i] = vip(i)
	}
	for i := range n.links {
		from := n.tor.From(torAddr(i).Next())
		_, err := from.WaitAnnounced(n.patient(), list[vips-1]) // usually the last: to look for all with each is slow
		n.check(err)
		_, err = from.WaitAnnounced(n.patient(), list...)
		n.check(err)
	}
}

// ready waits until the agent says that FRR runs what is declared, and that the status says so.
func (n *node) ready() {
	n.until("the agent is ready", 20*time.Millisecond, func() bool {
		code, _, err := n.host.Get(n.patient(), "http://127.0.0.1:7474/readyz")
		return err == nil && code == 200
	})
}

func (n *node) until(what string, pause time.Duration, so func() bool) {
	for began := time.Now(); !so(); time.Sleep(pause) {
		if time.Since(began) > patience {
			n.tb.Fatalf("FRR %s: not within %v: %s", n.frr.Version, patience, what)
		}
	}
}

func (n *node) path(name string) string { return filepath.Join(n.host.Dir(), name) }

// patient is a context for what may take long.
func (n *node) patient() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	n.tb.Cleanup(cancel)
	return ctx
}

func (n *node) check(err error) {
	if err != nil {
		n.tb.Fatalf("FRR %s: %v", n.frr.Version, err)
	}
}
