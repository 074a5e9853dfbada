//go:build linux

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
	"github.com/k8frr/k8frr/integration/lab"
)

// start measures how long it takes until the router hears a service address that is on the node already: from the agent's
// start, beside an FRR that has just been started and knows nothing; and without an agent, from when that FRR is given the
// file that the agent wrote, as FRR's own start does.
func (b bench) start(tb lab.TB, v lab.Version) []figures.Row {
	n := newNode(tb, v, b.agent, 1)
	n.carry(1)
	l := load{neighbors: 1}
	n.declare(l)
	row := func(what, who string) figures.Row {
		return figures.Row{Suite: "cost", FRR: v.Name, What: what, Who: who, Unit: "ms"}
	}
	const first = "start to first announcement"
	agent, alone, again := row(first, "k8frr"), row(first, "FRR alone, given the same file"), row("start beside an FRR that runs, to ready", "k8frr")
	for range b.starts {
		n.bareFRR("")
		agent.Samples = append(agent.Samples, n.heard(func() { n.startAgent(false) }))
		n.ready()
		n.host.Kill("agent", syscall.SIGTERM)
		again.Samples = append(again.Samples, n.restart())
		n.host.Kill("agent", syscall.SIGTERM)

		text := n.file()
		n.bareFRR("")
		n.check(n.frr.WriteFile("frr.conf", text))
		alone.Samples = append(alone.Samples, n.heard(func() { n.check(n.frr.Boot(n.patient())) }))
	}
	return []figures.Row{agent, alone, again}
}

// bareFRR ends the FRR there is, if any, and starts one that knows nothing but a file.
func (n *node) bareFRR(text string) {
	if n.host.Process("bgpd") != nil {
		n.frr.StopAll()
		_, err := n.tor.WaitDown(n.patient())
		n.check(err)
	}
	n.check(n.frr.WriteFile("frr.conf", text))
	n.frr.Start()
}

// heard is how long it takes, in milliseconds, until the router hears the service address.
func (n *node) heard(after func()) float64 {
	began := time.Now()
	after()
	e, err := n.tor.WaitAnnounced(n.patient(), vip(0))
	n.check(err)
	return milliseconds(e.At.Sub(began))
}

// restart is how long an agent takes, in milliseconds, until it says that all is as declared.
func (n *node) restart() float64 {
	began := time.Now()
	n.startAgent(false)
	n.ready()
	return milliseconds(time.Since(began))
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// file is what the agent has written into frr.conf.
func (n *node) file() string {
	text, err := os.ReadFile(filepath.Join(n.frr.ConfigDir, "frr.conf"))
	n.check(err)
	return string(text)
}
