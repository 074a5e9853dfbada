//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/k8frr/k8frr/integration/lab/listener"
)

// command is something that was done to VIPs of a node.
type command struct {
	at   time.Time
	what string // is measured by it; nothing if ""
	add  bool   // and not removed
	node netip.Addr
	vips []netip.Prefix
}

// place is where a VIP is.
type place struct {
	node netip.Addr
	vip  netip.Prefix
}

// judge compares what was done with what the router heard. It returns when the
// router had heard of all VIPs of each command: for the first time of those that
// came, for the last time of those that went. And it tells of VIPs that were
// withdrawn while they were there, of those announced after they went, and of
// commands that came to nothing.
func judge(log []command, stay map[place]bool, events []listener.Event) (heard []time.Time, wrong []string) {
	heard = make([]time.Time, len(log))
	last := map[place]int{} // the command that was the last for a VIP
	announced := map[place]bool{}
	for p := range stay {
		announced[p] = true
	}
	next := 0
	for _, e := range events {
		for ; next < len(log) && !log[next].at.After(e.At); next++ {
			for _, vip := range log[next].vips {
				last[place{log[next].node, vip}] = next
			}
		}
		vip := place{e.Peer, e.Prefix}
		command, touched := last[vip]
		there := stay[vip] || touched && log[command].add
		switch {
		case e.Kind == listener.Down:
			wrong = append(wrong, e.String())
		case e.Kind == listener.Withdrawn && announced[vip] && there, e.Kind == listener.Announced && !announced[vip] && !there:
			wrong = append(wrong, e.String())
		case touched && e.Kind == listener.Announced && !announced[vip], touched && e.Kind == listener.Withdrawn && !there:
			heard[command] = e.At
		}
		announced[vip] = e.Kind == listener.Announced
	}
	for i, at := range heard {
		if at.IsZero() {
			wrong = append(wrong, fmt.Sprintf("nothing of %s after %s", log[i].vips[0], log[i].at.Format("15:04:05.000000")))
		}
	}
	return heard, wrong
}
