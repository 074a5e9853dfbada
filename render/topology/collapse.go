package topology

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// Collapse draws what is alike once, as far as it takes to have no more groups
// nor routers than most; zero leaves everything as it is. First the routers that
// the same nodes speak to in the same way go together, as the two of a rack do.
// Then racks that differ in nothing but which routers they have become one, and
// so do their routers. If there are too many even then, the smallest go together.
//
// Racks are alike if they are in one class of the coarsest equitable partition:
// each node of a class has equally many sessions of a kind with each class.
func (t *Topology) Collapse(most int) *Topology {
	if most <= 0 || len(t.Groups) <= most && len(t.Routers) <= most {
		return t
	}
	if p := t.twins(); len(t.Groups) <= most && p.size() <= most {
		return t.quotient(p, -1, -1)
	}
	p := t.refine()
	mixedGroups := merge(p.groups, most, t.weighGroup)
	mixedRouters := merge(p.routers, most, t.weighRouter)
	return t.quotient(p, mixedGroups, mixedRouters)
}

// partition says in which class each group and each router is, by number.
type partition struct{ groups, routers []int }

// size is the number of classes of routers.
func (p partition) size() int { return 1 + slices.Max(append(slices.Clone(p.routers), -1)) }

// twins divides the routers by what they are and the sessions that they have,
// and leaves every group by itself.
func (t *Topology) twins() partition {
	p := partition{upTo(len(t.Groups)), make([]int, len(t.Routers))}
	routers, edges := make([]string, len(t.Routers)), make([][]uint64, len(t.Routers))
	for i := range t.Routers {
		routers[i] = fmt.Sprintf("%#v", []any{t.Routers[i].VRF, t.Routers[i].Kind, t.Routers[i].ASN, t.Routers[i].PeerGroup, t.Routers[i].Unused})
	}
	classify(p.routers, routers)
	kinds := t.kinds()
	for i, e := range t.Edges {
		edges[e.Router] = append(edges[e.Router], uint64(e.Group)<<32|kinds[i])
	}
	for i := range routers {
		routers[i] = signature(p.routers[i], edges[i])
	}
	classify(p.routers, routers)
	return p
}

// refine divides groups and routers by what they are, and then by whom they
// have sessions with until that divides no further (color refinement).
func (t *Topology) refine() partition {
	p := partition{make([]int, len(t.Groups)), make([]int, len(t.Routers))}
	groups, routers := make([]string, len(t.Groups)), make([]string, len(t.Routers))
	for i := range t.Groups {
		groups[i] = t.Groups[i].Failure
	}
	for i := range t.Routers {
		r := &t.Routers[i]
		routers[i] = fmt.Sprintf("%#v", []any{r.VRF, r.Kind, r.PeerGroup, r.Relation, r.Unused})
	}
	kinds := t.kinds()
	for classes := 0; ; {
		n := classify(p.groups, groups) + classify(p.routers, routers)
		if n == classes {
			return p
		}
		classes = n
		ofGroup, ofRouter := make([][]uint64, len(groups)), make([][]uint64, len(routers))
		for i, e := range t.Edges {
			ofGroup[e.Group] = append(ofGroup[e.Group], uint64(p.routers[e.Router])<<32|kinds[i])
			ofRouter[e.Router] = append(ofRouter[e.Router], uint64(p.groups[e.Group])<<32|kinds[i])
		}
		for i, edges := range ofGroup {
			groups[i] = signature(p.groups[i], edges)
		}
		for i, edges := range ofRouter {
			routers[i] = signature(p.routers[i], edges)
		}
	}
}

// kinds number the sessions of all edges, equal ones equally.
func (t *Topology) kinds() []uint64 {
	seen := map[Session]uint64{}
	out := make([]uint64, len(t.Edges))
	for i, e := range t.Edges {
		s := t.Routers[e.Router].Sessions[e.Session]
		if _, ok := seen[s]; !ok {
			seen[s] = uint64(len(seen))
		}
		out[i] = seen[s]
	}
	return out
}

// signature is a class and the edges of a member of it, in any order.
func signature(class int, edges []uint64) string {
	slices.Sort(edges)
	b := binary.BigEndian.AppendUint64(nil, uint64(class))
	for _, e := range edges {
		b = binary.BigEndian.AppendUint64(b, e)
	}
	return string(b)
}

// classify gives members with equal signatures the same number, in the order in
// which they first appear, and returns how many numbers there are.
func classify(classes []int, signatures []string) int {
	seen := map[string]int{}
	for i, s := range signatures {
		if _, ok := seen[s]; !ok {
			seen[s] = len(seen)
		}
		classes[i] = seen[s]
	}
	return len(seen)
}

// merge leaves at most so many classes, the weightiest, and makes one of the
// others; it returns the number of that one, or -1.
func merge(classes []int, most int, weigh func(member int) int) int {
	count := 0
	for _, c := range classes {
		count = max(count, c+1)
	}
	if count <= most {
		return -1
	}
	weights, order := make([]int, count), make([]int, count)
	for i := range order {
		order[i] = i
	}
	for member, c := range classes {
		weights[c] += weigh(member)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weights[b], weights[a]) })
	renumbered := make([]int, count)
	for i := range renumbered {
		renumbered[i] = most - 1
	}
	kept := slices.Clone(order[:most-1])
	slices.Sort(kept)
	for i, c := range kept {
		renumbered[c] = i
	}
	for member, c := range classes {
		classes[member] = renumbered[c]
	}
	return most - 1
}

// problem outweighs any number of nodes or sessions.
const problem = 1 << 30

func (t *Topology) weighGroup(i int) int {
	w := len(t.Groups[i].Nodes)
	if t.Groups[i].Failure != "" {
		w += problem
	}
	return w
}

func (t *Topology) weighRouter(i int) int {
	w := 1
	if t.Routers[i].Unused || slices.ContainsFunc(t.Routers[i].Sessions, Session.failed) {
		w += problem
	}
	return w
}
