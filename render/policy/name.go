package policy

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// prefix begins the names of everything that is k8frr's.
const prefix = "K8FRR-"

// readable is as much of a name as can be part of one of FRR's.
func readable(name string) string {
	const most = 24
	var b strings.Builder
	for _, r := range name {
		switch {
		case b.Len() == most:
			return b.String()
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '.':
			b.WriteRune(r)
		default:
			b.WriteByte('-')
		}
	}
	return b.String()
}

// digest is short enough for a name and long enough to tell the few things of a
// configuration apart.
func digest(parts ...string) string {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	sum := h.Sum64()
	return fmt.Sprintf("%08x", uint32(sum^sum>>32))
}

// listEntries numbers values by what they are, so that one that comes or goes
// moves no other, but for those rare ones whose numbers collide.
func listEntries(values []string) []ListEntry {
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	taken := make(map[uint32]bool, len(values))
	entries := make([]ListEntry, len(values))
	for i, v := range values {
		h := fnv.New32a()
		_, _ = h.Write([]byte(v))
		n := max(h.Sum32(), 1)
		for taken[n] {
			n = max(n+1, 1)
		}
		taken[n] = true
		entries[i] = ListEntry{n, v}
	}
	slices.SortFunc(entries, func(a, b ListEntry) int {
		if a.Seq < b.Seq {
			return -1
		}
		return 1
	})
	return entries
}
