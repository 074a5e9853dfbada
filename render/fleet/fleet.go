// Package fleet is what all nodes of a cluster will run: nodes grouped by equal
// configuration, each group resolved and rendered once.
//
// Nodes differ by what selectors ask of their labels, and otherwise by their
// name and router ID only. So the cost follows the number of different nodes,
// and hardly that of all nodes.
package fleet

import (
	"cmp"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/render"
)

// Input is everything that the configurations of nodes follow from.
type Input struct {
	// Common is what concerns every node alike: all but Node.
	Common render.Input
	Nodes  []*corev1.Node
	// Renderer prints.
	Renderer *render.Renderer
	// Done, if not nil, is told of nodes that are done, from any goroutine.
	Done func(nodes int)
}

// Fleet is what the nodes run.
type Fleet struct {
	// Groups are sorted by their first node.
	Groups []Group
	// Failures are the nodes that nothing can run on, by name.
	Failures []Failure
}

// Group is nodes whose frr.conf differ by name and router ID only.
type Group struct {
	// Members are sorted by name.
	Members []Member
	// Config is resolved for one of the members.
	Config *render.Config
	Notes  []render.Note
	// Pattern is what all members run.
	Pattern render.Pattern
}

// Member is a node of a group.
type Member struct {
	Name     string
	RouterID render.RouterID
}

// Failure is why a node runs nothing.
type Failure struct {
	Node string
	Err  error
}

// Nodes are the names of all members.
func (g *Group) Nodes() []string {
	names := make([]string, len(g.Members))
	for i, m := range g.Members {
		names[i] = m.Name
	}
	return names
}

// Text is the frr.conf of a member.
func (g *Group) Text(m Member) render.Text { return g.Pattern.For(m.Name, m.RouterID) }

// Size is how many nodes there are, failures included.
func (f *Fleet) Size() int {
	n := len(f.Failures)
	for i := range f.Groups {
		n += len(f.Groups[i].Members)
	}
	return n
}

// Of resolves and renders. What is wrong for every node alike is the error;
// what is wrong for one is among the Failures. The same Input gives the same
// Fleet, in whatever order its nodes come.
func Of(in Input) (*Fleet, error) {
	if in.Common.Configuration == nil {
		return nil, render.ErrNoConfiguration
	}
	fleet := &Fleet{}
	members := in.members(fleet)
	classes := classesOf(in, members)
	groups, errs := make([][]Group, len(classes)), make([]error, len(classes))
	concurrently(len(classes), func(i int) { groups[i], errs[i] = in.render(classes[i]) })
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	fleet.Groups = merge(slices.Concat(groups...))
	return fleet, nil
}

// node is a node that can run something.
type node struct {
	*corev1.Node
	id render.RouterID
}

// members are the nodes by name, less those that nothing can run on.
func (in *Input) members(fleet *Fleet) []node {
	var members []node
	for _, n := range slices.SortedFunc(slices.Values(in.Nodes), func(a, b *corev1.Node) int { return cmp.Compare(a.Name, b.Name) }) {
		common := in.Common
		common.Node = n
		id, err := render.Identity(common)
		if err != nil {
			fleet.Failures = append(fleet.Failures, Failure{n.Name, err})
			in.done(1)
			continue
		}
		members = append(members, node{n, id})
	}
	return members
}

func (in *Input) done(nodes int) {
	if in.Done != nil {
		in.Done(nodes)
	}
}

// concurrently calls a function for each index, as many at a time as there are
// processors.
func concurrently(n int, f func(i int)) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		g.Go(func() error { f(i); return nil })
	}
	_ = g.Wait()
}

// merge makes one group of those that run the same, though selectors tell them
// apart.
func merge(groups []Group) []Group {
	type content struct {
		pattern render.Pattern
		said    string
	}
	at := map[content]int{}
	var merged []Group
	for _, g := range groups {
		said := make([]string, len(g.Notes))
		for i, n := range g.Notes {
			said[i] = n.String()
		}
		key := content{g.Pattern, strings.Join(said, "\n")}
		if i, ok := at[key]; ok {
			merged[i].Members = append(merged[i].Members, g.Members...)
			continue
		}
		at[key] = len(merged)
		merged = append(merged, g)
	}
	for _, g := range merged {
		slices.SortFunc(g.Members, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	}
	slices.SortFunc(merged, func(a, b Group) int { return cmp.Compare(a.Members[0].Name, b.Members[0].Name) })
	return merged
}

// Nothing is a fleet of nodes without any BGPConfiguration.
func Nothing(nodes []*corev1.Node) *Fleet {
	if len(nodes) == 0 {
		return &Fleet{}
	}
	g := Group{Config: &render.Config{}, Pattern: render.PatternOf(render.Nothing(), "no node", render.RouterID{})}
	for _, n := range nodes {
		g.Members = append(g.Members, Member{Name: n.Name})
	}
	slices.SortFunc(g.Members, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	return &Fleet{Groups: []Group{g}}
}
