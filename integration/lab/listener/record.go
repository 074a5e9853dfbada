//go:build linux

package listener

import (
	"net/netip"
	"sync"
	"time"
)

// record is everything that happened, in order, and what follows from it: who is up, and who announces what.
type record struct {
	mu      sync.Mutex
	changed chan struct{} // closed and replaced with every addition
	events  []Event
	peers   map[netip.Addr]*peer
}

// peer is the present state of one peer. The numbers are places in record.events.
type peer struct {
	up        bool
	since     int                  // of the last Established
	routes    map[netip.Prefix]int // announced now: by which event
	withdrawn map[netip.Prefix]int // announced once, not now: by which event it went
	resets    int
}

func newRecord() *record {
	return &record{changed: make(chan struct{}), peers: map[netip.Addr]*peer{}}
}

func (r *record) add(events ...Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range events {
		r.append(e)
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

// down records the end of a session that was established.
func (r *record) down(of netip.Addr, reason string) {
	r.add(Event{At: time.Now(), Peer: of, Kind: Down, Reason: reason})
}

func (r *record) append(e Event) {
	at := len(r.events)
	r.events = append(r.events, e)
	p := r.peers[e.Peer]
	if p == nil {
		p = &peer{routes: map[netip.Prefix]int{}, withdrawn: map[netip.Prefix]int{}}
		r.peers[e.Peer] = p
	}
	switch e.Kind {
	case Established:
		p.up, p.since = true, at
	case Announced:
		p.routes[e.Prefix] = at
		delete(p.withdrawn, e.Prefix)
	case Withdrawn:
		if _, ok := p.routes[e.Prefix]; ok {
			delete(p.routes, e.Prefix)
			p.withdrawn[e.Prefix] = at
		}
	case Down:
		p.up = false
		p.resets++
		for prefix := range p.routes {
			p.withdrawn[prefix] = at
		}
		clear(p.routes)
	}
}
