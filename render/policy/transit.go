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
// does not originate, one without the tag.
//
// Conditions on the prefix are decided for every prefix that there can be. Any
// other condition may hold or not, but the same one holds throughout the map as
// long as no entry changes the route. A map that is too large to be judged so
// counts as one that can.
func (p *Policies) AcceptsLearned(m Map, tag int) bool {
	key := judgedMap{m.Name, tag}
	accepts, known := p.learned[key]
	if !known {
		j := &judge{work: p.work, entries: m.Entries, own: matchTag(tag), lists: prefixLists(m.Lists)}
		accepts = j.accepts()
		p.learned[key] = accepts
	}
	return accepts
}

type judgedMap struct {
	name string
	tag  int
}

// judge finds out what a route map can permit.
type judge struct {
	*work
	entries []Entry
	own     string // the condition that no learned route meets
	lists   []prefixFilter

	// shared are the conditions that more than one entry has.
	shared map[string]bool
	tried  map[string]bool // entries with what is known there
}

func (j *judge) accepts() bool {
	if len(j.entries) == 0 {
		return false
	}
	uses := map[string]int{}
	for _, e := range j.entries {
		for _, line := range e.Lines {
			uses[line]++
		}
	}
	j.shared = map[string]bool{}
	for line, n := range uses {
		j.shared[line] = n > 1 && strings.HasPrefix(line, "match ")
	}
	judged := map[string]bool{} // by the lists that a prefix is in
	for _, p := range j.samples() {
		in := j.listsWith(p)
		if !j.judgement(len(j.lists) + 1) {
			return true
		}
		kind := fmt.Sprint(in)
		if judged[kind] {
			continue
		}
		judged[kind] = true
		known := facts{j.own: false}
		for i, l := range j.lists {
			known[l.match] = in[i]
		}
		j.tried = map[string]bool{}
		if j.permits(0, known) {
			return true
		}
	}
	return false
}

// facts are conditions that are known to hold or not.
type facts map[string]bool

func (f facts) with(line string, holds bool) facts {
	out := make(facts, len(f)+1)
	for k, v := range f {
		out[k] = v
	}
	out[line] = holds
	return out
}

// permits reports whether a route that comes to an entry, and of which some
// conditions are known, can be permitted there or later.
func (j *judge) permits(at int, known facts) bool {
	if at >= len(j.entries) {
		return false // what no entry permits is denied
	}
	state := fmt.Sprint(at, map[string]bool(known))
	if j.tried[state] {
		return false
	}
	j.tried[state] = true
	if !j.judgement(1 + len(known)) {
		return true
	}
	e := j.entries[at]
	for _, line := range e.Lines {
		if !strings.HasPrefix(line, "match ") {
			continue
		}
		holds, decided := known[line]
		switch {
		case decided && holds:
			continue
		case decided:
			return j.permits(at+1, known)
		}
		fails := known
		if j.shared[line] {
			fails, known = known.with(line, false), known.with(line, true)
		}
		if j.permits(at+1, fails) {
			return true
		}
	}
	if e.Action != "permit" {
		return false
	}
	next, goesOn := onward(e, j.entries[at+1:])
	if !goesOn {
		return true
	}
	if slices.ContainsFunc(e.Lines, func(line string) bool { return strings.HasPrefix(line, "set ") }) {
		known = j.unchanging(known)
	}
	return j.permits(at+1+next, known)
}

// unchanging are the facts that hold on after a route was changed: those of its
// prefix, and that it was learned.
func (j *judge) unchanging(known facts) facts {
	out := facts{j.own: false}
	for _, l := range j.lists {
		out[l.match] = known[l.match]
	}
	return out
}

// onward is how many of the entries that follow a route passes over that an
// entry permits: false if the map ends there, permitting it.
func onward(e Entry, following []Entry) (int, bool) {
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
	return i, true
}
