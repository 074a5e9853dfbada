package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// prefixFilter is a prefix list and the condition that asks it.
type prefixFilter struct {
	match string
	spans map[netip.Prefix][]lengths
}

// lengths are those from the least to the most.
type lengths struct{ least, most int }

// prefixLists are the prefix lists among the lists of a map.
func prefixLists(lists []List) []prefixFilter {
	var out []prefixFilter
	for _, l := range lists {
		words, is := strings.CutSuffix(l.Command, " prefix-list")
		if !is {
			continue
		}
		f := prefixFilter{"match " + words + " address prefix-list " + l.Name, map[netip.Prefix][]lengths{}}
		for _, e := range l.Entries {
			if p, of, ok := spanOf(e.Value); ok {
				f.spans[p] = append(f.spans[p], of)
			}
		}
		out = append(out, f)
	}
	return out
}

// spanOf reads what a line of a prefix list permits: `PREFIX [ge N] [le N]`.
func spanOf(value string) (netip.Prefix, lengths, bool) {
	words := strings.Fields(value)
	if len(words) == 0 {
		return netip.Prefix{}, lengths{}, false
	}
	p, err := netip.ParsePrefix(words[0])
	if err != nil {
		return netip.Prefix{}, lengths{}, false
	}
	of := lengths{p.Bits(), p.Bits()}
	for i := 1; i+1 < len(words); i += 2 {
		n := 0
		fmt.Sscan(words[i+1], &n)
		switch words[i] {
		case "ge":
			of.least = n
			of.most = max(of.most, p.Addr().BitLen()) // unless le follows
		case "le":
			of.most = n
		}
	}
	return p, of, true
}

// listsWith reports for each list whether it permits a prefix.
func (j *judge) listsWith(p netip.Prefix) []bool {
	in := make([]bool, len(j.lists))
	if !p.IsValid() {
		return in
	}
	for bits := range p.Bits() + 1 {
		around, _ := p.Addr().Prefix(bits)
		for i, l := range j.lists {
			in[i] = in[i] || slices.ContainsFunc(l.spans[around], func(of lengths) bool { return of.least <= p.Bits() && p.Bits() <= of.most })
		}
	}
	j.judgement(p.Bits() * len(j.lists))
	return in
}

// samples are prefixes such that any other prefix is in the same lists as one of
// them; without lists any prefix, the zero one.
//
// What the lists name forms a tree. A prefix that lies in a node of it, and in
// none of the node's children, is told from others there by its length only, and
// at the lengths at which lines of the node or of what it lies in begin or end to
// apply. A shorter such prefix exists if a longer one does.
func (j *judge) samples() []netip.Prefix {
	named := map[netip.Prefix][]lengths{}
	for _, l := range j.lists {
		for p, spans := range l.spans {
			named[p] = append(named[p], spans...)
		}
	}
	if len(named) == 0 {
		return []netip.Prefix{{}}
	}
	for p := range named {
		all := netip.PrefixFrom(p.Addr(), 0).Masked()
		named[all] = append(named[all], lengths{0, all.Addr().BitLen()})
		break
	}
	nodes := make([]netip.Prefix, 0, len(named))
	for p := range named {
		nodes = append(nodes, p)
	}
	slices.SortFunc(nodes, netip.Prefix.Compare) // what lies in a node follows it

	children := make([][]netip.Prefix, len(nodes))
	parent := make([]int, len(nodes))
	open := []int{}
	for i, p := range nodes {
		for len(open) > 0 && !nodes[open[len(open)-1]].Contains(p.Addr()) {
			open = open[:len(open)-1]
		}
		parent[i] = -1
		if len(open) > 0 {
			parent[i] = open[len(open)-1]
			children[parent[i]] = append(children[parent[i]], p)
		}
		open = append(open, i)
	}
	var out []netip.Prefix
	for i, p := range nodes {
		steps := []int{p.Bits()}
		for k := i; k >= 0; k = parent[k] {
			for _, of := range named[nodes[k]] {
				steps = append(steps, of.least, of.most+1)
			}
		}
		slices.Sort(steps)
		for _, bits := range slices.Compact(steps) {
			if bits < p.Bits() || bits > p.Addr().BitLen() {
				continue
			}
			if !j.judgement(1 + len(children[i])) {
				return append(out, netip.Prefix{})
			}
			if sample, exists := beside(p, bits, children[i]); exists {
				out = append(out, sample)
			}
		}
	}
	return out
}

// beside is the first prefix of a length that lies in another and in none of the
// sorted, disjoint ones within that; false if there is none.
func beside(in netip.Prefix, bits int, not []netip.Prefix) (netip.Prefix, bool) {
	at := in.Addr()
	for _, n := range not {
		if n.Bits() > bits || !n.Contains(at) {
			continue
		}
		next, ok := behind(n)
		if !ok || !in.Contains(next) {
			return netip.Prefix{}, false
		}
		at = next
	}
	return netip.PrefixFrom(at, bits).Masked(), true
}

// behind is the first address behind a prefix; false if it is the last.
func behind(p netip.Prefix) (netip.Addr, bool) {
	last := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(last)*8; bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	a, _ := netip.AddrFromSlice(last)
	next := a.Next()
	return next, next.IsValid()
}
