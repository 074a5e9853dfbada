package report

import (
	"cmp"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// SessionChange is a session that came up, or went down.
type SessionChange struct {
	// Neighbor is the session as it is now.
	Neighbor v1.NeighborStatus
	Up       bool
}

// sessionChanges are the sessions that came up or went down between two looks. One that is up both times and was
// established again in between went down and came up. What is configured again is not down: it has yet to come up.
func sessionChanges(before, now []v1.NeighborStatus) []SessionChange {
	was := map[string]v1.NeighborStatus{}
	for _, n := range before {
		was[nameOf(n)] = n
	}
	var changes []SessionChange
	for _, n := range now {
		b, known := was[nameOf(n)]
		up, wasUp := n.State == status.Established, known && b.State == status.Established
		switch {
		case up && wasUp && anew(b, n):
			down := n
			down.State, down.LastError = status.Idle, "it was established anew"
			changes = append(changes, SessionChange{Neighbor: down}, SessionChange{Neighbor: n, Up: true})
		case up && !wasUp, !up && wasUp:
			changes = append(changes, SessionChange{Neighbor: n, Up: up})
		}
	}
	return changes
}

// again says that a session is another than before. FRR's times of sessions are a second or two off now and then.
func anew(before, now v1.NeighborStatus) bool {
	return before.SessionUpSince != nil && now.SessionUpSince != nil && now.SessionUpSince.Sub(before.SessionUpSince.Time) > 2*time.Second
}

// nameOf tells a neighbor from the others. An unnumbered one is its interface, whatever address it was found at.
func nameOf(n v1.NeighborStatus) string { return n.VRF + " " + cmp.Or(n.Interface, n.Address) }

// String names a neighbor as an operator would.
func (c SessionChange) String() string {
	name := c.Neighbor.Address
	if i := c.Neighbor.Interface; i != "" && i != name {
		name += " on " + i
	}
	if c.Neighbor.VRF != "" {
		name += " in VRF " + c.Neighbor.VRF
	}
	return name
}

// stirred reports whether a session came up or went down, or is sent another number of prefixes. What peers send, and the
// tries of sessions that do not come up, never rest.
func stirred(before, now status.Summary) bool {
	if len(before) != len(now) {
		return true
	}
	for family, b := range before {
		n, ok := now[family]
		if !ok || len(b.Peers) != len(n.Peers) {
			return true
		}
		for name, was := range b.Peers {
			is, ok := n.Peers[name]
			up := is.State == status.Established
			if !ok || up != (was.State == status.Established) || is.Sent != was.Sent ||
				up && is.Since.Sub(was.Since).Abs() > 2*time.Second {
				return true
			}
		}
	}
	return false
}
