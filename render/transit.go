package render

import (
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// A node announces what it learned only where the configuration says so: by a
// default action or a statement that accepts such routes, or as a route
// reflector. A note says it each time.

// noteTransit adds a note if the route map of an export policy can accept a
// learned route of any family that a session really has.
func (r *resolver) noteTransit(s *Session, c *chain, reflected bool) {
	if c == nil || !slices.ContainsFunc(s.Families, func(f FamilySession) bool {
		return r.policies.sources.AcceptsLearned(r.policies.maps[f.Export], Tag)
	}) {
		return
	}
	cause := "a statement accepts them; add routeType: local to its conditions if it is meant for what the node originates"
	switch {
	case c.DefaultAction == v1.Accept:
		cause = "defaultAction is accept"
	case c.DefaultAction == "" && reflected:
		cause = "the neighbor is internal, and this node is a route reflector, of which an unset defaultAction accepts them"
	}
	r.note(c.path, "AnnouncesLearned", "can announce learned routes: %s", cause)
}

// noteReflected adds a note if a route reflector has internal neighbors without
// an export policy.
func (r *resolver) noteReflected(peers []peer) {
	i := slices.IndexFunc(peers, func(p peer) bool { return p.said.everywhere.RouteReflectorClient })
	if r.reflected && i >= 0 {
		r.note(peers[i].Path+".routeReflector.routeReflectorClient", "AnnouncesLearned", "makes this node a route reflector, which can announce learned routes to its internal neighbors")
	}
	r.reflected = false
}
