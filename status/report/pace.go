package report

import "time"

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
