package render

import "net/netip"

// seqStale4 and seqStale6 come before every entry of an import map that permits.
const (
	seqStale4 = 3
	seqStale6 = 4
)

// StaleList is the name of the lists of an instance, of IPv4 and of IPv6, of what
// it must not announce although zebra has it.
func StaleList(i *Instance) string { return i.named(staleName) }

// staleOf are the prefixes of a family that an instance must not announce
// although zebra has them. There are none nearly always.
func (i *Instance) staleOf(is4 bool) []netip.Prefix {
	var list []netip.Prefix
	for _, p := range i.Import.Stale {
		if p.Addr().Is4() == is4 {
			list = append(list, p)
		}
	}
	return list
}

// staleLists are the lists of such prefixes, none for a family without.
func (i *Instance) staleLists() (lists []listEntry) {
	const last = 1<<32 - 1
	name := StaleList(i)
	for _, is4 := range []bool{true, false} {
		var prefixes []string
		for _, p := range i.staleOf(is4) {
			prefixes = append(prefixes, p.String())
		}
		if prefixes == nil {
			continue
		}
		for k, seq := range sequence(prefixes, 1, last-1) {
			lists = append(lists, listEntry{prefixList(is4), name, seq, "permit", prefixes[k]})
		}
		lists = append(lists, listEntry{prefixList(is4), name, last, "deny", "any"})
	}
	return lists
}

// denyStale are the entries of an import map that ask these lists.
func (i *Instance) denyStale(routeMap string) (entries []routeMapEntry) {
	for _, is4 := range []bool{true, false} {
		if i.staleOf(is4) == nil {
			continue
		}
		seq := uint32(seqStale6)
		if is4 {
			seq = seqStale4
		}
		entries = append(entries, routeMapEntry{Name: routeMap, Action: "deny", Seq: seq,
			Lines: []string{"match " + kind(is4) + " address prefix-list " + StaleList(i)}})
	}
	return entries
}
