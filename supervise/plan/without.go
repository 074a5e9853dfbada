package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// Without returns a wanted configuration without parts of it. Each part is as it is
// in the configuration of before, or not there if it was not: a neighbor whose
// change is left out keeps its session.
//
// What depends on a part goes with it: the members and ranges of a group, and whoever
// uses a policy otherwise than before, who keeps what it had. A new neighbor that uses
// it runs and exchanges no routes in that direction. A neighbor that is wanted no more
// stays if one of the same AS, which may be in its place, is left out.
//
// It is false if the wanted configuration cannot do without: the part is not about
// single sessions, or what neighbors exchange could be more than it was, because
// their policies are the old ones and what they let through is new.
func Without(wanted, before string, parts []Part) (text string, left []LeftOut, ok bool) {
	l := &leaving{from: parse(before), to: parse(wanted), out: map[Part]bool{}, rejects: map[Part][]string{}}
	for _, p := range parts {
		l.out[p] = true
	}
	if !l.policies() {
		return "", nil, false
	}
	l.dependents()
	if l.mayLeak() {
		return "", nil, false
	}
	out := &node{}
	l.compose(out)
	return header(wanted) + printed(out), l.result(), true
}

// leaving finds what a configuration looks like without some parts.
type leaving struct {
	from, to *node
	out      map[Part]bool
	// rejects are the uses of policies by new neighbors in an address family, by
	// neighbor: each as the context and the line.
	rejects map[Part][]string
	// restored says that a policy that is used is as it was, transit that an export
	// policy is.
	restored, transit bool
}

func instanceOf(root *node, vrf string) *node {
	for _, n := range only(root, instances) {
		if vrfOf(n.line) == vrf {
			return n
		}
	}
	return nil
}

// refersTo reports whether a line refers to one of the policies, lists and profiles
// that are out.
func (l *leaving) refersTo(line string, from int) bool {
	words := strings.Fields(line)
	for i := min(from, len(words)); i < len(words); i++ {
		for _, kind := range []PartKind{RouteMapPart, ProfilePart} {
			if l.out[Part{Kind: kind, Name: words[i]}] {
				return true
			}
		}
		for _, k := range listKinds {
			if l.out[Part{Kind: ListPart, Name: k.kind + " " + words[i]}] {
				return true
			}
		}
	}
	return false
}

// policies adds the route maps that ask what is out, and whoever uses them.
func (l *leaving) policies() bool {
	for found := true; found; {
		found = false
		for _, n := range l.to.children {
			name, isMap := routeMapName(n.line)
			p := Part{Kind: RouteMapPart, Name: strings.TrimPrefix(name, "route-map ")}
			if !isMap || l.out[p] {
				continue
			}
			for _, c := range n.children {
				if what := referred(c.line); l.out[Part{Kind: ListPart, Name: what}] || l.out[Part{Kind: RouteMapPart, Name: strings.TrimPrefix(what, "route-map ")}] {
					if reserved(p.Name) {
						return false
					}
					l.out[p], found = true, true
				}
			}
		}
	}
	for _, n := range l.to.children {
		switch partOf(n.line) {
		case instances:
			if l.out[Part{Kind: InstancePart, VRF: vrfOf(n.line)}] {
				continue
			}
			from := instanceOf(l.from, vrfOf(n.line))
			for _, c := range n.children {
				if !l.uses(n, from, nil, c, nil) {
					return false
				}
				for _, inner := range c.children {
					if !l.uses(n, from, c, inner, from.find(c.line)) {
						return false
					}
				}
			}
		case globals:
			if l.refersTo(n.line, 2) && l.from.find(n.line) == nil {
				return false
			}
		}
	}
	return true
}

// uses decides about a line of an instance that may refer to what is out. It is
// false if the whole configuration depends on the line.
func (l *leaving) uses(instance, from, family, c, was *node) bool {
	name := peerOf(c.line)
	if family == nil {
		was = from
	}
	switch p := (Part{Kind: PeerPart, VRF: vrfOf(instance.line), Name: name}); {
	case name == "":
		return !l.refersTo(c.line, 1) || was.find(c.line) != nil
	case !l.refersTo(c.line, 3):
	case was.find(c.line) != nil:
		l.restored, l.transit = true, l.transit || strings.HasSuffix(c.line, " out")
		for _, m := range newMembers(instance, from, name) { // they would have what the group had
			if family == nil || !strings.Contains(c.line, " route-map ") {
				l.out[Part{Kind: PeerPart, VRF: p.VRF, Name: m}] = true
				continue
			}
			m := Part{Kind: PeerPart, VRF: p.VRF, Name: m}
			l.rejects[m] = append(l.rejects[m], family.line+"\n"+strings.Replace(c.line, "neighbor "+name+" ", "neighbor "+m.Name+" ", 1))
		}
	case peersOf(from)[name] != nil, family == nil, len(strings.Fields(c.line)) != 5 || strings.Fields(c.line)[2] != "route-map":
		l.out[p] = true
	default:
		l.rejects[p] = append(l.rejects[p], family.line+"\n"+c.line)
		for m, of := range peersOf(instance) { // a member that ran keeps what it had
			if of.group == name && peersOf(from)[m] != nil {
				l.out[Part{Kind: PeerPart, VRF: p.VRF, Name: m}] = true
			}
		}
	}
	return true
}

