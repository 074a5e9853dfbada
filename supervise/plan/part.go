package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// Part is a part of a configuration that can be left out by itself.
type Part struct {
	Kind PartKind `json:"kind"`
	// VRF is that of the BGP instance, "" for the default one or for none.
	VRF string `json:"vrf,omitempty"`
	// Name is that of the neighbor, range, route map or profile; the kind and the name
	// of a list; and of a line what it sets.
	Name string `json:"name,omitempty"`
}

// PartKind is what a Part is.
type PartKind string

// Kinds of parts.
const (
	PeerPart     PartKind = "neighbor"  // or a peer group
	RangePart    PartKind = "range"     // of dynamic neighbors
	RouteMapPart PartKind = "route-map" // a policy
	ListPart     PartKind = "list"      // that policies consult
	ProfilePart  PartKind = "profile"   // of BFD
	InstancePart PartKind = "vrf"       // the BGP instance of a VRF
	LinePart     PartKind = "line"      // of the operator's, or a dispensable one, outside of all these
)

func (p Part) String() string {
	text := string(p.Kind) + " " + p.Name
	switch p.Kind {
	case LinePart, ListPart:
		text = p.Name
	case InstancePart:
		return "VRF " + p.VRF
	}
	if p.VRF != "" {
		text += " in VRF " + p.VRF
	}
	return render.Redact(text)
}

// PartsOf returns the parts that commands are of, each once. Ours reports whether a
// command is one of this project's own and not one that a template adds. It is
// false if a command concerns the whole configuration.
func PartsOf(commands []Command, ours func(Command) bool) (parts []Part, ok bool) {
	for _, c := range commands {
		c.Line = strings.TrimPrefix(c.Line, "no ")
		if noise(c.Line) {
			continue
		}
		p, ok := partWith(c, ours)
		if !ok {
			return nil, false
		}
		if !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	return parts, len(parts) > 0
}

// reserved are names of what is not about single sessions.
func reserved(name string) bool {
	for _, of := range []string{"IMPORT", "ORIGINATED", "KERNEL", "LEARNED", "REJECTED", "LISTED", "STALE", "MARTIAN", "EXPORT"} {
		if strings.HasPrefix(name, render.NamePrefix+of) {
			return true
		}
	}
	return false
}

func partWith(c Command, ours func(Command) bool) (Part, bool) {
	outermost := top(c)
	kind, list := listOf(outermost)
	name, isMap := routeMapName(outermost)
	switch name = strings.TrimPrefix(name, "route-map "); {
	case partOf(outermost) == instances:
		return partOfInstance(c, ours)
	case isMap:
		return Part{Kind: RouteMapPart, Name: name}, !reserved(name)
	case list != "":
		return Part{Kind: ListPart, Name: kind + " " + list}, !reserved(list)
	case holds(outermost) && len(c.Context) > 0:
		inner := append(slices.Clone(c.Context), c.Line)[1]
		if profile, ok := strings.CutPrefix(inner, "profile "); ok && outermost == "bfd" {
			return Part{Kind: ProfilePart, Name: profile}, true
		}
		return Part{Kind: LinePart, Name: outermost + " / " + slotOf(inner)}, partOf(inner) == foreign
	}
	return Part{Kind: LinePart, Name: slotOf(outermost)}, partOf(outermost) == foreign && !unplanned(outermost)
}

// partOfInstance is for a command of a BGP instance.
func partOfInstance(c Command, ours func(Command) bool) (Part, bool) {
	vrf := vrfOf(top(c))
	if len(c.Context) > 0 {
		if name := peerOf(c.Line); name != "" {
			return Part{Kind: PeerPart, VRF: vrf, Name: name}, true
		}
		if prefix, _, ok := rangeOf(c.Line); ok {
			return Part{Kind: RangePart, VRF: vrf, Name: prefix}, true
		}
		if (!ours(c) || isDispensable(c.Line)) && !isFamily(c.Line) {
			within := append(slices.Clone(c.Context[1:]), slotOf(c.Line))
			return Part{Kind: LinePart, VRF: vrf, Name: instanceLine + strings.Join(within, " / ")}, true
		}
	}
	return Part{Kind: InstancePart, VRF: vrf}, vrf != ""
}

// Of returns the steps of a plan that are of parts.
func (p *Plan) Of(parts []Part) *Plan {
	out := &Plan{}
	for _, s := range p.Steps {
		of, ok := PartsOf([]Command{s.Command}, func(Command) bool { return true })
		if ok && slices.Contains(parts, of[0]) {
			out.Steps = append(out.Steps, s)
		}
	}
	return out
}

// instanceLine begins the name of a line of a BGP instance, whatever its AS number.
const instanceLine = "router bgp / "

// Has reports whether a configuration has a part.
func Has(text string, p Part) bool {
	root := parse(text)
	return slices.ContainsFunc(root.children, func(n *node) bool { return n.holdsPart(nil, p) })
}

func (n *node) holdsPart(context []string, p Part) bool {
	if found, _ := partWith(Command{context, n.line}, func(Command) bool { return p.Kind != LinePart }); found == p {
		return true
	}
	inner := within(context, n.line)
	return slices.ContainsFunc(n.children, func(c *node) bool { return c.holdsPart(inner, p) })
}

// Instead is what a configuration has in the place of a part that is left out.
type Instead string

// What there can be.
const (
	Nothing   Instead = "Nothing"
	Previous  Instead = "Previous"  // the part as it was before
	RejectAll Instead = "RejectAll" // of a policy: one that rejects all routes
)

// LeftOut is a part that a configuration is without, and what it has instead.
type LeftOut struct {
	Part
	Instead Instead
}

func (l LeftOut) String() string { return fmt.Sprintf("%s: %s", l.Part, l.Instead) }
