package render

import (
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/policy"
)

// refusal is a policy that cannot be compiled for a family.
type refusal struct {
	direction policy.Direction
	family    v1.Family
	problems  []policy.Problem
}

// refused adds a note for each problem of the policies of a neighbor or range.
// Its session runs, and exchanges no routes of the family in that direction: to
// run it with others than its own policies would leak routes.
func (r *resolver) refused(path, what string, refusals []refusal) {
	for _, refused := range refusals {
		does := "accepts no " + string(refused.family) + " routes from"
		if refused.direction == policy.Export {
			does = "announces no " + string(refused.family) + " routes to"
		}
		for _, p := range refused.problems {
			r.note(path, "PolicyRefused", "spec.%s, so the node %s this %s", p.Error(), does, what)
		}
	}
}

// refusedRange adds a note for each problem of the policies of a range that is
// left out, because the other ranges of its group have policies that work.
func (r *resolver) refusedRange(path, group string, refusals []refusal) {
	for _, refused := range refusals {
		for _, p := range refused.problems {
			r.leaveOut(path, "PolicyRefused", "spec.%s, so this range is left out: the other ranges of peer group %s do without", p.Error(), group)
		}
	}
}

// rejectedMap is the route map in the place of a policy that cannot be compiled.
const rejectedMap = NamePrefix + "REJECTED"

// rejectsAll returns the name of the route map that rejects all routes.
func (p policies) rejectsAll() string {
	p.maps[rejectedMap] = policy.Map{Name: rejectedMap, Entries: []policy.Entry{{Action: "deny", Seq: 10}}}
	return rejectedMap
}
