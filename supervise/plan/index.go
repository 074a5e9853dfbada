package plan

import (
	"hash/maphash"
	"math/bits"
)

// index finds nodes by their lines: a hash table with room for at least twice
// as many, so that every search ends. A map would hash each line of a
// configuration twice, to find that it is new and to keep it.
type index []*node

var seed = maphash.MakeSeed()

// indexFor is an index for so many nodes, or some more.
func indexFor(n int) index { return make(index, 1<<bits.Len(uint(4*max(n, few)-1))) }

// indexOf is an index of nodes that have different lines, with room for more.
func indexOf(nodes []*node) index {
	x := indexFor(len(nodes))
	for _, n := range nodes {
		*x.at(n.line) = n
	}
	return x
}

// at is where the node of a line is, or belongs.
func (x index) at(line string) **node {
	mask := uint64(len(x) - 1)
	for i := maphash.String(seed, line) & mask; ; i = (i + 1) & mask {
		if x[i] == nil || x[i].line == line {
			return &x[i]
		}
	}
}
