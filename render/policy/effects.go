package policy

import (
	"fmt"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Effects is told what statements do for a subject, beside the problems.
type Effects interface {
	// Statement is called for a statement that is for the family and the
	// neighbor of the subject, with whether it can match any route, and whether
	// it asks for the AS path.
	Statement(field string, canMatch, asksPath bool)
	// Futile is called for an action that does not do what it is for.
	Futile(Problem)
}

// effect is a call of Effects, kept with the route map that is compiled once
// and told each time that the map is asked for.
type effect struct {
	field              string
	canMatch, asksPath bool
	futile             *Problem // nil for a call of Statement
}

func (e effect) tell(to Effects) {
	if e.futile != nil {
		to.Futile(*e.futile)
		return
	}
	to.Statement(e.field, e.canMatch, e.asksPath)
}

// effects records what a statement does, whose path ends in a dot.
func (c *compiler) effects(st *v1.Statement, canMatch bool) {
	if c.excluded {
		return
	}
	c.told = append(c.told, effect{
		field: c.path[:len(c.path)-1], canMatch: canMatch,
		asksPath: st.Conditions.ASPathSet != nil || st.Conditions.ASPathLength != nil,
	})
	if !canMatch || c.subject.Direction != Export || st.Actions.RouteAction == v1.Reject {
		return
	}
	futile := func(field, value, format string, args ...any) {
		c.told = append(c.told, effect{futile: &Problem{c.path + "actions." + field, value, fmt.Sprintf(format, args...)}})
	}
	a := &st.Actions
	if a.LocalPref != 0 && c.subject.External {
		futile("localPref", fmt.Sprint(a.LocalPref), "has no effect towards external neighbors, to which LOCAL_PREF is not sent (RFC 4271 section 5.1.5)")
	}
	if p := a.ASPrepend; p != nil && !c.subject.External && uint32(p.ASN) == c.subject.LocalASN {
		futile("asPrepend.asn", fmt.Sprint(p.ASN), "is the AS of internal neighbors, which take a path with it for a loop and ignore the route (RFC 4271 section 9.1.2)")
	}
}
