package render

// seqStale4 and seqStale6 come before every door of the import route map.
const (
	seqStale4 = 1
	seqStale6 = 2
)

// StaleList is the name of the lists of an instance, of IPv4 and of IPv6, of what
// it must not announce although zebra has it.
func StaleList(i *Instance) string { return i.named(staleName) }

// stale are the lists of what an instance must not announce although zebra has
// it, and the entries of the import route map that ask them. There is neither
// for a family without such prefixes, which is how it nearly always is.
func (i *Instance) stale() (lists []listEntry, entries []routeMapEntry) {
	const last = 1<<32 - 1
	name := StaleList(i)
	for _, is4 := range []bool{true, false} {
		var prefixes []string
		for _, p := range i.Import.Stale {
			if p.Addr().Is4() == is4 {
				prefixes = append(prefixes, p.String())
			}
		}
		if prefixes == nil {
			continue
		}
		for k, seq := range sequence(prefixes, 1, last-1) {
			lists = append(lists, listEntry{prefixList(is4), name, seq, "permit", prefixes[k]})
		}
		lists = append(lists, listEntry{prefixList(is4), name, last, "deny", "any"})
		seq := uint32(seqStale6)
		if is4 {
			seq = seqStale4
		}
		entries = append(entries, routeMapEntry{Name: i.named(importMap), Action: "deny", Seq: seq,
			Lines: []string{"match " + kind(is4) + " address prefix-list " + name}})
	}
	return lists, entries
}
