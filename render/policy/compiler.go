package policy

import (
	"fmt"
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// compiler makes one route map.
type compiler struct {
	policies *Policies
	subject  Subject
	tail     uint32 // where accepted routes go on; 0 if they end
	problems []Problem

	steps  []step
	labels []int // the step at which a label stands
	lists  []List
	listed map[setKey]bool // that lists has it

	judging  bool // what never matches is compiled, too
	excluded bool // the statement is for another family or neighbor

	told []effect // in the order in which Effects is told

	path  string // of the statement
	title string // of the policy, for what has no name of its own

	localPrefUsed bool // some condition asks for LOCAL_PREF
	nextHopSet    bool // some statement changes the next hop
	nextHopBound  bool // … to the own address or the present one, and goes on
	nextHopLost   bool // … to another address, and goes on
}

// step is an entry that has no number yet.
type step struct {
	deny    bool
	matches []string
	sets    []string
	then    next
}

// next is where a route goes on that an entry permits.
type next struct {
	kind  nextKind
	label int
}

type nextKind int

const (
	finish   nextKind = iota // the map ends
	fallOn                   // the following entry
	goTo                     // the label
	goToTail                 // the tail
)

// mostCompilerProblems is how many problems of one route map are collected.
const mostCompilerProblems = 50

func (c *compiler) problem(field, value, format string, args ...any) {
	if len(c.problems) >= mostCompilerProblems {
		return
	}
	p := Problem{c.path + field, value, fmt.Sprintf(format, args...)}
	if !slices.Contains(c.problems, p) {
		c.problems = append(c.problems, p)
	}
}

func (c *compiler) emit(s step) {
	if c.policies.work.entry(1) {
		c.steps = append(c.steps, s)
	}
}

// label makes a label, which place puts before the next entry.
func (c *compiler) label() int {
	c.labels = append(c.labels, -1)
	return len(c.labels) - 1
}

func (c *compiler) place(label int) { c.labels[label] = len(c.steps) }

// chain compiles all policies of a chain. It returns true if no route can come
// to the default action.
func (c *compiler) chain(chain *v1.PolicyAssignment) bool {
	for _, name := range chain.Policies {
		if c.policies.work.entries < 0 {
			return true
		}
		d, ok := c.policies.definitions[name]
		if !ok {
			c.path = ""
			c.problem("policyDefinitions", name, "has no policy of that name")
			continue
		}
		c.title = name
		for i := range d.Statements {
			c.path = fmt.Sprintf("%s.statements[%d].", d.path, i)
			if c.statement(&d.Statements[i]) {
				return true
			}
		}
	}
	c.path = ""
	return false
}

// end is the default action. An export policy that states none accepts what
// the node originates and rejects what it learned: a policy that only changes
// routes does not make the node a transit (the spirit of RFC 8212).
func (c *compiler) end(action v1.RouteAction) {
	switch {
	case action == v1.Reject:
		c.emit(step{deny: true})
	case action == "" && c.subject.Direction == Export && !c.subject.Reflected:
		c.emit(step{matches: []string{matchTag(c.subject.Tag)}})
		c.emit(step{deny: true})
	case c.tail == 0:
		c.emit(step{})
	}
}

// statement compiles a statement. It returns true if it matches all routes and
// ends their evaluation.
func (c *compiler) statement(st *v1.Statement) bool {
	if !c.policies.work.entry(1) {
		return true
	}
	tests, possible := c.conditions(&st.Conditions)
	c.effects(st, possible)
	if !possible {
		return false
	}
	main := step{deny: st.Actions.RouteAction == v1.Reject}
	var more []string
	if !main.deny {
		main.sets, more = c.actions(&st.Actions)
	}
	switch {
	case st.Actions.RouteAction == "":
		main.then = next{kind: fallOn}
		if len(main.sets) == 0 && len(more) == 0 {
			return false // it changes nothing and ends nothing
		}
	case c.tail != 0:
		main.then = next{kind: goToTail}
	}

	// An entry has one condition of each kind.
	var together []test
	if st.Actions.RouteAction == "" {
		c.nextHopBound = c.nextHopBound || slices.ContainsFunc(main.sets, bindsNextHop)
		c.nextHopLost = c.nextHopLost || slices.ContainsFunc(main.sets, replacesNextHop)
	}
	following := c.label()
	away := next{goTo, following}
	for _, t := range tests {
		if t.not {
			c.emit(step{matches: []string{t.line()}, then: away})
			continue
		}
		first := slices.IndexFunc(together, func(u test) bool { return u.slot == t.slot })
		switch {
		case first < 0:
			together = append(together, t)
			main.matches = append(main.matches, t.line())
		case together[first].name != t.name:
			holds := c.label()
			c.emit(step{matches: []string{t.line()}, then: next{goTo, holds}})
			c.emit(step{then: away})
			c.place(holds)
		}
	}
	if len(more) > 0 {
		matched := c.label()
		then := main.then
		main.then = next{goTo, matched}
		c.emit(main)
		if len(tests) > 0 {
			c.emit(step{then: away})
		}
		c.place(matched)
		c.emit(step{sets: more, then: then})
	} else {
		c.emit(main)
	}
	c.place(following)
	return len(tests) == 0 && st.Actions.RouteAction != ""
}

// numbered gives the steps their numbers: false if there are too many.
func (c *compiler) numbered() ([]Entry, bool) {
	steps, shift := c.steps, 0
	if c.localPrefUsed && c.subject.Direction == Import && c.subject.External {
		// What is without LOCAL_PREF counts as 100 (RFC 4271 section 9.1.1
		// leaves the value to the node), which FRR's condition does not know.
		steps = slices.Concat([]step{{sets: []string{"set local-preference 100"}, then: next{kind: fallOn}}}, steps)
		shift = 1
	}
	if len(steps) > LastSeq {
		return nil, false
	}
	gap := uint32(10)
	if len(steps)*10 > LastSeq {
		gap = 1
	}
	seq := func(i int) uint32 { return uint32(i+1) * gap }
	entries := make([]Entry, len(steps))
	for i, s := range steps {
		e := Entry{Action: "permit", Seq: seq(i), Lines: slices.Sorted(slices.Values(s.matches))}
		target := -1
		switch s.then.kind {
		case fallOn:
			target = i + 1
		case goTo:
			target = c.labels[s.then.label] + shift
		}
		switch {
		case s.deny:
			e.Action = "deny"
		case s.then.kind == goToTail || target == len(steps) && i+1 < len(steps):
			e.Lines = append(e.Lines, fmt.Sprintf("on-match goto %d", c.tail))
		case target == i+1:
			e.Lines = append(e.Lines, "on-match next")
		case target > 0:
			e.Lines = append(e.Lines, fmt.Sprintf("on-match goto %d", seq(target)))
		}
		e.Lines = append(e.Lines, slices.Sorted(slices.Values(s.sets))...)
		entries[i] = e
	}
	return entries, true
}
