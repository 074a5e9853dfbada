package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/render/topology"
)

const graphHelp = `Draw the sessions of a cluster: on the left the nodes, grouped by equal sessions,
on the right the routers, with the address families, passwords and BFD of each
session. Problems are colored and printed to standard error: neighbors that no
node has or that are refused, and nodes without neighbors.

  kubectl get -o yaml bgpconfig,nodes -A | k8frr graph -f - > sessions.svg
  k8frr graph -f cluster/ -o dot | dot -Tpdf > sessions.pdf
  k8frr graph -f cluster/ -o mermaid    # GitHub and GitLab draw it in markdown

With more groups or routers than --most, identical ones that differ only in their
addresses are drawn once, for example 248 racks with 496 routers.`

// formats are how a topology can be written.
var formats = map[string]func(*topology.Topology) string{
	"svg":     (*topology.Topology).SVG,
	"dot":     (*topology.Topology).Dot,
	"mermaid": (*topology.Topology).Mermaid,
}

// formatNames are the formats as they are named in messages.
var formatNames = []string{"svg", "dot", "mermaid"}

// graphOptions are the flags of k8frr graph.
type graphOptions struct {
	input
	output string
	most   int
}

func newGraph() *cobra.Command {
	var o graphOptions
	cmd := &cobra.Command{
		Use:   "graph -f FILE|DIR|- ...",
		Short: "Draw which nodes have sessions with which routers",
		Long:  graphHelp,
		RunE: func(c *cobra.Command, args []string) error {
			o.files = append(o.files, args...) // a shell turns -f *.yaml into arguments
			return o.run(c)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.objectFlags(f)
	o.cluster.add(f, "from-cluster", "read the objects of a cluster, without changing it")
	f.StringVarP(&o.output, "output", "o", "svg", "`format`: "+strings.Join(formatNames, ", "))
	f.IntVar(&o.most, "most", 20, "collapse identical groups when there are more than `N` groups or routers (0: never)")
	f.StringVar(&o.frr, "frr", "10.3", "`version` of FRR to render for: 8.4 or 10.3")
	o.complete(cmd)
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formatNames, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (o *graphOptions) run(c *cobra.Command) error {
	draw, ok := formats[o.output]
	switch {
	case !ok:
		return usageError{fmt.Errorf("--output %s: must be one of %s", o.output, strings.Join(formatNames, ", "))}
	case o.most < 0:
		return usageError{fmt.Errorf("--most %d: must not be negative", o.most)}
	}
	as, err := o.how()
	if err != nil {
		return err
	}
	documents, err := o.read(c)
	if err != nil {
		return err
	}
	chosen, err := o.choose(documents, as)
	if err != nil {
		return err
	}
	bar := newProgress(c.ErrOrStderr())
	rendered, err := o.fleet(chosen, bar)
	bar.stop()
	if err != nil {
		return err
	}
	t := topology.Build(chosen.For("", chosen.namespace, chosen.name).Configuration, classesOf(rendered, chosen.nodes))
	for _, p := range t.Problems() {
		_, _ = fmt.Fprintf(c.ErrOrStderr(), "warning: %s\n", p)
	}
	_, err = io.WriteString(c.OutOrStdout(), draw(t.Collapse(o.most)))
	return err
}

// classesOf are the groups of a fleet, and the nodes that nothing runs on.
func classesOf(f *fleet.Fleet, all []*corev1.Node) []topology.Class {
	named := make(map[string]*corev1.Node, len(all))
	for _, n := range all {
		named[n.Name] = n
	}
	var classes []topology.Class
	for i := range f.Groups {
		g := &f.Groups[i]
		class := topology.Class{Config: g.Config, Notes: g.Notes}
		for _, name := range g.Nodes() {
			class.Nodes = append(class.Nodes, named[name])
		}
		classes = append(classes, class)
	}
	for _, failure := range f.Failures {
		classes = append(classes, topology.Class{Nodes: []*corev1.Node{named[failure.Node]}, Err: failure.Err})
	}
	return classes
}
