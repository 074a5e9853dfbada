//go:build linux

package chaos

import (
	"context"
	"math/rand/v2"
	"slices"
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
	// shared says that it is the router's, and all nodes feel it.
	shared bool
}

// on is a fault of a node that needs no chance.
func on(name string, strike func(*node) (mend func())) fault {
	return fault{name: name, strike: func(_ *world, n *node, _ *rand.Rand) func() { return strike(n) }}
}

func nothing() {}

// faults are all there are.
var faults = slices.Concat(ofAgent, ofFRR, ofDaemon("zebra", ""), ofDaemon("bgpd", ""), ofDaemon("staticd", ""), ofDaemon("mgmtd", lab.FRR103.Name),
	ofVtysh, byHand, ofDeclared, ofFiles, ofKubeLB, ofLink, ofRouter)

var ofAgent = []fault{
	on("agent killed", agentEnds(syscall.SIGKILL)),
	on("agent ended", agentEnds(syscall.SIGTERM)),
	on("agent halted", func(n *node) func() {
		n.Kill("agent", syscall.SIGSTOP)
		return func() { n.Kill("agent", syscall.SIGCONT) }
	}),
	on("two agents", func(n *node) func() {
		second := n.FRR.StartBeside("second agent", program, "--config-dir", n.Objects, "--status-file", n.Status+".second", "--node-name", n.Host.Name,
			"--vtysh", n.FRR.VtyshPath, "--frr-config-dir", n.FRR.ConfigDir, "--frr-socket-dir", n.FRR.SocketDir,
			"--metrics-address", "", "--probe-address", "")
		return func() {
			if second.Running() {
				n.Kill("second agent", syscall.SIGKILL)
			}
		}
	}),
}

func agentEnds(signal syscall.Signal) func(*node) func() {
	return func(n *node) func() {
		n.KillAgent(signal)
		return n.StartAgent
	}
}

var ofFRR = []fault{
	on("all of FRR killed", func(n *node) func() {
		n.FRR.KillAll()
		return n.FRR.Start
	}),
	on("all of FRR ended", func(n *node) func() {
		n.FRR.StopAll()
		return n.FRR.Start
	}),
	on("all of FRR killed, and the agent", func(n *node) func() {
		n.FRR.KillAll()
		n.KillAgent(syscall.SIGKILL)
		return func() { n.StartAgent(); n.FRR.Start() }
	}),
	{name: "somebody holds the lock", since: lab.FRR103.Name, strike: func(_ *world, n *node, _ *rand.Rand) func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		unlock, err := n.FRR.Lock(ctx)
		if err != nil {
			return nothing // whoever has it, or FRR is away
		}
		return unlock
	}},
}

// ofDaemon are the ways in which a daemon fails.
func ofDaemon(daemon, since string) []fault {
	ends := func(signal syscall.Signal) func(*node) func() {
		return func(n *node) func() {
			n.FRR.Kill(daemon, signal)
			return func() { n.FRR.StartDaemon(daemon) }
		}
	}
	list := []fault{
		on(daemon+" killed", ends(syscall.SIGKILL)),
		on(daemon+" ended", ends(syscall.SIGTERM)),
		on(daemon+" halted", func(n *node) func() {
			n.FRR.Kill(daemon, syscall.SIGSTOP)
			return func() { n.FRR.Kill(daemon, syscall.SIGCONT) }
		}),
		on(daemon+"'s socket accepts and never answers", func(n *node) func() { return n.silence(daemon) }),
		on(daemon+"'s socket is missing", func(n *node) func() { return n.hide(daemon) }),
	}
	for i := range list {
		list[i].since = since
	}
	return list
}

// byHand is what somebody enters.
var byHand = []fault{
	entered("redistribution taken back", "router bgp 65000", "address-family ipv4 unicast", "no redistribute static", "no redistribute connected"),
	entered("the list emptied", "no route-map K8FRR-IMPORT-CONNECTED"),
	entered("the neighbor shut down", "router bgp 65000", "neighbor "+routerAddr+" shutdown"),
	entered("the instance deleted", "no router bgp 65000"),
}

func entered(name string, commands ...string) fault {
	return on("by hand: "+name, func(n *node) func() {
		ctx, cancel := context.WithTimeout(context.Background(), *patience)
		defer cancel()
		_, _ = n.FRR.Vtysh(ctx, append([]string{"configure terminal"}, commands...)...)
		return nothing
	})
}
