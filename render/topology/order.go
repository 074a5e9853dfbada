package topology

import (
	"cmp"
	"slices"
)

// order is the sequence in which groups and routers are drawn, by index from
// the top.
type order struct{ groups, routers []int }

// sweeps is how often each side is arranged after the other. More seldom helps.
const sweeps = 8

// arrange finds an order in which few edges cross: each side in turn goes by
// the mean position of its neighbors on the other (the barycenter method of
// Sugiyama). Of all orders that come up the best is kept, the earliest of equal
// ones, so that the natural order stays where nothing is won. The routers of a
// VRF stay together.
func (t *Topology) arrange() order {
	o := order{upTo(len(t.Groups)), upTo(len(t.Routers))}
	toGroups, toRouters := t.neighbors()
	best, fewest := o.clone(), t.crossings(o)
	for range sweeps {
		if fewest == 0 {
			break
		}
		sortByMean(o.routers, toGroups, toRouters, positions(o.groups), func(a, b int) int {
			return natural(t.Routers[a].VRF, t.Routers[b].VRF)
		})
		sortByMean(o.groups, toRouters, toGroups, positions(o.routers), nil)
		if n := t.crossings(o); n < fewest {
			best, fewest = o.clone(), n
		}
	}
	best.sink(t)
	return best
}

// sink moves what has no edges to the bottom, of a VRF if it is a router.
func (o order) sink(t *Topology) {
	toGroups, toRouters := t.neighbors()
	slices.SortStableFunc(o.groups, func(a, b int) int {
		return cmp.Compare(min(1, len(toRouters[b])), min(1, len(toRouters[a])))
	})
	slices.SortStableFunc(o.routers, func(a, b int) int {
		return cmp.Or(natural(t.Routers[a].VRF, t.Routers[b].VRF), cmp.Compare(min(1, len(toGroups[b])), min(1, len(toGroups[a]))))
	})
}

func (o order) clone() order { return order{slices.Clone(o.groups), slices.Clone(o.routers)} }

// neighbors are the groups of each router and the routers of each group.
func (t *Topology) neighbors() (toGroups, toRouters [][]int) {
	toGroups, toRouters = make([][]int, len(t.Routers)), make([][]int, len(t.Groups))
	for _, e := range t.Edges {
		toGroups[e.Router] = append(toGroups[e.Router], e.Group)
		toRouters[e.Group] = append(toRouters[e.Group], e.Router)
	}
	return toGroups, toRouters
}

// sortByMean sorts one side by the mean position of its neighbors on the other,
// within what comes first. A neighbor counts less the more it has itself: a rack
// belongs to its own routers rather than to those of all. What has no neighbors
// stays about where it is.
func sortByMean(side []int, neighbors, back [][]int, position []int, first func(a, b int) int) {
	mean := make([]int, len(side))
	for at, i := range side {
		mean[i] = at * unit
		if len(neighbors[i]) > 0 {
			sum, weights := 0, 0
			for _, j := range neighbors[i] {
				w := weight(back[j])
				sum, weights = sum+position[j]*w, weights+w
			}
			mean[i] = sum * unit / weights
		}
	}
	slices.SortStableFunc(side, func(a, b int) int {
		if first != nil {
			if c := first(a, b); c != 0 {
				return c
			}
		}
		return cmp.Compare(mean[a], mean[b])
	})
}

// unit is what means are kept in, as fractions of a position.
const unit = 1 << 10

// weight is how much something counts that has these neighbors itself.
func weight(neighbors []int) int { return max(1, unit/max(1, len(neighbors))) }

// crossings counts the pairs of edges that cross.
func (t *Topology) crossings(o order) int {
	groups, routers := positions(o.groups), positions(o.routers)
	ends := make([][2]int, len(t.Edges))
	for i, e := range t.Edges {
		ends[i] = [2]int{groups[e.Group], routers[e.Router]}
	}
	slices.SortFunc(ends, func(a, b [2]int) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) })
	// For each edge, those before it that end below it: a binary indexed tree
	// counts how many have ended at each router.
	ended, all := make([]int, len(t.Routers)+1), 0
	crossed := 0
	for _, e := range ends {
		above := 0
		for i := e[1] + 1; i > 0; i -= i & -i {
			above += ended[i]
		}
		crossed += all - above
		for i := e[1] + 1; i < len(ended); i += i & -i {
			ended[i]++
		}
		all++
	}
	return crossed
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// positions says where each member of a side is.
func positions(side []int) []int {
	out := make([]int, len(side))
	for at, i := range side {
		out[i] = at
	}
	return out
}
