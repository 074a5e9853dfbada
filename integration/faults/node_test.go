//go:build linux

package faults

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/renameio/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// patience is how long anything may take that must happen and that no fault delays. It is long because the machine may be busy.
const patience = 3 * time.Minute

// The subnets that the node shares with the router, by which it has a session each, and what becomes of those.
const (
	steady  = 1
	changed = 2
	leaves  = 3
	joins   = 4
	remade  = 5
	keyed   = 6
)

// peer is the node's address in a subnet, by which the router knows the session.
func peer(subnet int) netip.Addr { return netip.AddrFrom4([4]byte{10, 1, byte(subnet), 2}) }

// What no output of the agent may show.
var secrets = []string{"planted-in-the-secret", "planted-in-the-open"}

// node is a machine with FRR, kube-lb0 and the agent, and the ear of the router that it peers with.
type node struct {
	*lab.Host
	t       *testing.T
	frr     *lab.FRR
	wire    *wire
	heard   *listener.Listener
	objects string // directory
	status  string // file
	vtysh   string // a link to the real one
	disk    bool   // FRR's configuration directory, as the agent sees it, is a disk of its own
	version lab.Version
	carried []string // by kube-lb0
	number  int      // of the configuration that was written last
	mark    int      // of what was heard before the last transition
	helped  bool     // somebody has restarted FRR since then
}

// newNode cables a node to a router. FRR runs, the agent does not.
func newNode(t *testing.T, version lab.Version) *node {
	l := lab.New(t)
	host, router := l.Host("node-a"), l.Host("router")
	var here, there []string
	for subnet := steady; subnet <= keyed; subnet++ {
		here = append(here, fmt.Sprintf("10.1.%d.2/24", subnet))
		there = append(there, fmt.Sprintf("10.1.%d.1/24", subnet))
	}
	l.Connect(host.Port("eth0", here...), router.Port("eth0", there...))
	n := &node{Host: host, t: t, version: version, frr: host.FRR(version, lab.Daemons("bfdd")), objects: filepath.Join(host.Dir(), "objects"),
		status: filepath.Join(host.Dir(), "status.yaml"), vtysh: filepath.Join(host.Dir(), "given-vtysh")}
	n.heard = router.Listen(listener.Config{ASN: 65001, Passwords: map[netip.Addr]string{peer(keyed): secrets[0], peer(joins): secrets[1]}})
	for i, community := range []string{"65001:100", "65001:200", "65001:300"} {
		if err := n.heard.Announce(listener.Route{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 51, byte(i)}), 24), Communities: []string{community}}); err != nil {
			t.Fatal(err)
		}
	}
	wires := filepath.Join(host.Dir(), "wires")
	for _, dir := range []string{n.objects, wires} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	n.giveVtysh()
	host.KubeLB("kube-lb0")
	n.frr.Start()
	n.wire = lay(t, wires, n.frr.SocketDir, n.daemons())
	return n
}

func (n *node) giveVtysh() {
	n.t.Helper()
	if err := os.Symlink(n.frr.VtyshPath, n.vtysh); err != nil {
		n.t.Fatal(err)
	}
}

func (n *node) daemons() []string { return append(slices.Clone(n.version.Daemons), "bfdd") }

func (n *node) startAgent() {
	n.t.Helper()
	argv := []string{*program, "--config-dir", n.objects, "--status-file", n.status, "--node-name", n.Name, "--log-level", "debug", "--frr-timeout", deadline.String(),
		"--vtysh", n.vtysh, "--frr-config-dir", n.frr.ConfigDir, "--frr-socket-dir", n.wire.dir}
	if n.disk {
		mount := `mount -t tmpfs -o size=512k tmpfs "$0" && echo service integrated-vtysh-config >"$0/vtysh.conf" && exec "$@"`
		argv = append([]string{"unshare", "--mount", "sh", "-c", mount, n.frr.ConfigDir}, argv...)
	}
	n.Start("agent", argv...)
}

// config is FRR's configuration directory as the agent sees it.
func (n *node) config() string {
	if n.disk {
		return fmt.Sprintf("/proc/%d/root%s", n.Process("agent").PID(), n.frr.ConfigDir)
	}
	return n.frr.ConfigDir
}

func (n *node) pid(process string) int { return n.Process(process).PID() }

// log is what agents have written so far.
func (n *node) log() string {
	n.t.Helper()
	text, err := os.ReadFile(n.Process("agent").Log)
	if err != nil {
		n.t.Fatal(err)
	}
	return string(text)
}

