package report

import (
	"math/rand/v2"
	"time"
)

// How often a node may write: once a second in the long run, and a few times at once after a rest, so that a change
// after another need not wait.
const (
	writeGap   = time.Second
	writeBurst = 3
)

// pace spaces writes.
type pace struct{ due time.Time }

// took counts a write.
func (p *pace) took(now time.Time) {
	if p.due.Before(now) {
		p.due = now
	}
	p.due = p.due.Add(writeGap)
}

// next is when another may follow.
func (p *pace) next() time.Time { return p.due.Add(-(writeBurst - 1) * writeGap) }

// A configuration reaches every node of a cluster in the same tenth of a second, and so does a Service's address. What the
// nodes write of that they write in turn: 500 of them in a second, and all within longestSpread, however many they are.
// Sessions do not wait for a turn.
const (
	turnOfNode    = 2 * time.Millisecond
	longestSpread = 10 * time.Second
)

// SpreadOf is the Spread of a cluster of so many nodes.
func SpreadOf(nodes int) time.Duration {
	return min(time.Duration(max(nodes, 0))*turnOfNode, longestSpread)
}

// turn is when a node writes what all nodes write; zero when there is no such thing.
type turn struct{ at time.Time }

// come reports whether it has come. The first time it is set, to any moment within the spread.
func (t *turn) come(spread time.Duration) bool {
	if t.at.IsZero() {
		t.at = time.Now().Add(rand.N(spread + 1))
	}
	return !time.Now().Before(t.at)
}

// before is the turn, if it has yet to come, before a time; and else that time.
func (t turn) before(other time.Time) time.Time {
	if t.at.After(time.Now()) && t.at.Before(other) {
		return t.at
	}
	return other
}
