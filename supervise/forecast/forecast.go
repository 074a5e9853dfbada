// Package forecast says what a change of configuration will do to a cluster
// before it is made: which lines change on which nodes, by which plan, what
// happens to each session, and which prefixes peers gain and lose.
//
// It compares two fleets, by the planner that the agents use.
package forecast

import (
	"cmp"
	"slices"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/supervise/plan"
)

// Forecast is what a change will do.
type Forecast struct {
	// Changes are those of nodes that change, each of nodes that change alike.
	Changes []Change
	// Same are the names of nodes that run what they have run.
	Same []string
	// Unknown are nodes about which nothing can be said, because of an error
	// before or after.
	Unknown []fleet.Failure
	Summary
}

// Change is what happens to nodes that change alike.
type Change struct {
	// Nodes are their names, sorted.
	Nodes []string
	Fate  Fate
	// Diff are the changed lines of the first node's frr.conf in unified form,
	// passwords redacted; one that changes is marked.
	Diff string
	// Plan is what the agent will enter.
	Plan *plan.Plan
	// Sessions are all that there are before or after, sorted.
	Sessions []Session
	// Routes are what peers gain and lose.
	Routes []Route
	// Restart says with which options bgpd has to be started again, "" if it
	// need not be: what it takes at its start only. That resets every session of
	// the node, whatever the plan does to it.
	Restart string
	// Notes are what is said of the configuration after the change.
	Notes []render.Note
}

// Fate is whether nodes stay.
type Fate string

// What can become of a node.
const (
	Changed Fate = "changed"
	// Joins is a node that is not there before.
	Joins Fate = "added"
	// Leaves is a node that is not there after. Nothing is entered there.
	Leaves Fate = "removed"
)

// Of compares what nodes run before and after. Version is that of the FRR that
// they run, such as 10.3, which decides what resets a session. The same fleets
// give the same forecast.
func Of(before, after *fleet.Fleet, version string) *Forecast {
	c := comparison{version: version, from: places(before), to: places(after)}
	f := &Forecast{}
	var pairs []pair
	at := map[pair]int{}
	var members [][]string
	for _, name := range c.names() {
		p := c.pair(name)
		i, ok := at[p]
		if !ok {
			i = len(pairs)
			at[p], pairs, members = i, append(pairs, p), append(members, nil)
		}
		members[i] = append(members[i], name)
	}
	changes := make([]*Change, len(pairs))
	concurrently(len(pairs), func(i int) { changes[i] = c.change(members[i]) })
	for i, change := range changes {
		if change == nil {
			f.Same = append(f.Same, members[i]...)
			continue
		}
		f.Changes = append(f.Changes, *change)
	}
	f.Changes = merge(f.Changes)
	f.Unknown = unknown(before, after)
	f.drop(f.Unknown)
	slices.Sort(f.Same)
	f.Summary = f.sum()
	return f
}

// place is a node in a fleet.
type place struct {
	group  *fleet.Group
	member fleet.Member
}

func places(f *fleet.Fleet) map[string]place {
	at := map[string]place{}
	for i := range f.Groups {
		for _, m := range f.Groups[i].Members {
			at[m.Name] = place{&f.Groups[i], m}
		}
	}
	return at
}

// comparison is of two fleets.
type comparison struct {
	version  string
	from, to map[string]place
}

func (c *comparison) names() []string {
	var names []string
	for name := range c.from {
		names = append(names, name)
	}
	for name := range c.to {
		if _, both := c.from[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// pair is what nodes have in common that change alike: their groups, and
// whether their router ID changes.
type pair struct {
	from, to *fleet.Group
	moves    bool
}

func (c *comparison) pair(name string) pair {
	from, to := c.from[name], c.to[name]
	moves := from.group != nil && to.group != nil && from.member.RouterID.Address != to.member.RouterID.Address
	return pair{from.group, to.group, moves}
}

// change is what happens to nodes that are one pair, nil if nothing does.
func (c *comparison) change(names []string) *Change {
	from, to := c.from[names[0]], c.to[names[0]]
	before, after := from.text(), to.text()
	restart := from.restart(to)
	if before == after && restart == "" {
		return nil
	}
	change := &Change{Nodes: names, Fate: Changed, Diff: unified(before, after), Plan: &plan.Plan{}, Restart: restart}
	switch {
	case from.group == nil:
		change.Fate = Joins
	case to.group == nil:
		change.Fate = Leaves
	}
	if change.Fate != Leaves {
		change.Plan = plan.Between(running(before, c.version), after)
	}
	old, goal := from.config(), to.config()
	change.Sessions = sessions(old, goal, change)
	change.Routes = routes(old, goal)
	if to.group != nil {
		change.Notes = to.group.Notes
	}
	return change
}

// text is the frr.conf of a place, that of a node without configuration if it
// is none. It is not shown to anybody.
func (p place) text() string {
	if p.group == nil {
		return render.Nothing().Reveal()
	}
	return p.group.Text(p.member).Reveal()
}

// restart says how bgpd has to be started again where it has been running.
func (p place) restart(to place) string {
	if p.group == nil || to.group == nil {
		return ""
	}
	was, is := p.config().BGPDOptions(), to.config().BGPDOptions()
	switch {
	case was == is:
		return ""
	case is == "":
		return "without " + was
	}
	return "with " + is
}

func (p place) config() *render.Config {
	if p.group == nil {
		return &render.Config{}
	}
	return p.group.Config
}

// running is a configuration as FRR shows it, which begins with the version.
func running(text, version string) string { return "frr version " + version + "\n" + text }

func unknown(fleets ...*fleet.Fleet) []fleet.Failure {
	var all []fleet.Failure
	for _, f := range fleets {
		for _, failure := range f.Failures {
			if !slices.ContainsFunc(all, func(o fleet.Failure) bool { return o.Node == failure.Node && o.Err.Error() == failure.Err.Error() }) {
				all = append(all, failure)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b fleet.Failure) int { return cmp.Compare(a.Node, b.Node) })
	return all
}

// drop leaves out nodes about which nothing can be said.
func (f *Forecast) drop(failures []fleet.Failure) {
	failed := map[string]bool{}
	for _, failure := range failures {
		failed[failure.Node] = true
	}
	without := func(names []string) []string {
		return slices.DeleteFunc(names, func(n string) bool { return failed[n] })
	}
	f.Same = without(f.Same)
	for i := range f.Changes {
		f.Changes[i].Nodes = without(f.Changes[i].Nodes)
	}
	f.Changes = slices.DeleteFunc(f.Changes, func(c Change) bool { return len(c.Nodes) == 0 })
}
