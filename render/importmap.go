package render

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
)

// zebra selects one route for a prefix, and bgpd is told of that one only. A
// static route for what an interface carries always loses against the route
// that comes with the interface. So bgpd asks for every type of route that zebra
// may select instead, each through an import map of its own, and these let the
// same prefixes through with the same attributes, whichever zebra selects.
//
//	what the interface carries    zebra selects        its import map permits
//	----------------------------  -------------------  ---------------------------
//	an address                    connected            routes by the interface
//	… without prefix route, 10.x  static               prefix in K8FRR-LISTED
//	… as /32 or /128, on 10.x     local                prefix in K8FRR-LISTED
//	… with a peer                 local or static      prefix in K8FRR-LISTED
//	… that another interface      connected or local,  prefix in K8FRR-LISTED
//	  carries, too                of either interface
//	an on-link route              kernel               prefix in K8FRR-LISTED
//
// The maps are several because bgpd 8.4 cannot match the type of a route in one:
// it has no `match source-protocol`, and vtysh says nothing of it because zebra
// has. A map that names an interface alone would let every static and kernel
// route by that interface out.
//
// A static route may be the operator's, for the same prefix: what is listed is
// what the interface carries. Other static routes are kept out: zebra selects one when an ordinary
// address has gone and the agent has yet to remove its route, which beside
// many others takes long. So the address's prefix goes with its connected route.
//
// An entry's number comes from what it is about, never from its position, so
// that a change touches no other entry.

const (
	seqListed4   = 10
	seqListed6   = 20
	seqConnected = 1000 // to 50999, by interface
)

// source is a type of routes that zebra tells bgpd about, and the import map
// that bgpd asks about them.
type source struct{ Type, Map string }

// sources are the types of routes that an instance imports, in the order in
// which FRR shows them.
func (i *Instance) sources(d Dialect) []source {
	types := []string{"kernel", "connected"}
	if d.LocalRoutes {
		types = append(types, "local")
	}
	var list []source
	for _, t := range append(types, "static") {
		list = append(list, source{t, i.named(importMap + "-" + strings.ToUpper(t))})
	}
	return list
}

// importRouteMaps are the import maps of an instance, one for each type of
// routes. None is ever empty, which FRR takes for one that permits everything.
func importRouteMaps(i *Instance, d Dialect) []routeMapEntry {
	var all []routeMapEntry
	for _, s := range i.sources(d) {
		all = slices.Concat(all, denyMartians(s.Map), i.denyStale(s.Map))
		// RFC 4271 section 5.1.1: a prefix that a node holds itself is IGP. The
		// MED is 0 whatever the metric of the route that zebra selected.
		permit := func(seq uint32, matches ...string) {
			all = append(all, routeMapEntry{Name: s.Map, Action: "permit", Seq: seq,
				Lines: append(matches, "set metric 0", "set origin igp", setTag(Tag))})
		}
		for _, is4 := range []bool{true, false} {
			seq := uint32(seqListed6)
			if is4 {
				seq = seqListed4
			}
			permit(seq, "match "+kind(is4)+" address prefix-list "+i.named(listedName))
		}
		if s.Type == "connected" {
			numbers := sequence(i.Import.Interfaces, seqConnected, 50000)
			for _, k := range inOrderOf(numbers) {
				permit(numbers[k], "match interface "+i.Import.Interfaces[k])
			}
		}
	}
	return all
}

// inOrderOf are the indexes of numbers, smallest number first.
func inOrderOf(numbers []uint32) []int {
	indexes := make([]int, len(numbers))
	for k := range indexes {
		indexes[k] = k
	}
	slices.SortFunc(indexes, func(a, b int) int { return cmp.Compare(numbers[a], numbers[b]) })
	return indexes
}

// importLists are the lists that import maps consult. Each ends in a line
// that denies everything: FRR takes a list without any line for one that
// permits everything.
func importLists(inst *Instance) []listEntry {
	const last = 1<<32 - 1
	name := inst.named(listedName)
	prefixes := make([]string, len(inst.Import.Listed))
	for i, p := range inst.Import.Listed {
		prefixes[i] = p.String()
	}
	numbers := sequence(prefixes, 1, last-1)
	var v4, v6 []listEntry
	for i, p := range inst.Import.Listed {
		e := listEntry{prefixList(p.Addr().Is4()), name, numbers[i], "permit", prefixes[i]}
		if p.Addr().Is4() {
			v4 = append(v4, e)
		} else {
			v6 = append(v6, e)
		}
	}
	bySeq := func(a, b listEntry) int {
		if a.Seq < b.Seq {
			return -1
		}
		return 1
	}
	slices.SortFunc(v4, bySeq)
	slices.SortFunc(v6, bySeq)
	v4 = append(v4, listEntry{prefixList(true), name, last, "deny", "any"})
	v6 = append(v6, listEntry{prefixList(false), name, last, "deny", "any"})
	return append(v4, v6...)
}

func prefixList(is4 bool) string { return kind(is4) + " prefix-list" }

// sequence gives each key a number in [first, first+size) that follows from
// the key. Keys must be in a fixed order: of two that collide, the later takes
// the next free number.
func sequence(keys []string, first, size uint32) []uint32 {
	taken := make(map[uint32]bool, len(keys))
	numbers := make([]uint32, len(keys))
	for i, key := range keys {
		h := fnv.New32a()
		_, _ = h.Write([]byte(key))
		n := h.Sum32() % size
		for taken[n] {
			n = (n + 1) % size
		}
		taken[n] = true
		numbers[i] = first + n
	}
	return numbers
}
