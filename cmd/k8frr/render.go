package main

import (
	"errors"
	"fmt"

	"github.com/k8frr/k8frr/render"
	"github.com/spf13/cobra"
)

const renderHelp = `Print the frr.conf that each node gets.

The input is any mix of BGPConfiguration, Node, Secret and List documents, in
YAML or JSON, as people write them and as kubectl prints them; objects of other
kinds are passed over. For example:

  kubectl get -o yaml nodes | k8frr render -f default.yaml -f -

With --templates, files named *.tmpl in a directory override the templates of
frr.conf block by block, as they do for k8frr-agent; docs/templates.md says how.

Passwords are shown as ` + render.Redacted + ` unless --show-secrets is given. Warnings, on
standard error, say what FRR does not do of what the configuration asks for.`

// renderOptions are the flags of k8frr render.
type renderOptions struct {
	files           []string
	nodes           []string
	addresses       []string
	namespace, name string
	frr             string
	templates       string
	outputDir       string
	showSecrets     bool
}

func newRender() *cobra.Command {
	var o renderOptions
	cmd := &cobra.Command{
		Use:   "render -f FILE|DIR|- ...",
		Short: "Print the frr.conf that each node gets",
		Long:  renderHelp,
		RunE: func(c *cobra.Command, args []string) error {
			// A shell turns "-f *.yaml" into one flag and further arguments.
			o.files = append(o.files, args...)
			return o.run(c)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVarP(&o.files, "filename", "f", nil, "`FILE` with objects, directory of such files, or - for standard input; repeatable")
	f.StringArrayVar(&o.nodes, "node", nil, "render only this `node`; without any Node object, a node of this name without labels and addresses; repeatable")
	f.StringArrayVar(&o.addresses, "address", nil, "`IFACE=ADDR/LEN`: an address that the interface carries, on every node; repeatable")
	f.StringVar(&o.namespace, "namespace", "", "`namespace` of the BGPConfiguration (default: the one it states, or "+defaultNamespace+")")
	f.StringVar(&o.name, "name", "", "`name` of the BGPConfiguration (default: "+defaultName+", or the only one)")
	f.StringVar(&o.frr, "frr", "10.3", "`version` of FRR to render for: 8.4 or 10.3")
	f.StringVar(&o.templates, "templates", "", "directory `DIR` of *.tmpl files that override the templates of frr.conf")
	f.StringVar(&o.outputDir, "output-dir", "", "write `DIR`/NODE/frr.conf instead of printing")
	f.BoolVar(&o.showSecrets, "show-secrets", false, "show passwords")
	return cmd
}

func (o *renderOptions) run(c *cobra.Command) error {
	if len(o.files) == 0 {
		return usageError{errors.New("say what to render: -f FILE, -f DIR, or -f - for standard input")}
	}
	dialect, err := render.DialectOf(o.frr)
	if err != nil {
		return usageError{fmt.Errorf("--frr: %w", err)}
	}
	links, err := parseAddresses(o.addresses)
	if err != nil {
		return usageError{err}
	}
	documents, err := readAll(c.InOrStdin(), o.files)
	if err != nil {
		return err
	}
	chosen, err := choose(documents, o.namespace, o.name)
	if err != nil {
		return err
	}
	nodes, err := chooseNodes(chosen.Nodes, o.nodes)
	if err != nil {
		return err
	}
	renderer, err := o.renderer()
	if err != nil {
		return err
	}

	said := newWarnings(len(nodes))
	for _, name := range chosen.ignored {
		said.general("BGPConfiguration " + name + " is not used: " + chosen.name + " is")
	}
	if len(chosen.Nodes) == 0 {
		said.general("there is no Node in the input: nodes are taken to have no labels and no addresses")
	}
	chosen.Nodes = nodes
	var (
		texts  []nodeText
		failed []error
	)
	for _, node := range nodes {
		config, notes, err := render.Resolve(render.Input{
			Objects: chosen.For(node.Name, chosen.namespace, chosen.name),
			Links:   links,
			Dialect: dialect,
		})
		said.node(node.Name, notes)
		if err != nil {
			failed = append(failed, fmt.Errorf("node %s: %w", node.Name, err))
			continue
		}
		said.node(node.Name, config.StartNotes())
		text, err := renderer.Text(config)
		if err != nil {
			return o.blame(err)
		}
		texts = append(texts, nodeText{node.Name, text})
	}
	said.print(c.ErrOrStderr())
	out := output{c.OutOrStdout(), o.outputDir, o.showSecrets}
	return errors.Join(append(failed, out.write(texts))...)
}
