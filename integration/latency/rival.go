//go:build linux

package main

import (
	"context"
	"net/netip"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// rival is a contender at work: two nodes, and the router that both peer with.
type rival struct {
	contender
	bench
	tb     lab.TB
	nodes  [2]*node
	router *listener.Listener
	// since is when the nodes were last left alone.
	since time.Time
	// log is what was done to VIPs since mark, a place in what the router heard.
	log  []command
	mark int

	// Of the present figure: the samples of each thing that it measures, how
	// many turns they took, and how long.
	samples map[string][]time.Duration
	turns   int
	spent   time.Duration
}

// add has VIPs come to a node, and writes it down.
func (r *rival) add(what string, node int, vips ...netip.Prefix) command {
	c := r.note(what, true, node, vips)
	r.nodes[node].hand.add(vips...)
	return c
}

// remove has VIPs go from a node, and writes it down.
func (r *rival) remove(what string, node int, vips ...netip.Prefix) command {
	c := r.note(what, false, node, vips)
	r.nodes[node].hand.remove(vips...)
	return c
}

func (r *rival) note(what string, add bool, node int, vips []netip.Prefix) command {
	c := command{time.Now(), what, add, r.nodes[node].address, vips}
	r.log = append(r.log, c)
	return c
}

// await waits until the router has heard of a command, and returns how.
func (r *rival) await(c command) (e listener.Event) {
	heard := r.router.From(c.node)
	wait := heard.WaitWithdrawn
	if c.add {
		wait = heard.WaitAnnounced
	}
	r.within(func(ctx context.Context) (err error) {
		e, err = wait(ctx, c.vips...)
		return err
	})
	return e
}

// judged turns what was done into samples, and fails the run if the router heard
// what was wrong.
func (r *rival) judged() {
	stay := map[place]bool{}
	for _, n := range r.nodes {
		for _, p := range n.stay {
			stay[place{n.address, p}] = true
		}
	}
	heard, wrong := judge(r.log, stay, r.router.Since(r.mark))
	for i, c := range r.log {
		if c.what != "" {
			r.samples[c.what] = append(r.samples[c.what], heard[i].Sub(c.at))
		}
	}
	if len(wrong) > 0 {
		r.tb.Errorf("%s, %s: the router heard %d times what was wrong, first: %s", r.bench, r.contender.name, len(wrong), wrong[0])
	}
	r.log, r.mark = nil, r.router.Mark()
}
