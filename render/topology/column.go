package topology

import (
	"cmp"
	"slices"
)

// column is cards below each other, in an order.
type column struct {
	cards []card
	order []int
}

// total is the height of the column when it is stacked.
func (c column) total() int {
	n := 0
	for _, i := range c.order {
		n += c.cards[i].extent()
	}
	return n
}

// extent is how much of a column a card takes.
func (c *card) extent() int { return c.above + c.height + 4*c.stack + gap }

func (c column) bottom() int {
	bottom := columnsAt
	for _, i := range c.order {
		bottom = max(bottom, c.cards[i].y+c.cards[i].height+4*c.cards[i].stack)
	}
	return bottom
}

// stack places the cards below each other.
func (c column) stack() {
	y := columnsAt
	for _, i := range c.order {
		c.cards[i].y = y + c.cards[i].above
		y += c.cards[i].extent()
	}
}

// follow places each card in the middle of its neighbors in the other column,
// as far as they do not overlap: those that would are moved together, by the
// least that does (pool adjacent violators).
func (c column) follow(neighbors, back [][]int, other []card) {
	type pool struct {
		members []int
		height  int // of all members
		sum     int // of the tops that each member would put the pool's at
		count   int // of the members that have neighbors
	}
	top := func(p pool) int {
		if p.count == 0 {
			return columnsAt
		}
		return max(columnsAt, p.sum/p.count)
	}
	var pools []pool
	for _, i := range c.order {
		p := pool{members: []int{i}, height: c.cards[i].extent()}
		if wanted, has := c.cards[i].wanted(neighbors[i], back, other); has {
			p.sum, p.count = wanted, 1
		}
		for n := len(pools); n > 0; n = len(pools) {
			above := pools[n-1]
			if p.count > 0 && top(above)+above.height <= top(p) {
				break
			}
			pools = pools[:n-1]
			p = pool{
				members: slices.Concat(above.members, p.members), height: above.height + p.height,
				sum: above.sum + p.sum - p.count*above.height, count: above.count + p.count,
			}
		}
		pools = append(pools, p)
	}
	for _, p := range pools {
		y := top(p)
		for _, i := range p.members {
			c.cards[i].y = y + c.cards[i].above
			y += c.cards[i].extent()
		}
	}
}

// wanted is where a card's top would be, if its middle were in that of its
// neighbors; false if it has none. They count as they do in arrange.
func (c *card) wanted(neighbors []int, back [][]int, other []card) (int, bool) {
	if len(neighbors) == 0 {
		return 0, false
	}
	sum, weights := 0, 0
	for _, j := range neighbors {
		w := weight(back[j])
		sum, weights = sum+w*(other[j].y+other[j].height/2), weights+w
	}
	return sum/weights - c.height/2 - c.above, true
}

func sortEdgesBy(edges []Edge, position []int) {
	slices.SortFunc(edges, func(a, b Edge) int {
		return cmp.Or(position[a.Router]-position[b.Router], a.Session-b.Session)
	})
}
