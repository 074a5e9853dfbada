package topology

import (
	"slices"
	"strings"
)

// What Dot and Mermaid have in common: pictures of plain boxes.

// text is what stands in the box of a group.
func (g *Group) text(alone bool) []string {
	lines := []string{g.title()}
	if size := g.size(); size != lines[0] && lines[0] != g.Nodes[0] {
		lines = append(lines, size)
	}
	if names := fewOf(g.Nodes); names != lines[0] {
		lines = append(lines, names)
	}
	switch {
	case g.Failure != "":
		lines = append(lines, short("nothing runs: "+g.Failure, longest))
	case alone:
		lines = append(lines, "no neighbors")
	}
	return lines
}

// longest is the number of characters that a line has at most.
const longest = 90

// text is what stands in the box of a router.
func (r *Router) text() []string {
	lines := []string{strings.TrimSpace(r.title() + "  " + r.systems())}
	if len(r.Peers) > 2 {
		lines = append(lines, r.wheres())
	}
	if r.Description != "" {
		lines = append(lines, short(r.Description, longest))
	}
	if about := r.about(); about != "" {
		lines = append(lines, about)
	}
	if r.Unused {
		lines = append(lines, "no node has this neighbor")
	}
	if len(r.Sessions) == 1 {
		lines = append(lines, short(r.Sessions[0].line(), longest))
	}
	return lines
}

// wrong reports whether a router is a problem.
func (r *Router) amiss() bool {
	return r.Unused || slices.ContainsFunc(r.Sessions, Session.failed)
}

// label is what stands beside an edge: the session, where the router has
// several kinds.
func (t *Topology) label(e Edge) string {
	var parts []string
	if each := t.each(e); each != "" {
		parts = append(parts, each)
	}
	if r := &t.Routers[e.Router]; len(r.Sessions) > 1 {
		parts = append(parts, short(r.Sessions[e.Session].line(), longest))
	}
	return strings.Join(parts, " · ")
}

// each says with how many of the routers each node has a session, if that is
// neither one nor all of them.
func (t *Topology) each(e Edge) string {
	if e.Each < 2 || e.Each == t.Routers[e.Router].count() {
		return ""
	}
	return "each with " + number(e.Each)
}

// class is the kind of line that an edge is.
func (t *Topology) class(e Edge) string {
	switch s := t.Routers[e.Router].Sessions[e.Session]; {
	case s.failed():
		return "bad"
	case s.Down:
		return "down"
	}
	return t.Routers[e.Router].relation()
}

// ofVRF are the routers of a VRF, by index; first is that of the first one.
type ofVRF struct {
	vrf     string
	first   int
	routers []int
}

func (t *Topology) byVRF() []ofVRF {
	var out []ofVRF
	for i := range t.Routers {
		vrf := t.Routers[i].VRF
		k := slices.IndexFunc(out, func(v ofVRF) bool { return v.vrf == vrf })
		if k < 0 {
			k = len(out)
			out = append(out, ofVRF{vrf: vrf, first: i})
		}
		out[k].routers = append(out[k].routers, i)
	}
	return out
}
