package forecast

import (
	"cmp"
	"slices"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
)

// Session is a session and what happens to it.
type Session struct {
	// VRF is the device, "" for none.
	VRF string `json:"vrf,omitempty"`
	// Peer is the neighbor as FRR's commands name it, or a range of unnamed
	// ones.
	Peer        string `json:"peer"`
	Description string `json:"description,omitempty"`
	// Field is the neighbor's in the BGPConfiguration, after the change if it
	// is there then.
	Field  string `json:"field,omitempty"`
	Effect Effect `json:"effect"`
}

// Effect is what happens to a session.
type Effect string

// What can happen to a session.
const (
	Unchanged Effect = "unchanged"
	// Pending changes act when the session is next established.
	Pending Effect = "pending"
	// Refreshed sessions stay; routes are sent, or asked for, again.
	Refreshed Effect = "refreshed"
	// MayReset ends a session whose peer has sent more prefixes than it may from
	// now on.
	MayReset Effect = "may reset"
	Added    Effect = "added"
	Removed  Effect = "removed"
	// Reset sessions end and come up again.
	Reset Effect = "reset"
)

var effects = map[plan.Kind]Effect{
	plan.Pending: Pending, plan.RefreshOut: Refreshed, plan.RefreshIn: Refreshed,
	plan.Limited: MayReset,
	plan.Added:   Added, plan.Removed: Removed, plan.Reset: Reset,
}

// who tells sessions of a node apart.
type who struct{ vrf, peer string }

// sessions are those before and after, and what the plan does to them.
func sessions(before, after *render.Config, c *Change) []Session {
	all := map[who]*Session{}
	add := func(config *render.Config, effect Effect) {
		for _, i := range config.Instances() {
			for _, n := range i.Neighbors {
				if !n.AdminDown {
					w := who{i.Device, n.ID}
					all[w] = &Session{w.vrf, w.peer, n.Description, n.Path, effect}
				}
			}
			for _, r := range i.Ranges {
				w := who{i.Device, r.Prefix.String()}
				all[w] = &Session{w.vrf, w.peer, "", r.Path, effect}
			}
		}
	}
	switch c.Fate {
	case Leaves:
		add(before, Removed)
	case Joins:
		add(after, Added)
	default:
		add(before, Unchanged)
		add(after, Unchanged)
	}
	for _, e := range c.Plan.Effects() {
		w := who{e.VRF, e.Peer}
		if all[w] == nil {
			all[w] = &Session{VRF: w.vrf, Peer: w.peer}
		}
		all[w].Effect = effects[e.Kind]
	}
	var list []Session
	for _, s := range all {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Session) int { return cmp.Or(cmp.Compare(a.VRF, b.VRF), comparePeers(a.Peer, b.Peer)) })
	return list
}