// newMembers are the members of a group that were no neighbors before, sorted.
func newMembers(instance, from *node, group string) []string {
	var names []string
	was := peersOf(from)
	for name, p := range peersOf(instance) {
		if p.group == group && was[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// dependents adds what cannot be without the neighbors, groups and ranges that are
// out.
func (l *leaving) dependents() {
	for _, n := range only(l.to, instances) {
		vrf := vrfOf(n.line)
		from := instanceOf(l.from, vrf)
		old, wanted := peersOf(from), peersOf(n)
		oldRanges, ranges := rangesOf(from), rangesOf(n)
		named := func(name string) Part { return Part{Kind: PeerPart, VRF: vrf, Name: name} }
		for before := -1; before != len(l.out); {
			before = len(l.out)
			for name := range union(old, wanted) {
				was, is := old[name], wanted[name]
				for _, p := range []*peer{was, is} {
					if p != nil && p.group != "" && l.out[named(p.group)] && !p.isGroup {
						l.out[named(name)] = true
					}
				}
				if !l.out[named(name)] {
					continue
				}
				// It needs its group as that was.
				if was != nil && was.group != "" && wanted[was.group] != nil && printed(about(from, was.group)) != printed(about(n, was.group)) {
					l.out[named(was.group)] = true
				}
				if was == nil && !is.isGroup {
					for other := range old {
						if wanted[other] == nil && asOf(from, old, other) == asOf(n, wanted, name) {
							l.out[named(other)] = true
						}
					}
				}
			}
			ranged := func(prefix string) Part { return Part{Kind: RangePart, VRF: vrf, Name: prefix} }
			for _, all := range []map[string]string{ranges, oldRanges} {
				for prefix, group := range all {
					if l.out[named(group)] {
						l.out[ranged(prefix)] = true
					}
				}
			}
			for prefix, group := range oldRanges {
				for other, of := range ranges { // one that may be in its place is left out
					if ranges[prefix] == "" && of == group && oldRanges[other] == "" && l.out[ranged(other)] {
						l.out[ranged(prefix)] = true
					}
				}
			}
		}
	}
}

func union[V any](a, b map[string]V) map[string]bool {
	all := map[string]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return all
}

// asOf returns the AS number of a neighbor, its own or its group's.
func asOf(instance *node, peers map[string]*peer, name string) string {
	for _, c := range instance.children {
		words := strings.Fields(c.line)
		if i := slices.Index(words, "remote-as"); peerOf(c.line) == name && i > 0 && i+1 < len(words) {
			return words[i+1]
		}
	}
	if p := peers[name]; p != nil && p.group != "" && p.group != name {
		return asOf(instance, peers, p.group)
	}
	return ""
}

// mayLeak reports whether a neighbor keeps policies that were made for other routes
// than there are now: the node imports otherwise, or, unless the neighbor is sent
// only what the node originates, has neighbors that it had not.
func (l *leaving) mayLeak() bool {
	kept, transit := l.restored, l.transit
	for p := range l.out {
		if p.Kind != PeerPart {
			continue
		}
		was, is := policyLines(instanceOf(l.from, p.VRF), p.Name), policyLines(instanceOf(l.to, p.VRF), p.Name)
		if len(was) == 0 && peersOf(instanceOf(l.from, p.VRF))[p.Name] == nil || slices.Equal(was, is) {
			continue
		}
		kept = true
		transit = transit || slices.ContainsFunc(was, func(line string) bool {
			return strings.HasSuffix(line, " out") && !strings.Contains(line, " "+render.NamePrefix+"ORIGINATED ")
		})
	}
	if !kept {
		return false
	}
	was, is := sources(l.from), sources(l.to)
	if !slices.Equal(was, is) {
		return true
	}
	for _, n := range only(l.to, instances) {
		old := peersOf(instanceOf(l.from, vrfOf(n.line)))
		for name, p := range peersOf(n) {
			if transit && old[name] == nil && !p.isGroup && !l.out[Part{Kind: PeerPart, VRF: vrfOf(n.line), Name: name}] {
				return true
			}
		}
	}
	return false
}

// policyLines are the lines about the policies of a neighbor.
func policyLines(instance *node, name string) []string {
	var lines []string
	for _, family := range about(instance, name).children {
		for _, c := range family.children {
			if words := strings.Fields(c.line); slices.Contains(words, "route-map") || slices.Contains(words, "prefix-list") || slices.Contains(words, "filter-list") {
				lines = append(lines, family.line+" "+c.line)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// sources are the lines that say what the node imports.
func sources(root *node) []string {
	var lines []string
	for _, n := range root.children {
		if _, list := listOf(n.line); imports(n.line) && list == "" {
			lines = append(lines, printed(&node{children: []*node{n}}))
		}
		if partOf(n.line) != instances {
			continue
		}
		for _, family := range n.children {
			for _, c := range family.children {
				if word, _, _ := strings.Cut(c.line, " "); slices.Contains([]string{"redistribute", "network", "aggregate-address", "import", "rt"}, word) {
					lines = append(lines, vrfOf(n.line)+" "+family.line+" "+c.line)
				}
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// result is what became of each part, sorted.
func (l *leaving) result() []LeftOut {
	var list []LeftOut
	for p := range l.out {
		instead := Nothing
		if slices.ContainsFunc(l.from.children, func(n *node) bool { return n.holdsPart(nil, p) }) {
			instead = Previous
		}
		list = append(list, LeftOut{p, instead})
	}
	for p := range l.rejects {
		if !l.out[p] {
			list = append(list, LeftOut{p, RejectAll})
		}
	}
	slices.SortFunc(list, func(a, b LeftOut) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.VRF, b.VRF), cmp.Compare(a.Name, b.Name))
	})
	return list
}
