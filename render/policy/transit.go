package policy

import (
	"fmt"
	"slices"
	"strings"
)

const tagSlot = "match tag "

// matchTag is the condition that holds for routes with a tag only.
func matchTag(tag int) string { return fmt.Sprintf("%s%d", tagSlot, tag) }

// AcceptsLearned reports whether an export map can permit a route that the node
// does not originate, one without the tag. It asks no list: a condition that
// depends on the route may hold.
func AcceptsLearned(m Map, tag int) bool {
	reached := map[uint32]bool{}
	if len(m.Entries) > 0 {
		reached[m.Entries[0].Seq] = true
	}
	own := matchTag(tag)
	for i, e := range m.Entries {
		if !reached[e.Seq] {
			continue
		}
		following := uint32(0) // 0: the map ends
		if i+1 < len(m.Entries) {
			following = m.Entries[i+1].Seq
		}
		conditional := slices.ContainsFunc(e.Lines, func(line string) bool { return strings.HasPrefix(line, "match ") })
		holds := !slices.Contains(e.Lines, own)
		if conditional {
			reached[following] = true
		}
		if !holds || e.Action != "permit" {
			continue
		}
		next, goesOn := onward(e, m.Entries[i+1:])
		if !goesOn {
			return true
		}
		reached[next] = true
	}
	return false
}

// onward is the entry at which a route goes on that an entry permits: false if
// the map ends there, permitting it.
func onward(e Entry, following []Entry) (uint32, bool) {
	least := uint32(0)
	for _, line := range e.Lines {
		if line == "on-match next" {
			least = e.Seq + 1
		} else if n, ok := strings.CutPrefix(line, "on-match goto "); ok {
			fmt.Sscan(n, &least)
		}
	}
	i := slices.IndexFunc(following, func(e Entry) bool { return e.Seq >= least })
	if least == 0 || i < 0 {
		return 0, false
	}
	return following[i].Seq, true
}
