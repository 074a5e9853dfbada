//go:build linux

package agent

import (
	"context"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/renameio/v2"
	"github.com/osrg/gobgp/v3/pkg/packet/bgp"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// configuration peers with the router over IPv4 and over IPv6, and announces what kube-lb0 carries.
const configuration = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
    timers: {connectRetry: 1}
  - config: {neighborAddress: "fd00:1::1", peerAsn: 65001}
    timers: {connectRetry: 1}
`

const (
	// patience is how long anything may take that must happen. It is long because the machine may be busy.
	patience = 30 * time.Second
	// rest is how long nothing may happen where nothing must.
	rest = 400 * time.Millisecond
)

// node is a machine with FRR, kube-lb0 and the agent, and the ear of the router that it peers with.
type node struct {
	*lab.Host
	t       *testing.T
	frr     *lab.FRR
	router  *lab.Host
	heard   *listener.Listener
	objects string // directory
	status  string // file
	flags   []string
}

// eachVersion runs a test on each version of FRR, in parallel.
func eachVersion(t *testing.T, test func(*testing.T, lab.Version)) {
	t.Parallel()
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			test(t, version)
		})
	}
}

// kubernetesNode is the Node object of node-a.
const kubernetesNode = `apiVersion: v1
kind: Node
metadata:
  name: node-a
  labels: {rack: one}
status:
  addresses: [{type: InternalIP, address: 10.1.0.2}]
`

// newNode cables a node to a router. FRR runs, the agent does not.
func newNode(t *testing.T, version lab.Version, flags ...string) *node {
	l := lab.New(t)
	host, router := l.Host("node-a"), l.Host("router")
	l.Connect(host.Port("eth0", "10.1.0.2/24", "fd00:1::2/64"), router.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
	n := prepare(t, host, version, flags...)
	n.router, n.heard = router, router.Listen(listener.Config{ASN: 65001})
	return n
}

func prepare(t *testing.T, host *lab.Host, version lab.Version, flags ...string) *node {
	n := &node{Host: host, t: t, frr: host.FRR(version), flags: flags,
		objects: filepath.Join(host.Dir(), "objects"), status: filepath.Join(host.Dir(), "status.yaml")}
	if err := os.Mkdir(n.objects, 0o755); err != nil {
		t.Fatal(err)
	}
	host.KubeLB("kube-lb0")
	n.frr.Start()
	t.Cleanup(n.explain)
	return n
}

// explain shows what a failed test left behind.
func (n *node) explain() {
	if !n.t.Failed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	addresses, _ := n.Exec(ctx, "ip", "-brief", "address")
	routes, _ := n.frr.Vtysh(ctx, "show ip route", "show ipv6 route", "show bgp ipv4 unicast", "show bgp ipv6 unicast")
	n.t.Logf("%s carries:\n%s\nFRR has:\n%s", n.Name, addresses, routes)
}

// running is a node whose agent has applied the configuration, and whose sessions are up.
func running(t *testing.T, version lab.Version, configuration string, flags ...string) *node {
	n := newNode(t, version, flags...)
	n.write("bgp.yaml", configuration)
	n.startAgent()
	n.established("10.1.0.2", "fd00:1::2")
	return n
}

func (n *node) startAgent() {
	n.t.Helper()
	argv := []string{program, "--config-dir", n.objects, "--status-file", n.status, "--node-name", n.Name,
		"--vtysh", n.frr.VtyshPath, "--frr-config-dir", n.frr.ConfigDir, "--frr-socket-dir", n.frr.SocketDir}
	n.Start("agent", append(argv, n.flags...)...)
}

func (n *node) killAgent(sig syscall.Signal) {
	n.t.Helper()
	n.Kill("agent", sig)
}

// log is what agents have written so far.
func (n *node) log() string {
	n.t.Helper()
	text, err := os.ReadFile(n.Process("agent").Log)
	if err != nil {
		n.t.Fatal(err)
	}
	return string(text)
}

// logs waits until the agent has written a text after the first from bytes of its log, and returns what it has written since.
func (n *node) logs(from int, text string) string {
	n.t.Helper()
	n.eventually("the agent logs "+text, func() bool { return strings.Contains(n.log()[from:], text) })
	return n.log()[from:]
}

// write puts a file into the objects' directory, or replaces it, at once.
func (n *node) write(name, text string) {
	n.t.Helper()
	if err := renameio.WriteFile(filepath.Join(n.objects, name), []byte(text), 0o644); err != nil {
		n.t.Fatal(err)
	}
}

func (n *node) remove(name string) {
	n.t.Helper()
	if err := os.Remove(filepath.Join(n.objects, name)); err != nil {
		n.t.Fatal(err)
	}
}

// add puts addresses on kube-lb0.
func (n *node) add(addresses ...string) {
	n.t.Helper()
	for _, a := range addresses {
		n.AddAddress("kube-lb0", a)
	}
}

func (n *node) del(addresses ...string) {
	n.t.Helper()
	for _, a := range addresses {
		n.DelAddress("kube-lb0", a)
	}
}

// ip runs iproute2's ip on the node.
func (n *node) ip(args ...string) string {
	n.t.Helper()
	out, err := n.Exec(n.t.Context(), "ip", args...)
	if err != nil {
		n.t.Fatal(err)
	}
	return out
}

func (n *node) vtysh(commands ...string) string {
	n.t.Helper()
	ctx, cancel := n.deadline()
	defer cancel()
	out, err := n.frr.Vtysh(ctx, commands...)
	if err != nil {
		n.t.Fatal(err)
	}
	return out
}

func (n *node) deadline() (context.Context, context.CancelFunc) {
	return context.WithTimeout(n.t.Context(), patience)
}

// eventually waits until something is so.
func (n *node) eventually(what string, so func() bool) {
	n.t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			n.t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// established waits until the node has sessions from all these addresses, and has told all that it had to tell at first.
func (n *node) established(addresses ...string) {
	n.t.Helper()
	ctx, cancel := n.deadline()
	defer cancel()
	for _, a := range addresses {
		peer, family := netip.MustParseAddr(a), bgp.RF_IPv4_UC
		if peer.Is6() {
			family = bgp.RF_IPv6_UC
		}
		if _, err := n.heard.From(peer).WaitEndOfRIB(ctx, family); err != nil {
			n.t.Fatalf("no session from %s: %v", a, err)
		}
	}
}

// announced waits until exactly these prefixes are announced, and makes sure that it stays so for a while.
func (n *node) announced(prefixes ...string) {
	n.t.Helper()
	want := map[netip.Prefix]bool{}
	for _, p := range prefixes {
		want[netip.MustParsePrefix(p)] = true
	}
	var have map[netip.Prefix]bool
	so := func() bool {
		have = map[netip.Prefix]bool{}
		for p := range n.heard.Announced() {
			have[p] = true
		}
		return maps.Equal(have, want)
	}
	for end := time.Now().Add(patience); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			n.t.Fatalf("announced after %v:\n%v\nnot\n%v", patience, sorted(have), sorted(want))
		}
	}
	time.Sleep(rest)
	if !so() {
		n.t.Fatalf("announced a while later:\n%v\nnot\n%v", sorted(have), sorted(want))
	}
}

func sorted(set map[netip.Prefix]bool) []netip.Prefix {
	return slices.SortedFunc(maps.Keys(set), netip.Prefix.Compare)
}

// quiet makes sure that the router heard nothing after a mark but what is expected, in any order, each once. What ends in a
// question mark may be heard or not.
func (n *node) quiet(mark int, expected ...string) {
	n.t.Helper()
	events := n.heard.Since(mark)
	left := slices.Clone(expected)
	ok := true
	for _, e := range events {
		what := e.Kind.String()
		if e.Prefix.IsValid() {
			what += " " + e.Prefix.String()
		}
		i := slices.IndexFunc(left, func(x string) bool { return strings.TrimSuffix(x, "?") == what })
		if i < 0 {
			ok = false
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	if !ok || slices.ContainsFunc(left, func(x string) bool { return !strings.HasSuffix(x, "?") }) {
		n.t.Errorf("heard:\n%v\nbut expected:\n%v", events, expected)
	}
}

// undisturbed makes sure that no session has ended and no prefix was withdrawn since a mark.
func (n *node) undisturbed(mark int) {
	n.t.Helper()
	for _, e := range n.heard.Since(mark) {
		if e.Kind == listener.Down || e.Kind == listener.Withdrawn {
			n.t.Errorf("heard and not expected: %v", e)
		}
	}
}

// edit replaces one piece of a text, which must be there.
func edit(t *testing.T, text, old, new string) string {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q is not once in:\n%s", old, text)
	}
	return strings.Replace(text, old, new, 1)
}
