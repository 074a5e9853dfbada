//go:build linux

package vrf

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

// node is a machine with FRR and the agent.
type node struct{ *machine.Node }

var everyVersion = flag.Bool("every-version", false, "run each test on each version of FRR: the emulated machine takes some nine minutes for it")

// on runs a test on a version of FRR, and on the others if the command line says so.
func on(t *testing.T, version lab.Version, test func(*testing.T, lab.Version)) {
	t.Parallel()
	for _, v := range lab.Versions {
		if v.Name == version.Name || *everyVersion {
			t.Run(v.Name, func(t *testing.T) {
				t.Parallel()
				test(t, v)
			})
		}
	}
}

// prepare starts FRR on a host. The machine is an emulated one, and everything takes long.
func prepare(t *testing.T, host *lab.Host, version lab.Version) *node {
	wait := machine.Wait{TB: t, Patience: 2 * time.Minute, Rest: 2 * time.Second}
	return &node{machine.New(wait, host, version, os.Getenv(agent))}
}

// run starts the agent with the spec of a configuration, in YAML, and the node's own address.
func (n *node) run(address, spec string) {
	n.Helper()
	n.Write("node.yaml", fmt.Sprintf("apiVersion: v1\nkind: Node\nmetadata: {name: %s}\nstatus: {addresses: [{type: InternalIP, address: %s}]}\n", n.Host.Name, address))
	n.configure(spec)
	n.StartAgent()
}

func (n *node) configure(spec string) {
	n.Helper()
	n.Write("bgp.yaml", "apiVersion: bgp.purelb.io/v1\nkind: BGPConfiguration\nmetadata: {name: default, namespace: purelb-system}\nspec:\n"+spec)
}

// ip runs iproute2's ip.
func (n *node) ip(command string) {
	n.Helper()
	n.IP(strings.Fields(command)...)
}

// vrf makes a VRF device.
func (n *node) vrf(name string, table int) {
	n.Helper()
	n.ip(fmt.Sprintf("link add %s type vrf table %d", name, table))
	n.SetUp(name)
}

// enslave puts an interface into a VRF. It loses its IPv6 addresses by that.
func (n *node) enslave(iface, vrf string) {
	n.Helper()
	n.ip("link set " + iface + " master " + vrf)
}

// show asks bgpd, and is empty while there is no answer. A vtysh that speaks to mgmtd (10.x) as well would spoil what the
// agent enters meanwhile.
func (n *node) show(command string) string {
	ctx, cancel := n.Deadline()
	defer cancel()
	out, err := n.FRR.Ask(ctx, "bgpd", command)
	if err != nil {
		return ""
	}
	return out
}

// hears waits until a router has heard exactly these prefixes, and makes sure that it stays so.
func (n *node) hears(l *listener.Listener, prefixes ...string) {
	n.Helper()
	n.Hears(l, prefixes...)
}

// installs waits until the kernel has exactly these routes, and makes sure that it stays so.
func (n *node) installs(routes ...string) {
	n.Helper()
	n.Installs(n.Host, routes...)
}
