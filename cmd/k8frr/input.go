package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/k8frr/k8frr/api/manifest"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
)

// input is the flags that say which objects to look at, and as what.
type input struct {
	files           []string
	recursive       bool
	nodes           []string
	addresses       []string
	namespace, name string
	secretSelector  string
	frr             string
	templates       string
	cluster         clusterFlags
}

// objectFlags say where objects are found and which of them count.
func (o *input) objectFlags(f *pflag.FlagSet) {
	f.StringArrayVarP(&o.files, "filename", "f", nil, "`FILE` with objects, directory of such files, or - for standard input; repeatable")
	f.BoolVarP(&o.recursive, "recursive", "R", false, "also read subdirectories")
	f.StringArrayVar(&o.nodes, "node", nil, "only this `node`; if the input has no Node, a node with this name and without labels and addresses; repeatable")
	f.StringVarP(&o.namespace, "namespace", "n", "", "`namespace` of the BGPConfiguration (default: its own, or "+defaultNamespace+")")
	f.StringVar(&o.name, "name", "", "`name` of the BGPConfiguration (default: "+defaultName+", or the only one)")
	f.StringVar(&o.secretSelector, "secret-selector", "", "label `SELECTOR` of the Secrets that may hold passwords, equal to that of the agents (default: all)")
}

// renderFlags say how they are rendered.
func (o *input) renderFlags(f *pflag.FlagSet) {
	f.StringArrayVar(&o.addresses, "address", nil, "`IFACE=ADDR/LEN`: an address of the interface, on every node; repeatable")
	f.StringVar(&o.frr, "frr", "10.3", "`version` of FRR to render for: 8.4 or 10.3")
	f.StringVar(&o.templates, "templates", "", "directory `DIR` of *.tmpl files that override the templates of frr.conf")
}

// complete tells a shell what may follow each flag.
func (o *input) complete(c *cobra.Command) {
	c.ValidArgsFunction = completeManifests
	for flag, f := range map[string]cobra.CompletionFunc{
		"filename": completeManifests, "node": o.completeNodes, "namespace": cobra.NoFileCompletions, "name": cobra.NoFileCompletions, "secret-selector": cobra.NoFileCompletions,
		"address": cobra.NoFileCompletions, "templates": completeDirectories,
		"frr": cobra.FixedCompletions([]string{"8.4", "10.3"}, cobra.ShellCompDirectiveNoFileComp),
	} {
		if c.Flags().Lookup(flag) != nil {
			_ = c.RegisterFlagCompletionFunc(flag, f) // fails for flags that there are not
		}
	}
}

// read returns the objects of the files and of the cluster.
func (o *input) read(c *cobra.Command) ([]manifest.Document, error) {
	if o.cluster.asked {
		if len(o.files) > 0 {
			return nil, usageError{errors.New("--from-cluster and files exclude each other")}
		}
		return o.cluster.documents(c.Context(), o.namespace)
	}
	if len(o.files) == 0 {
		return nil, usageError{fmt.Errorf("nothing to %s: use -f FILE, -f DIR, or -f - for standard input", c.Name())}
	}
	return o.reading(c).all(o.files)
}

func (o *input) reading(c *cobra.Command) reading {
	return reading{stdin: c.InOrStdin(), objects: new(manifest.Reader), recursive: o.recursive}
}

// how is what texts are made with, whatever the objects.
type how struct {
	secrets  labels.Selector
	links    []render.Link
	dialect  render.Dialect
	renderer *render.Renderer
}

// how reads the flags that have nothing to do with objects.
func (o *input) how() (how, error) {
	dialect, err := render.DialectOf(o.frr)
	if err != nil {
		return how{}, usageError{fmt.Errorf("--frr: %w", err)}
	}
	secrets, err := labels.Parse(o.secretSelector)
	if err != nil {
		return how{}, usageError{fmt.Errorf("--secret-selector: %w", err)}
	}
	links, err := parseAddresses(o.addresses)
	if err != nil {
		return how{}, usageError{err}
	}
	renderer, err := o.renderer()
	return how{secrets, links, dialect, renderer}, err
}

// cluster is objects, and which of them are rendered and how.
type cluster struct {
	choice
	nodes []*corev1.Node
	// imagined says that the input has no Node.
	imagined bool
	how
}

// choose finds what to render among documents.
func (o *input) choose(documents []manifest.Document, as how) (cluster, error) {
	chosen, err := choose(documents, o.namespace, o.name)
	if err != nil {
		return cluster{}, err
	}
	nodes, err := chooseNodes(chosen.Nodes, o.nodes)
	return cluster{choice: chosen, nodes: nodes, imagined: len(chosen.Nodes) == 0, how: as}, err
}

// fleet renders. Progress is told of nodes that are done.
func (o *input) fleet(c cluster, p *progress) (*fleet.Fleet, error) {
	c.SecretSelector = c.secrets
	f, err := fleet.Of(fleet.Input{
		Common: render.Input{
			Objects: c.For("", c.namespace, c.name),
			Links:   c.links,
			Dialect: c.dialect,
		},
		Nodes: c.nodes, Renderer: c.renderer, Done: p.stage("rendering", len(c.nodes)),
	})
	return f, o.blame(err)
}
