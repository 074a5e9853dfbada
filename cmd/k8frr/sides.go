package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/api/manifest"
	"github.com/k8frr/k8frr/render/fleet"
)

// documents reads the objects before and after a change: those that both have,
// and besides what the arguments name.
func (o *diffOptions) documents(c *cobra.Command, args []string) (before, after []manifest.Document, err error) {
	files := o.reading(c)
	common, err := files.all(o.files)
	if err != nil {
		return nil, nil, err
	}
	var errBefore, errAfter error
	switch {
	case o.git != "":
		base, head, err := revisions(c.Context(), o.git)
		if err != nil {
			return nil, nil, err
		}
		names := orHere(args)
		before, errBefore = files.atRevision(c.Context(), base, names)
		if head == "" {
			after, errAfter = files.all(present(names))
		} else {
			after, errAfter = files.atRevision(c.Context(), head, names)
		}
	case o.cluster.asked:
		before, errBefore = o.cluster.documents(c.Context(), o.namespace)
		after, errAfter = files.all(args)
		// What the cluster has besides, a change in a repository leaves alone.
		common = nil
		after = append(after, missing(after, before)...)
	default:
		before, errBefore = files.all(args[:1])
		after, errAfter = files.all(args[1:])
	}
	return slices.Concat(common, before), slices.Concat(common, after), errors.Join(errBefore, errAfter)
}

// missing are the Secrets of a cluster that files do not have, and its Nodes if
// they have none.
func missing(files, cluster []manifest.Document) []manifest.Document {
	var list []manifest.Document
	withNodes := slices.ContainsFunc(files, isNode)
	for _, d := range cluster {
		given := slices.ContainsFunc(files, func(o manifest.Document) bool {
			return o.Kind == d.Kind && o.Name == d.Name && cmp.Or(o.Namespace, d.Namespace) == d.Namespace
		})
		if _, secret := d.Object.(*corev1.Secret); secret && !given || isNode(d) && !withNodes {
			list = append(list, d)
		}
	}
	return list
}

func isNode(d manifest.Document) bool {
	_, ok := d.Object.(*corev1.Node)
	return ok
}

// fleets renders both sides. Where one has no BGPConfiguration, nothing runs.
func (o *diffOptions) fleets(before, after []manifest.Document, p *progress) (from, to *fleet.Fleet, err error) {
	as, err := o.how()
	if err != nil {
		return nil, nil, err
	}
	// A namespace that one side states is meant by both.
	old, errOld := choose(before, o.namespace, o.name)
	goal, errGoal := choose(after, cmp.Or(o.namespace, old.namespace), o.name)
	none := noConfiguration{}
	switch missing := [2]bool{errors.As(errOld, &none), errors.As(errGoal, &none)}; {
	case missing[0] && missing[1]:
		return nil, nil, errOld
	case missing[0]:
		errOld = nil
		old, _ = choose(before, goal.namespace, o.name)
	case missing[1]:
		errGoal = nil
	}
	if err := errors.Join(errOld, errGoal); err != nil {
		return nil, nil, err
	}
	oldNodes, newNodes, err := o.bothNodes(old.Nodes, goal.Nodes)
	if err != nil {
		return nil, nil, err
	}
	one := func(chosen choice, nodes []*corev1.Node) (*fleet.Fleet, error) {
		if len(chosen.Configurations) == 0 {
			return fleet.Nothing(nodes), nil
		}
		return o.fleet(cluster{choice: chosen, nodes: nodes, how: as}, p)
	}
	from, errOld = one(old, oldNodes)
	to, errGoal = one(goal, newNodes)
	return from, to, errors.Join(errOld, errGoal)
}

// bothNodes are the nodes of each side. Nodes that only one side states are
// those of the other, too.
func (o *diffOptions) bothNodes(old, goal []*corev1.Node) (before, after []*corev1.Node, err error) {
	switch {
	case len(old) == 0 && len(goal) == 0:
		before, err = chooseNodes(nil, o.nodes)
		return before, before, err
	case len(old) == 0:
		old = goal
	case len(goal) == 0:
		goal = old
	}
	if len(o.nodes) == 0 {
		return old, goal, nil
	}
	for _, name := range o.nodes {
		named := func(n *corev1.Node) bool { return n.Name == name }
		if !slices.ContainsFunc(old, named) && !slices.ContainsFunc(goal, named) {
			return nil, nil, fmt.Errorf("there is no Node %s in the input", name)
		}
	}
	asked := func(nodes []*corev1.Node) []*corev1.Node {
		return slices.DeleteFunc(slices.Clone(nodes), func(n *corev1.Node) bool { return !slices.Contains(o.nodes, n.Name) })
	}
	return asked(old), asked(goal), nil
}
