package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
)

const renderHelp = `Print the frr.conf of each node.

The input is any mix of BGPConfiguration, Node, Secret and List documents, in
YAML or JSON, as written in files or printed by kubectl. Other objects are
ignored. For example:

  kubectl get -o yaml nodes | k8frr render -f default.yaml -f -
  k8frr render --from-cluster --grouped
  k8frr render -f cluster/ -o dir --output-dir rendered --prune

With --grouped, nodes that differ only in name and router ID are shown once. The
output depends on the input and not on its order, so that a rendered directory
can be committed.

With --templates, the files *.tmpl of a directory override the templates of
frr.conf block by block, as in k8frr-agent; see docs/templates.md.

Passwords are shown as ` + render.Redacted + ` unless --show-secrets is given. Fields that FRR
does not implement as declared are reported as warnings on standard error.`

// renderOptions are the flags of k8frr render.
type renderOptions struct {
	input
	out output
}

func newRender() *cobra.Command {
	var o renderOptions
	cmd := &cobra.Command{
		Use:   "render -f FILE|DIR|- ...",
		Short: "Print the frr.conf of each node",
		Long:  renderHelp,
		RunE: func(c *cobra.Command, args []string) error {
			// A shell turns "-f *.yaml" into one flag and further arguments.
			o.files = append(o.files, args...)
			return o.run(c)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.objectFlags(f)
	o.cluster.add(f, "from-cluster", "read the objects of a cluster, without changing it")
	o.renderFlags(f)
	f.StringVarP(&o.out.format, "output", "o", "text", "`FORMAT`: text, json or dir")
	f.BoolVar(&o.out.grouped, "grouped", false, "show nodes that differ only in name and router ID once")
	f.StringVar(&o.out.dir, "output-dir", "", "write `DIR`/NODE/frr.conf instead of printing")
	f.BoolVar(&o.out.prune, "prune", false, "remove the frr.conf of other nodes from the directory")
	f.BoolVar(&o.out.showSecrets, "show-secrets", false, "show passwords")
	o.complete(cmd)
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json", "dir"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("output-dir", completeDirectories)
	return cmd
}

func (o *renderOptions) run(c *cobra.Command) error {
	if err := o.out.check(len(o.nodes) > 0); err != nil {
		return usageError{err}
	}
	p := newProgress(c.ErrOrStderr())
	defer p.stop()
	p.stage("reading", 0)
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
	rendered, err := o.fleet(chosen, p)
	if err != nil {
		return err
	}
	p.stop()
	said := chosen.warnings(rendered)
	said.print(c.ErrOrStderr())
	o.out.stdout, o.out.said = c.OutOrStdout(), said
	return errors.Join(failures(rendered), o.out.write(rendered))
}

// warnings are what is to be said about a cluster as a whole and its nodes.
func (c cluster) warnings(f *fleet.Fleet) *warnings {
	said := newWarnings(len(c.nodes))
	for _, name := range c.ignored {
		said.general("BGPConfiguration " + name + " is not used: " + c.name + " is")
	}
	if c.imagined {
		said.general("there is no Node in the input: nodes are taken to have no labels and no addresses")
	}
	for i := range f.Groups {
		said.nodesOf(&f.Groups[i])
	}
	return said
}

// failures are errors that each concern a node.
func failures(f *fleet.Fleet) error {
	var errs []error
	for _, failure := range f.Failures {
		errs = append(errs, fmt.Errorf("node %s: %w", failure.Node, failure.Err))
	}
	return errors.Join(errs...)
}
