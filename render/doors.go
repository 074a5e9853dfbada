package render

import (
	"hash/fnv"
	"slices"
)

// zebra chooses one route for a prefix, and bgpd is told of that one only. A
// static route for what an interface carries always loses against the route
// that comes with the interface. So the import route map has a door for every
// type of route that zebra may choose instead, and lets through the same
// prefixes, with the same attributes, whichever it chooses.
//
//	what the interface carries    zebra chooses        door
//	----------------------------  -------------------  ---------------------------
//	an address                    connected            matching interface
//	… without prefix route, 10.x  static (our mirror)  our tag, prefix in K8FRR-LISTED
//	… as /32 or /128, on 10.x     local                prefix in K8FRR-LISTED
//	an on-link route              kernel               prefix in K8FRR-LISTED
//
// Other static routes of ours are kept out: zebra chooses one when an ordinary
// address has gone and the agent has yet to take its route back, which beside
// many others takes long. So the address's prefix goes with its connected route.
//
// An entry's number comes from what it is about, never from its position, so
// that a change touches no other entry.

const (
	seqStatic4   = 10
	seqStatic6   = 20
	seqNoStatic  = 30
	seqConnected = 1000 // to 50999, by interface
	seqKernel4   = 60010
	seqKernel6   = 60020
	seqLocal4    = 60030
	seqLocal6    = 60040
)

// redistributed are the types of routes that zebra tells bgpd about, in the
// order in which FRR shows them.
func redistributed(d Dialect) []string {
	types := []string{"kernel", "connected"}
	if d.LocalRoutes {
		types = append(types, "local")
	}
	return append(types, "static")
}

func importRouteMap(i *Instance, d Dialect) []routeMapEntry {
	// RFC 4271 section 5.1.1: a prefix that a node holds itself is IGP. The
	// MED is 0 whatever the metric of the route that zebra chose.
	entry := func(seq uint32, matches ...string) routeMapEntry {
		return routeMapEntry{Name: i.named(importMap), Action: "permit", Seq: seq,
			Lines: append(matches, "set metric 0", "set origin igp", setTag(Tag))}
	}
	listed := func(seq uint32, kind, source string, more ...string) routeMapEntry {
		return entry(seq, append([]string{"match " + kind + " address prefix-list " + i.named(listedName), "match source-protocol " + source}, more...)...)
	}

	entries := []routeMapEntry{
		listed(seqStatic4, "ip", "static", matchTag(Tag)),
		listed(seqStatic6, "ipv6", "static", matchTag(Tag)),
		{Name: i.named(importMap), Action: "deny", Seq: seqNoStatic, Lines: []string{matchTag(Tag)}},
	}
	numbers := sequence(i.Import.Interfaces, seqConnected, 50000)
	for k, name := range i.Import.Interfaces {
		entries = append(entries, entry(numbers[k], "match interface "+name, "match source-protocol connected"))
	}
	slices.SortFunc(entries, func(a, b routeMapEntry) int { return int(a.Seq) - int(b.Seq) })
	entries = append(entries, listed(seqKernel4, "ip", "kernel"), listed(seqKernel6, "ipv6", "kernel"))
	if d.LocalRoutes {
		entries = append(entries, listed(seqLocal4, "ip", "local"), listed(seqLocal6, "ipv6", "local"))
	}
	return entries
}

// importLists are the lists that the last doors consult. Each ends in a line
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
