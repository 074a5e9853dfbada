//go:build linux

package chaos

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// fault is one thing that goes wrong with a node.
type fault struct {
	name string
	// strike does it, and returns what mends it.
	strike func(*world, *node, *rand.Rand) (mend func())
	// since limits it to a version of FRR.
	since string
}

// faults are all there are.
var faults = slices.Concat([]fault{
	{name: "agent killed", strike: agentEnds(syscall.SIGKILL)},
	{name: "agent ended", strike: agentEnds(syscall.SIGTERM)},
	{name: "agent halted", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.Kill("agent", syscall.SIGSTOP)
		return func() { n.Kill("agent", syscall.SIGCONT) }
	}},
	{name: "two agents", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		second := n.Start("second agent", program, "--config-dir", n.Objects, "--status-file", n.Status+".second", "--node-name", n.Host.Name,
			"--vtysh", n.FRR.VtyshPath, "--frr-config-dir", n.FRR.ConfigDir, "--frr-socket-dir", n.FRR.SocketDir,
			"--metrics-address", "", "--probe-address", "")
		return func() {
			if second.Running() {
				n.Kill("second agent", syscall.SIGKILL)
			}
		}
	}},
	{name: "all of FRR killed", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.FRR.KillAll()
		return func() { n.FRR.Start() }
	}},
	{name: "all of FRR ended", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.FRR.StopAll()
		return func() { n.FRR.Start() }
	}},
	{name: "kube-lb0 deleted", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.try("ip", "link", "del", kubeLB)
		return func() { n.KubeLB(kubeLB) }
	}},
	{name: "kube-lb0 down", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.try("ip", "link", "set", kubeLB, "down")
		return func() { n.try("ip", "link", "set", kubeLB, "up") }
	}},
	{name: "kube-lb0 renamed", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.try("ip", "link", "set", kubeLB, "down")
		n.try("ip", "link", "set", kubeLB, "name", "elsewhere")
		n.try("ip", "link", "set", "elsewhere", "up")
		return func() {
			n.try("ip", "link", "set", "elsewhere", "down")
			n.try("ip", "link", "set", "elsewhere", "name", kubeLB)
			n.try("ip", "link", "set", kubeLB, "up")
		}
	}},
	{name: "a primary address goes and takes others along", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.try("ip", "address", "replace", "10.77.0.1/24", "dev", kubeLB)
		n.try("ip", "address", "replace", "10.77.0.2/24", "dev", kubeLB)
		time.Sleep(200 * time.Millisecond)
		n.try("ip", "address", "del", "10.77.0.1/24", "dev", kubeLB)
		return func() {}
	}},
	{name: "a storm of addresses", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.try("sh", "-c", "for i in $(seq 250); do echo address add 10.88.0.$i/32 dev kube-lb0; done | ip -force -batch -; "+
			"for i in $(seq 250); do echo address del 10.88.0.$i/32 dev kube-lb0; done | ip -force -batch -")
		return func() {}
	}},
	{name: "the link flaps", strike: func(_ *world, n *node, r *rand.Rand) func() {
		for range 1 + r.IntN(4) {
			n.try("ip", "link", "set", "eth0", "down")
			time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
			n.try("ip", "link", "set", "eth0", "up")
		}
		return func() {}
	}},
	{name: "the link is dead", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.try("ip", "link", "set", "eth0", "down")
		return func() { n.try("ip", "link", "set", "eth0", "up") }
	}},
	{name: "the router ends its sessions", strike: func(w *world, _ *node, _ *rand.Rand) func() {
		_ = w.heard.Notify(6, 4) // Cease, Administrative Reset (RFC 4486); a session that ends meanwhile needs none
		return func() {}
	}},
	{name: "the router refuses sessions", strike: func(w *world, _ *node, _ *rand.Rand) func() {
		w.heard.Reject(6, 5) // Cease, Connection Rejected
		_ = w.heard.Notify(6, 4)
		return w.heard.Accept
	}},
	{name: "the router is silent", strike: func(w *world, _ *node, _ *rand.Rand) func() {
		w.heard.Silence()
		return w.heard.Accept
	}},
	{name: "frr.conf half written", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		path := filepath.Join(n.FRR.ConfigDir, "frr.conf")
		text, _ := os.ReadFile(path)
		_ = os.WriteFile(path, text[:len(text)/2], 0o640)
		return func() {}
	}},
	{name: "a bad configuration", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.Write(fileName, strings.Replace(configuration, "peerAsn: 65001", "peerAsn: 65001, peerGroup: missing", 1))
		return func() { n.Write(fileName, configuration) }
	}},
	{name: "a configuration that FRR refuses", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.Write(fileName, strings.Replace(configuration, "neighborAddress: 10.1.0.1,", "neighborAddress: "+n.address.String()+",", 1))
		return func() { n.Write(fileName, configuration) }
	}},
	{name: "a file that ends in its midst", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.Write(fileName, configuration[:len(configuration)/2])
		return func() { n.Write(fileName, configuration) }
	}},
	{name: "the configuration deleted", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.Write(fileName, "# nothing\n")
		return func() { n.Write(fileName, configuration) }
	}},
	{name: "the neighbor described otherwise", strike: func(_ *world, n *node, _ *rand.Rand) func() {
		n.Write(fileName, strings.Replace(configuration, "peerAsn: 65001", "peerAsn: 65001, description: another", 1))
		return func() { n.Write(fileName, configuration) }
	}},
	byHand("redistribution taken back", "router bgp 65000", "address-family ipv4 unicast", "no redistribute static", "no redistribute connected"),
	byHand("the list emptied", "no route-map K8FRR-IMPORT"),
	byHand("the neighbor shut down", "router bgp 65000", "neighbor "+routerAddr+" shutdown"),
	byHand("the instance deleted", "no router bgp 65000"),
	{name: "somebody holds the lock", since: lab.FRR103.Name, strike: func(_ *world, n *node, _ *rand.Rand) func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		unlock, err := n.FRR.Lock(ctx)
		if err != nil {
			return func() {} // whoever has it, or FRR is away
		}
		return unlock
	}},
}, ofDaemons("zebra", ""), ofDaemons("bgpd", ""), ofDaemons("staticd", ""), ofDaemons("mgmtd", lab.FRR103.Name))

func agentEnds(signal syscall.Signal) func(*world, *node, *rand.Rand) func() {
	return func(_ *world, n *node, _ *rand.Rand) func() {
		n.KillAgent(signal)
		return n.StartAgent
	}
}

// byHand is what somebody enters.
func byHand(name string, commands ...string) fault {
	return fault{name: "by hand: " + name, strike: func(_ *world, n *node, _ *rand.Rand) func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_, _ = n.FRR.Vtysh(ctx, append([]string{"configure terminal"}, commands...)...)
		return func() {}
	}}
}

// ofDaemons are the ways in which a daemon fails.
func ofDaemons(daemon, since string) []fault {
	ends := func(signal syscall.Signal) func(*world, *node, *rand.Rand) func() {
		return func(_ *world, n *node, _ *rand.Rand) func() {
			n.FRR.Kill(daemon, signal)
			return func() { n.FRR.StartDaemon(daemon) }
		}
	}
	return []fault{
		{name: daemon + " killed", since: since, strike: ends(syscall.SIGKILL)},
		{name: daemon + " ended", since: since, strike: ends(syscall.SIGTERM)},
		{name: daemon + " halted", since: since, strike: func(_ *world, n *node, _ *rand.Rand) func() {
			n.FRR.Kill(daemon, syscall.SIGSTOP)
			return func() { n.FRR.Kill(daemon, syscall.SIGCONT) }
		}},
	}
}
