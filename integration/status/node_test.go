//go:build linux

package status

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/status/report"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// node is a node with FRR, and a switch with its peers, each in a state of its own.
type node struct {
	host   *lab.Host
	frr    *lab.FRR
	client *vtysh.Client
	tor    *listener.Listener
	config *render.Config

	mu    sync.Mutex
	links []render.Link
}

const (
	tor       = "10.1.0.1"  // a session
	wrongAS   = "10.1.0.4"  // has another AS than is configured for it
	refusing  = "10.1.0.5"  // expects another AS than this node's
	shutdown  = "10.1.0.6"  // shut down in the configuration
	nobody    = "10.1.0.9"  // does not exist
	elsewhere = "10.99.0.1" // no route leads there
)

const nodeConfig = `
router bgp 65001
 bgp router-id 10.1.0.2
 timers bgp 2 6
 no bgp ebgp-requires-policy
 neighbor 10.1.0.1 remote-as 65000
 neighbor 10.1.0.1 timers connect 2
 neighbor 10.1.0.4 remote-as 65099
 neighbor 10.1.0.4 timers connect 2
 neighbor 10.1.0.5 remote-as 65005
 neighbor 10.1.0.5 timers connect 2
 neighbor 10.1.0.6 remote-as 65006
 neighbor 10.1.0.6 shutdown
 neighbor 10.1.0.9 remote-as 65009
 neighbor 10.99.0.1 remote-as 65099
 neighbor 10.99.0.1 ebgp-multihop
 address-family ipv4 unicast
  redistribute connected route-map LB
 exit-address-family
exit
route-map LB permit 10
 match interface kube-lb0
 set origin igp
exit
`

// eachVersion runs a test on a node with each version of FRR, in parallel.
func eachVersion(t *testing.T, test func(*testing.T, *node)) {
	t.Parallel()
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			test(t, newNode(t, version))
		})
	}
}

func newNode(t *testing.T, version lab.Version) *node {
	t.Helper()
	l := lab.New(t)
	n := &node{host: l.Host("node")}
	lan := l.LAN(n.host.Port("eth0", "10.1.0.2/24"))
	peer := func(name, address string, asn uint32) *listener.Listener {
		host := l.Host(name)
		lan.Attach(host.Port("eth0", address+"/24"))
		return host.Listen(listener.Config{ASN: asn})
	}
	n.tor = peer("tor", tor, 65000)
	peer("wrong-as", wrongAS, 65004)
	peer("refusing", refusing, 65005).Reject(2, 2)
	n.host.KubeLB("kube-lb0")
	n.frr = n.host.FRR(version, lab.Config(nodeConfig))
	n.frr.Start()
	n.client = vtysh.New(vtysh.Options{Path: n.frr.VtyshPath, SocketDir: n.frr.SocketDir, ConfigDir: n.frr.ConfigDir})
	t.Cleanup(func() { n.client.Close() })

	n.config = &render.Config{
		Node: "worker-1", Generation: 3, ASN: 65001, StatusEnabled: true, HeartbeatSeconds: 60,
		RouterID: render.RouterID{Address: netip.MustParseAddr("10.1.0.2"), Source: render.FromSpec},
		Instance: render.Instance{Import: render.Import{Enabled: true, Patterns: []string{"kube-lb0"}, Interfaces: []string{"kube-lb0"}}},
	}
	for i, p := range []struct {
		address string
		asn     v1.ASN
	}{{tor, 65000}, {wrongAS, 65099}, {refusing, 65005}, {shutdown, 65006}, {nobody, 65009}, {elsewhere, 65099}} {
		n.config.Neighbors = append(n.config.Neighbors, render.Neighbor{
			ID: p.address, Path: fmt.Sprintf("spec.neighbors[%d]", i), Address: netip.MustParseAddr(p.address),
			PeerASN: p.asn, AdminDown: p.address == shutdown,
		})
	}
	n.links = []render.Link{{Name: "kube-lb0", Up: true}}
	return n
}

// addVIP puts an address on kube-lb0, and tells the source of the observations.
func (n *node) addVIP(prefixes ...netip.Prefix) {
	n.mu.Lock()
	defer n.mu.Unlock()
	link := n.links[0]
	link.Addresses = append([]render.Address{}, link.Addresses...)
	for _, p := range prefixes {
		n.host.AddAddress("kube-lb0", p.String())
		link.Addresses = append(link.Addresses, render.Address{Prefix: p})
	}
	n.links = []render.Link{link}
}

// source is what an agent whose configuration is applied would tell.
func (n *node) source() status.Observation {
	n.mu.Lock()
	defer n.mu.Unlock()
	return status.Observation{Node: "worker-1", Config: n.config, Links: n.links,
		Applied: status.Applied{Generation: 3, Wanted: 3, Outcome: status.OutcomeApplied}}
}

// file runs a Reporter until stop, and reads what it writes.
type file struct {
	path     string
	reporter *report.Reporter
	metrics  *prometheus.Registry
	stop     func()
}

func (n *node) report(t *testing.T) *file {
	t.Helper()
	f := &file{path: filepath.Join(t.TempDir(), "status.yaml"), metrics: prometheus.NewPedanticRegistry()}
	collector := report.NewCollector()
	f.metrics.MustRegister(collector)
	f.reporter = report.New(report.Options{
		Source: n.source, FRR: n.client, Writer: report.FileWriter{Path: f.path}, Collector: collector,
	})
	f.stop = run(t, f.reporter)
	return f
}

func (f *file) read(t *testing.T) v1.BGPNodeStatusData {
	t.Helper()
	text, err := os.ReadFile(f.path)
	if os.IsNotExist(err) {
		return v1.BGPNodeStatusData{}
	}
	if err != nil {
		t.Fatal(err)
	}
	var object v1.BGPNodeStatus
	if err := yaml.UnmarshalStrict(text, &object); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return object.Status
}
