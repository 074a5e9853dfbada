//go:build linux

package listener

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
)

// View answers questions about what one peer, or all peers together, said. The Wait methods return at once what is
// already so, and otherwise when it becomes so or ctx ends.
type View struct {
	record *record
	peer   netip.Addr // invalid: all
}

func (v View) covers(peer netip.Addr) bool { return !v.peer.IsValid() || v.peer == peer }

// peers are the states of the peers in view. The caller holds the record's mutex.
func (v View) peers() []*peer {
	var found []*peer
	for address, p := range v.record.peers {
		if v.covers(address) {
			found = append(found, p)
		}
	}
	return found
}

// Mark is the present end of the events, for Since and Wait.
func (v View) Mark() int {
	v.record.mu.Lock()
	defer v.record.mu.Unlock()
	return len(v.record.events)
}

// Since are the events after a mark, oldest first.
func (v View) Since(mark int) []Event {
	v.record.mu.Lock()
	defer v.record.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(v.record.events[mark:]), func(e Event) bool { return !v.covers(e.Peer) })
}

// Events are all events, oldest first.
func (v View) Events() []Event { return v.Since(0) }

// Announced is what is announced now. Where several peers in view announce a prefix, it has the route of one of them.
func (v View) Announced() map[netip.Prefix]Route {
	v.record.mu.Lock()
	defer v.record.mu.Unlock()
	routes := map[netip.Prefix]Route{}
	for _, p := range v.peers() {
		for prefix, at := range p.routes {
			routes[prefix] = *v.record.events[at].Route
		}
	}
	return routes
}

// Resets is how many times an established session ended.
func (v View) Resets() int {
	v.record.mu.Lock()
	defer v.record.mu.Unlock()
	n := 0
	for _, p := range v.peers() {
		n += p.resets
	}
	return n
}

// Established are the peers whose sessions are up, in order.
func (v View) Established() []netip.Addr {
	v.record.mu.Lock()
	defer v.record.mu.Unlock()
	var up []netip.Addr
	for address, p := range v.record.peers {
		if p.up && v.covers(address) {
			up = append(up, address)
		}
	}
	slices.SortFunc(up, netip.Addr.Compare)
	return up
}

// Wait waits for the first event after a mark that match accepts.
func (v View) Wait(ctx context.Context, mark int, match func(Event) bool) (Event, error) {
	return v.wait(ctx, "the event", func() (Event, bool) {
		for ; mark < len(v.record.events); mark++ {
			if e := v.record.events[mark]; v.covers(e.Peer) && match(e) {
				return e, true
			}
		}
		return Event{}, false
	})
}

// WaitEstablished waits until a session in view is up.
func (v View) WaitEstablished(ctx context.Context) (Event, error) {
	return v.wait(ctx, "a session", func() (Event, bool) {
		for _, p := range v.peers() {
			if p.up {
				return v.record.events[p.since], true
			}
		}
		return Event{}, false
	})
}

// WaitDown waits until no session in view is up, and returns the event that ended the last. One must have been.
func (v View) WaitDown(ctx context.Context) (Event, error) {
	return v.wait(ctx, "the end of the session", func() (Event, bool) {
		if slices.ContainsFunc(v.peers(), func(p *peer) bool { return p.up }) {
			return Event{}, false
		}
		for _, e := range slices.Backward(v.record.events) {
			if e.Kind == Down && v.covers(e.Peer) {
				return e, true
			}
		}
		return Event{}, false
	})
}

// WaitEndOfRIB waits until a peer in view has sent End-of-RIB for a family in its present session.
func (v View) WaitEndOfRIB(ctx context.Context, family bgp.RouteFamily) (Event, error) {
	return v.wait(ctx, "End-of-RIB of "+family.String(), func() (Event, bool) {
		for at, e := range v.record.events {
			if p := v.record.peers[e.Peer]; e.Kind == EndOfRIB && e.Family == family && v.covers(e.Peer) && p.up && at > p.since {
				return e, true
			}
		}
		return Event{}, false
	})
}

// WaitAnnounced waits until every one of the prefixes is announced by a peer in view, and returns the event that
// completed this.
func (v View) WaitAnnounced(ctx context.Context, prefixes ...netip.Prefix) (Event, error) {
	return v.waitAll(ctx, "the announcement of", prefixes, func(prefix netip.Prefix) (at int, ok bool) {
		for _, p := range v.peers() {
			if when, announced := p.routes[prefix]; announced && (!ok || when < at) {
				at, ok = when, true
			}
		}
		return at, ok
	})
}

// WaitWithdrawn waits until none of the prefixes is announced any more by a peer in view, because it was withdrawn or its
// session ended, and returns the event that completed this. A prefix that was never announced is waited for: it cannot
// pass for withdrawn.
func (v View) WaitWithdrawn(ctx context.Context, prefixes ...netip.Prefix) (Event, error) {
	return v.waitAll(ctx, "the withdrawal of", prefixes, func(prefix netip.Prefix) (at int, ok bool) {
		for _, p := range v.peers() {
			if _, announced := p.routes[prefix]; announced {
				return 0, false
			}
			if when, gone := p.withdrawn[prefix]; gone {
				at, ok = max(at, when), true
			}
		}
		return at, ok
	})
}

// waitAll waits until state is so for every prefix and returns the latest of the events that it names.
func (v View) waitAll(ctx context.Context, what string, prefixes []netip.Prefix, state func(netip.Prefix) (int, bool)) (Event, error) {
	missing := prefixes
	e, err := v.wait(ctx, what, func() (Event, bool) {
		latest := 0
		for i, prefix := range prefixes {
			at, ok := state(prefix)
			if !ok {
				missing = prefixes[i:]
				return Event{}, false
			}
			latest = max(latest, at)
		}
		return v.record.events[latest], true
	})
	if err != nil {
		err = fmt.Errorf("%w (%s is the first missing of %d)", err, missing[0], len(prefixes))
	}
	return e, err
}

// wait repeats check, with the record's mutex held, until it succeeds.
func (v View) wait(ctx context.Context, what string, check func() (Event, bool)) (Event, error) {
	for {
		v.record.mu.Lock()
		e, ok := check()
		changed := v.record.changed
		heard := len(v.record.events)
		v.record.mu.Unlock()
		if ok {
			return e, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			whom := "any peer"
			if v.peer.IsValid() {
				whom = v.peer.String()
			}
			return Event{}, fmt.Errorf("waited in vain for %s from %s; heard %d events: %w", what, whom, heard, context.Cause(ctx))
		}
	}
}
