//go:build linux

package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"
)

var ofKubeLB = []fault{
	on("kube-lb0 deleted", func(n *node) func() {
		n.try("ip", "link", "del", kubeLB)
		return n.present
	}),
	on("kube-lb0 down", func(n *node) func() {
		n.try("ip", "link", "set", kubeLB, "down")
		return func() { n.try("ip", "link", "set", kubeLB, "up") }
	}),
	on("kube-lb0 renamed", func(n *node) func() {
		n.rename(kubeLB, "elsewhere")
		return func() { n.rename("elsewhere", kubeLB) }
	}),
	on("kube-lb0 deleted and made again at once", func(n *node) func() {
		n.try("ip", "link", "del", kubeLB)
		n.present()
		return nothing
	}),
	on("a primary address goes and takes others along", func(n *node) func() {
		n.try("ip", "address", "replace", fmt.Sprintf("10.77.%d.1/24", n.id), "dev", kubeLB)
		n.try("ip", "address", "replace", fmt.Sprintf("10.77.%d.2/24", n.id), "dev", kubeLB)
		time.Sleep(200 * time.Millisecond)
		n.try("ip", "address", "del", fmt.Sprintf("10.77.%d.1/24", n.id), "dev", kubeLB)
		return nothing
	}),
	on("500 addresses come, and go", func(n *node) func() {
		n.storm("add", 500)
		n.storm("del", 500)
		return nothing
	}),
	on("1,000 addresses come, and go once it is mended", func(n *node) func() {
		n.storm("add", 1000)
		return func() { n.storm("del", 1000) }
	}),
	// Each change is announced to the agent several times, and its socket has room for some hundred announcements.
	on("20,000 changes of addresses while the agent is halted", func(n *node) func() {
		n.Kill("agent", syscall.SIGSTOP)
		for range 10 {
			n.storm("add", 1000)
			n.storm("del", 1000)
		}
		return func() { n.Kill("agent", syscall.SIGCONT) }
	}),
	on("thousands of changes of addresses a second", func(n *node) func() {
		for end := time.Now().Add(2 * time.Second); time.Now().Before(end); {
			n.storm("add", 500)
			n.storm("del", 400)
		}
		return func() { n.storm("del", 500) }
	}),
}

func (n *node) rename(from, to string) {
	n.try("ip", "link", "set", from, "down")
	n.try("ip", "link", "set", from, "name", to)
	n.try("ip", "link", "set", to, "up")
}

// storm adds or deletes many addresses as fast as the kernel takes them.
func (n *node) storm(verb string, addresses int) {
	n.try("sh", "-c", fmt.Sprintf(`awk 'BEGIN { for (i = 0; i < %d; i++) printf "address %s 10.%d.%%d.%%d/32 dev %s\n", i / 250, i %% 250 + 1 }' | ip -force -batch -`,
		addresses, verb, 80+n.id, kubeLB))
}

var ofLink = []fault{
	{name: "the link flaps", strike: func(_ *world, n *node, r *rand.Rand) func() {
		for range 1 + r.IntN(4) {
			n.linkDown()
			time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
			n.linkUp()
		}
		return nothing
	}},
	on("the link is dead", func(n *node) func() {
		n.linkDown()
		return n.linkUp
	}),
	{name: "every third packet lost, both ways", strike: func(w *world, n *node, _ *rand.Rand) func() {
		return w.filter(n, "numgen random mod 100 < 33 drop", "ingress", "egress")
	}},
	{name: "no packet gets through", strike: func(w *world, n *node, _ *rand.Rand) func() {
		return w.filter(n, "drop", "ingress", "egress")
	}},
	// Nobody is told (RFC 2923, section 2.1), and TCP goes on with segments that get nowhere.
	{name: "packets of more than 600 bytes vanish", strike: func(w *world, n *node, _ *rand.Rand) func() {
		mend := w.filter(n, "meta length > 600 drop", "ingress")
		n.storm("add", 500)
		return func() { mend(); n.storm("del", 500) }
	}},
}

// linkDown takes the address of IPv6 along, and linkUp gives it back.
func (n *node) linkDown() { n.try("ip", "link", "set", "eth0", "down") }

func (n *node) linkUp() {
	n.try("ip", "link", "set", "eth0", "up")
	n.try("ip", "address", "replace", n.address6.String()+"/64", "dev", "eth0", "nodad")
}

// filter has the switch do something to what a node sends (ingress) or is sent (egress).
func (w *world) filter(n *node, rule string, hooks ...string) (mend func()) {
	w.Helper()
	w.nft("add table netdev " + n.port)
	for _, hook := range hooks {
		w.nft(fmt.Sprintf("add chain netdev %s %s { type filter hook %[2]s device %[1]s priority 0; }", n.port, hook))
		w.nft(fmt.Sprintf("add rule netdev %s %s %s", n.port, hook, rule))
	}
	return func() { w.nft("delete table netdev " + n.port) }
}

// nft runs a command of nftables on the switch.
func (w *world) nft(command string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), *patience)
	defer cancel()
	if _, err := w.lan.Exec(ctx, "nft", command); err != nil {
		w.Fatal(err)
	}
}

// ofRouter are those that every node feels.
var ofRouter = []fault{
	{name: "the router ends its sessions", shared: true, strike: func(w *world, _ *node, _ *rand.Rand) func() {
		_ = w.heard.Notify(6, 4) // Cease, Administrative Reset (RFC 4486); a session that ends meanwhile needs none
		return nothing
	}},
	{name: "the router refuses sessions", shared: true, strike: func(w *world, _ *node, _ *rand.Rand) func() {
		w.heard.Reject(6, 5) // Cease, Connection Rejected
		_ = w.heard.Notify(6, 4)
		return w.heard.Accept
	}},
	{name: "the router is silent", shared: true, strike: func(w *world, _ *node, _ *rand.Rand) func() {
		w.heard.Silence()
		return w.heard.Accept
	}},
	{name: "the leaf killed", shared: true, strike: func(w *world, _ *node, _ *rand.Rand) func() {
		w.leaf.end(syscall.SIGKILL)
		return func() { w.leaf.start() }
	}},
	{name: "the leaf ended", shared: true, strike: func(w *world, _ *node, _ *rand.Rand) func() {
		w.leaf.end(syscall.SIGTERM)
		return func() { w.leaf.start() }
	}},
	// With graceful restart (RFC 4724) its forwarding goes on.
	{name: "the leaf restarts gracefully", shared: true, strike: func(w *world, _ *node, _ *rand.Rand) func() {
		w.leaf.end(syscall.SIGKILL)
		return func() { w.leaf.start("-R") }
	}},
}
