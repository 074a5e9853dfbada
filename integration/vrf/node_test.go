//go:build linux

package vrf

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/renameio/v2"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

const (
	// patience is how long anything may take that must happen: the machine is an emulated one.
	patience = 90 * time.Second
	// rest is how long nothing may happen where nothing must.
	rest = 2 * time.Second
)

// node is a machine with FRR and the agent.
type node struct {
	*lab.Host
	t       *testing.T
	frr     *lab.FRR
	objects string // directory
}

var everyVersion = flag.Bool("every-version", false, "run each test on each version of FRR: the emulated machine takes some nine minutes for it")

// on runs a test on a version of FRR, and on the others if the command line says so.
func on(t *testing.T, version lab.Version, test func(*testing.T, lab.Version)) {
	for _, v := range lab.Versions {
		if v.Name == version.Name || *everyVersion {
			t.Run(v.Name, func(t *testing.T) { test(t, v) })
		}
	}
}

// prepare starts FRR on a host.
func prepare(t *testing.T, host *lab.Host, version lab.Version) *node {
	n := &node{Host: host, t: t, frr: host.FRR(version), objects: filepath.Join(host.Dir(), "objects")}
	if err := os.Mkdir(n.objects, 0o755); err != nil {
		t.Fatal(err)
	}
	n.frr.Start()
	t.Cleanup(n.explain)
	return n
}

// run starts the agent with the spec of a configuration, in YAML, and the node's own address.
func (n *node) run(address, spec string) {
	n.t.Helper()
	n.write("node.yaml", fmt.Sprintf("apiVersion: v1\nkind: Node\nmetadata: {name: %s}\nstatus: {addresses: [{type: InternalIP, address: %s}]}\n", n.Name, address))
	n.configure(spec)
	n.Start("agent", os.Getenv(agent), "--config-dir", n.objects, "--status-file", filepath.Join(n.Dir(), "status.yaml"), "--node-name", n.Name,
		"--vtysh", n.frr.VtyshPath, "--frr-config-dir", n.frr.ConfigDir, "--frr-socket-dir", n.frr.SocketDir)
}

func (n *node) configure(spec string) {
	n.t.Helper()
	n.write("bgp.yaml", "apiVersion: bgp.purelb.io/v1\nkind: BGPConfiguration\nmetadata: {name: default, namespace: purelb-system}\nspec:\n"+spec)
}

func (n *node) write(name, text string) {
	n.t.Helper()
	if err := renameio.WriteFile(filepath.Join(n.objects, name), []byte(text), 0o644); err != nil {
		n.t.Fatal(err)
	}
}

// explain shows what a failed test left behind.
func (n *node) explain() {
	if !n.t.Failed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	addresses, _ := n.Exec(ctx, "ip", "-brief", "address")
	out, _ := n.frr.Vtysh(ctx, "show bgp vrf all summary", "show bgp vrf all ipv4 unicast", "show bgp ipv4 vpn", "show ip route vrf all", "show running-config")
	n.t.Logf("%s carries:\n%s\nFRR has:\n%s", n.Name, addresses, out)
}

// ip runs iproute2's ip.
func (n *node) ip(command string) {
	n.t.Helper()
	if _, err := n.Exec(n.t.Context(), "ip", strings.Fields(command)...); err != nil {
		n.t.Fatal(err)
	}
}

// vrf makes a VRF device.
func (n *node) vrf(name string, table int) {
	n.t.Helper()
	n.ip(fmt.Sprintf("link add %s type vrf table %d", name, table))
	n.SetUp(name)
}

// enslave puts an interface into a VRF. It loses its IPv6 addresses by that.
func (n *node) enslave(iface, vrf string) {
	n.t.Helper()
	n.ip("link set " + iface + " master " + vrf)
}

func (n *node) eventually(what string, so func() bool) {
	n.t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(500 * time.Millisecond) {
		if time.Now().After(end) {
			n.t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// show asks bgpd, and is empty while there is no answer. A vtysh that speaks to mgmtd (10.x) as well would spoil what the
// agent enters meanwhile.
func (n *node) show(command string) string {
	out, err := n.Exec(n.t.Context(), n.frr.VtyshPath, "--vty_socket", n.frr.SocketDir, "--config_dir", n.frr.ConfigDir, "-d", "bgpd", "-c", command)
	if err != nil {
		return ""
	}
	return out
}

// hears waits until a router has heard exactly these prefixes, and makes sure that it stays so.
func (n *node) hears(l *listener.Listener, prefixes ...string) {
	n.t.Helper()
	want := map[netip.Prefix]bool{}
	for _, p := range prefixes {
		want[netip.MustParsePrefix(p)] = true
	}
	var have map[netip.Prefix]bool
	so := func() bool {
		have = map[netip.Prefix]bool{}
		for p := range l.Announced() {
			have[p] = true
		}
		return maps.Equal(have, want)
	}
	for end := time.Now().Add(patience); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			n.t.Fatalf("heard after %v: %v, not %v", patience, sorted(have), sorted(want))
		}
	}
	time.Sleep(rest)
	if !so() {
		n.t.Fatalf("heard a while later: %v, not %v", sorted(have), sorted(want))
	}
}

func sorted(set map[netip.Prefix]bool) []netip.Prefix {
	return slices.SortedFunc(maps.Keys(set), netip.Prefix.Compare)
}

// kernel has BGP's routes of all tables: PREFIX, or PREFIX table N. (In ip's JSON the label of an MPLS encapsulation takes the
// place of the prefix.)
func (n *node) kernel() []string {
	n.t.Helper()
	var have []string
	for _, family := range []string{"-4", "-6"} {
		out, err := n.Exec(n.t.Context(), "ip", "-oneline", family, "route", "show", "table", "all", "proto", "bgp")
		if err != nil {
			n.t.Fatal(err)
		}
		for line := range strings.Lines(out) {
			words := strings.Fields(line)
			if i := slices.Index(words, "table"); i > 0 {
				words[0] += " table " + words[i+1]
			}
			have = append(have, words[0])
		}
	}
	slices.Sort(have)
	return have
}

// installs waits until the kernel has exactly these routes, and makes sure that it stays so.
func (n *node) installs(wanted ...string) {
	n.t.Helper()
	slices.Sort(wanted)
	for end := time.Now().Add(patience); !slices.Equal(n.kernel(), wanted); time.Sleep(500 * time.Millisecond) {
		if time.Now().After(end) {
			n.t.Fatalf("the kernel has after %v: %v, not %v", patience, n.kernel(), wanted)
		}
	}
	time.Sleep(rest)
	if have := n.kernel(); !slices.Equal(have, wanted) {
		n.t.Fatalf("the kernel has a while later: %v, not %v", have, wanted)
	}
}
