//go:build linux

package pod

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

const routerConfiguration = `bgp route-map delay-timer 1
ip route 10.5.0.0/24 Null0
router bgp 65001
 bgp router-id 10.1.0.1
 no bgp ebgp-requires-policy
 bgp bestpath as-path multipath-relax
 neighbor 10.1.0.2 remote-as 65000
 neighbor 10.1.0.2 timers connect 1
 neighbor 10.1.0.3 remote-as 65000
 neighbor 10.1.0.3 timers connect 1
 address-family ipv4 unicast
  redistribute static
 exit-address-family
`

// graceful is the configuration of a node that asks for graceful restarts and lets routes into its kernel.
var graceful = strings.Replace(configuration, "global: {asn: 65000}", `global:
    asn: 65000
    gracefulRestart: {enabled: true, restartTime: 60}
  netlinkExport: {enabled: true, rules: [{name: all}]}`, 1)

// site is a node, or two, and a router that forwards to the service address.
type site struct {
	nodes  []*node
	router *lab.Host
	frr    *lab.FRR // the router's
}

func newSite(t *testing.T, version lab.Version, configuration string, nodes int) *site {
	t.Helper()
	l := lab.New(t)
	s := &site{router: l.Host("router")}
	lan := l.LAN(s.router.Port("eth0", "10.1.0.1/24"))
	s.frr = s.router.FRR(lab.FRR103, lab.Config(routerConfiguration))
	s.frr.Start()
	for i := range nodes {
		host := l.Host(fmt.Sprintf("node-%c", 'a'+i))
		address := fmt.Sprintf("10.1.0.%d", i+2)
		lan.Attach(host.Port("eth0", address+"/24"))
		n := newNode(t, host, version.Name)
		n.declare(configuration + strings.NewReplacer("node-a", host.Name, "10.1.0.2", address).Replace(kubernetesNode))
		n.AddAddress("kube-lb0", "10.9.9.9/32")
		n.startPod()
		s.nodes = append(s.nodes, n)
	}
	for i, n := range s.nodes {
		n.Until("the router forwards to it", func() bool { return strings.Contains(s.route(n), fmt.Sprintf("via 10.1.0.%d ", i+2)) })
		n.ready()
	}
	s.router.Start("monitor", "ip", "monitor", "route")
	return s
}

// route is the router's to the service address.
func (s *site) route(n *node) string {
	n.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	out, err := s.router.Exec(ctx, "ip", "-oneline", "route", "show", "10.9.9.9")
	if err != nil {
		n.Fatal(err)
	}
	return out
}

// deleted are the router's deletions of its route to the service address.
func (s *site) deleted(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(s.router.Process("monitor").Log)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "Deleted 10.9.9.9 ") {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

// hasRoute reports whether the node's kernel has a route.
func (n *node) hasRoute(prefix string) bool {
	n.t.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	out, err := n.Exec(ctx, "ip", "route", "show", prefix)
	if err != nil {
		n.t.Fatal(err)
	}
	return out != ""
}

// back waits until the node's session is up again and the graceful restart is over: nothing is stale.
func (s *site) back(n *node) time.Duration {
	n.Helper()
	return n.Until("the router has fresh routes again", func() bool {
		ctx, cancel := n.Deadline()
		defer cancel()
		out, err := s.frr.Vtysh(ctx, "show bgp ipv4 unicast 10.9.9.9/32")
		return err == nil && strings.Contains(out, "10.1.0.2") && !strings.Contains(strings.ToLower(out), "stale")
	})
}

// FRR's container ends and another takes its place. With graceful restart the router forwards on, and the node's kernel has
// what it has learned while there is no FRR; without, both drop it.
func TestContainerRestarts(t *testing.T) {
	onVersion(t, lab.FRR103, func(t *testing.T, version lab.Version) {
		for _, how := range []struct {
			name, configuration string
			kept                bool
		}{{"graceful", graceful, true}, {"plain", strings.Replace(graceful, "gracefulRestart: {enabled: true, restartTime: 60}", "", 1), false}} {
			t.Run(how.name, func(t *testing.T) {
				t.Parallel()
				s := newSite(t, version, how.configuration, 1)
				n := s.nodes[0]
				n.Installs(n.Host, "10.5.0.0/24")
				began := time.Now()
				n.frr.stop(patience)
				if has := n.hasRoute("10.5.0.0/24"); has != how.kept {
					t.Errorf("while there is no FRR the node has its route: %v", has)
				}
				n.startFRR()
				time.Sleep(time.Second)
				n.Until("the router forwards", func() bool { return s.route(n) != "" })
				s.back(n)
				t.Logf("fresh again %v after the old container was told to end", time.Since(began).Round(time.Millisecond))
				n.ready()
				n.Installs(n.Host, "10.5.0.0/24")
				time.Sleep(settled)
				if gone := s.deleted(t); (len(gone) == 0) != how.kept {
					t.Errorf("the router has deleted: %q", gone)
				}
			})
		}
	})
}

// settled is after what time nothing that is stale is left.
const settled = 3 * time.Second

// The pod is replaced by one with another version of FRR, and with nothing of what the old one had: the router forwards on.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	s := newSite(t, lab.FRR84, graceful, 1)
	n := s.nodes[0]
	began := time.Now()
	n.stopPod()
	n.image = images[lab.FRR103.Name]
	n.startPod()
	time.Sleep(time.Second)
	s.back(n)
	t.Logf("FRR 10.3 is in the place of 8.4 %v after the old pod was told to end", time.Since(began).Round(time.Millisecond))
	n.ready()
	time.Sleep(settled)
	if gone := s.deleted(t); len(gone) > 0 {
		t.Errorf("the router has stopped forwarding: %q", gone)
	}
}
