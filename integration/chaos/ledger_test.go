//go:build linux

package chaos

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// moment is when something changed in what a node carries, or in what the router hears of it.
type moment struct {
	at     time.Time
	kind   kind
	prefix netip.Prefix // of ended: any of the address family that the session was for
}

// kind is what changed.
type kind int

const (
	carried   kind = iota // the kernel carries the prefix now
	dropped               // it does not any more
	heard                 // the router hears the prefix now
	withdrawn             // it does not any more
	ended                 // a session ended, with all that was heard over it
)

// gap is for how long what was heard of a prefix was not what was carried.
type gap struct {
	prefix   netip.Prefix
	missing  bool // carried and not heard; otherwise stale: heard and not carried
	from, to time.Time
}

// ledger holds what a node carries against what the router hears, moment by moment.
type ledger struct {
	carried, heard map[netip.Prefix]bool
	since          map[netip.Prefix]time.Time // when they began to differ
}

func newLedger() *ledger {
	return &ledger{carried: map[netip.Prefix]bool{}, heard: map[netip.Prefix]bool{}, since: map[netip.Prefix]time.Time{}}
}

// take adds moments, which are later than those before but need not be in order, and returns the gaps that they close.
func (l *ledger) take(moments []moment) (closed []gap) {
	slices.SortStableFunc(moments, func(a, b moment) int { return a.at.Compare(b.at) })
	for _, m := range moments {
		switch m.kind {
		case carried, dropped:
			closed = append(closed, l.set(l.carried, m.prefix, m.kind == carried, m.at)...)
		case heard, withdrawn:
			closed = append(closed, l.set(l.heard, m.prefix, m.kind == heard, m.at)...)
		case ended:
			for p := range l.heard {
				if p.Addr().Is4() == m.prefix.Addr().Is4() {
					closed = append(closed, l.set(l.heard, p, false, m.at)...)
				}
			}
		}
	}
	slices.SortFunc(closed, func(a, b gap) int { return cmp.Or(a.from.Compare(b.from), a.prefix.Compare(b.prefix)) })
	return closed
}

// set changes one side, which ends a gap or begins one.
func (l *ledger) set(side map[netip.Prefix]bool, p netip.Prefix, is bool, at time.Time) (closed []gap) {
	if side[p] == is {
		return nil
	}
	if from, differ := l.since[p]; differ {
		closed = []gap{{p, l.carried[p], from, at}}
		delete(l.since, p)
	} else {
		l.since[p] = at
	}
	if is {
		side[p] = true
	} else {
		delete(side, p)
	}
	return closed
}