// declare writes a configuration as another one than before, and has kube-lb0 carry addresses.
func (n *node) declare(text string, addresses []string) {
	n.t.Helper()
	n.number++
	text = regexp.MustCompile(`generation: \d+`).ReplaceAllString(text, fmt.Sprintf("generation: %d", n.number))
	text = strings.Replace(text, "description: after", fmt.Sprintf("description: after-%d", n.number), 1)
	for _, a := range n.carried {
		if !slices.Contains(addresses, a) {
			n.DelAddress("kube-lb0", strings.TrimSuffix(a, " bare"))
		}
	}
	if err := renameio.WriteFile(filepath.Join(n.objects, "bgp.yaml"), []byte(text), 0o644); err != nil {
		n.t.Fatal(err)
	}
	for _, a := range addresses {
		switch address, bare := strings.CutSuffix(a, " bare"); {
		case slices.Contains(n.carried, a):
		case bare:
			n.AddAddress("kube-lb0", address, lab.NoPrefixRoute)
		default:
			n.AddAddress("kube-lb0", address)
		}
	}
	n.carried = addresses
}

// applied is the condition that reports whether what is declared runs.
func (n *node) applied() metav1.Condition {
	var s v1.BGPNodeStatus
	text, err := os.ReadFile(n.status)
	if err == nil {
		err = yaml.UnmarshalStrict(text, &s)
	}
	if err == nil {
		for _, c := range s.Status.Conditions {
			if c.Type == "ConfigurationApplied" {
				return c
			}
		}
	}
	return metav1.Condition{}
}

// runs reports whether the agent says that what was written last runs.
func (n *node) runs() bool {
	c := n.applied()
	return c.Status == metav1.ConditionTrue && c.ObservedGeneration == int64(n.number)
}

// eventually waits until something is so.
func (n *node) eventually(what string, bound time.Duration, so func() bool) time.Duration {
	n.t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if so() {
			return time.Since(began)
		}
		if time.Since(began) > bound {
			n.t.Fatalf("not within %v: %s\nthe agent says of the configuration: %s: %s\nthe agent's log:\n%s", bound, what, n.applied().Reason, n.applied().Message, tail(n.log()))
		}
	}
}

func tail(log string) string { return log[max(0, len(log)-6000):] }

// up waits until the node has sessions in these subnets, and none else.
func (n *node) up(bound time.Duration, subnets ...int) {
	n.t.Helper()
	var want []netip.Addr
	for _, s := range subnets {
		want = append(want, peer(s))
	}
	n.eventually(fmt.Sprintf("sessions %v", want), bound, func() bool { return slices.Equal(n.heard.Established(), want) })
}

// exec runs a command on the node; what it prints is "" if it fails.
func (n *node) exec(name string, args ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := n.Exec(ctx, name, args...)
	if err != nil {
		n.t.Log(err)
	}
	return out
}

// show has a daemon show its configuration.
func (n *node) show(daemon string) string {
	return n.exec(n.frr.VtyshPath, "--vty_socket", n.frr.SocketDir, "--config_dir", n.frr.ConfigDir, "-d", daemon, "-c", "show running-config")
}

// table is what bgpd has, and what it takes for told to the router.
func (n *node) table() string {
	args := []string{"--vty_socket", n.frr.SocketDir, "--config_dir", n.frr.ConfigDir, "-d", "bgpd", "-c", "show bgp ipv4 unicast"}
	for subnet := steady; subnet <= keyed; subnet++ {
		args = append(args, "-c", fmt.Sprintf("show bgp ipv4 unicast neighbors 10.1.%d.1 advertised-routes", subnet))
	}
	return n.exec(n.frr.VtyshPath, args...)
}

// fallen are the daemons that have ended.
func (n *node) fallen() []string {
	return slices.DeleteFunc(n.daemons(), func(d string) bool { return n.Process(d).Running() })
}

// restart starts daemons that have ended, and gives each its part of frr.conf: as watchfrr does.
func (n *node) restart(daemons []string) {
	n.t.Helper()
	for _, d := range daemons {
		n.frr.StartDaemon(d)
		n.exec(n.frr.VtyshPath, "--vty_socket", n.frr.SocketDir, "--config_dir", n.frr.ConfigDir, "-b", "-d", d)
	}
}

func signal(s syscall.Signal, processes ...int) {
	for _, p := range processes {
		_ = syscall.Kill(p, s) // it may have ended
	}
}
