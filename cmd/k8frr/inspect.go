package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"sigs.k8s.io/yaml"

	"github.com/k8frr/k8frr/render/token"
	"github.com/k8frr/k8frr/status/view"
)

// statusUnknown is the exit status of a command that could not find out what
// it was asked.
const statusUnknown = 2

// inspector is the flags of the commands that look at what runs.
type inspector struct {
	sources
	output string
	check  bool
	nodes  []string
	// selector selects nodes by their labels.
	selector string
}

// checkHelp is what the commands say of --check.
const checkHelp = `With --check, the exit status is 0 if all is well, 1 if something is wrong and
2 if that could not be found out. Without it, it is 0 or 2.`

// sourceHelp is what the commands say of what they read.
const sourceHelp = `The command reads only BGPNodeStatus, BGPConfiguration and Service objects, with
the rights of the kubeconfig's user, and works without Services if it may not
read them. Without a kubeconfig, as on a node without a cluster, it reads the
status file of the local agent. With -f it reads such objects from files, and
takes the time of the newest report in them as the current time.`

func (o *inspector) flags(f *pflag.FlagSet) {
	f.SortFlags = false
	o.sources.flags(f)
	f.StringVarP(&o.output, "output", "o", "table", "`FORMAT`: table, wide, json or yaml")
	f.BoolVar(&o.check, "check", false, "report the state by the exit status: 0 no problem, 1 a problem, 2 unknown")
}

func (o *inspector) nodeFlags(f *pflag.FlagSet) {
	f.StringArrayVar(&o.nodes, "node", nil, "only this `node`; repeatable")
	f.StringVarP(&o.selector, "selector", "l", "", "only nodes with these `labels`, such as rack=1; reads Node objects")
}

func (o *inspector) complete(c *cobra.Command) {
	fixed := func(names ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)
	}
	for flag, f := range map[string]cobra.CompletionFunc{
		"filename": completeManifests, "status-file": completeManifests, "kubeconfig": nil,
		"output": fixed("table", "wide", "json", "yaml"), "node": o.completeNodes, "selector": cobra.NoFileCompletions,
		"context": cobra.NoFileCompletions, "namespace": cobra.NoFileCompletions, "name": cobra.NoFileCompletions, "at": cobra.NoFileCompletions,
	} {
		if f != nil && c.Flags().Lookup(flag) != nil {
			_ = c.RegisterFlagCompletionFunc(flag, f) // fails for flags that there are not
		}
	}
}

// completeNodes offers the nodes that report.
func (o *inspector) completeNodes(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	e, err := o.read(ctx, c.InOrStdin())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, n := range view.Nodes(e.Input) {
		names = append(names, n.Name)
	}
	slices.SortFunc(names, view.Natural)
	return names, cobra.ShellCompDirectiveNoFileComp
}

// answer is what a command has found.
type answer interface {
	// wrong reports whether an operator must act.
	wrong() bool
	// print shows it.
	print(*page)
}

// preamble is what every answer says about itself.
type preamble struct {
	// AsOf is the time by which ages are told.
	AsOf time.Time `json:"asOf"`
	// Notes are about what could not be read.
	Notes []string `json:"notes,omitempty"`
}

// run reads, has a command look at it, and prints what it finds.
func (o *inspector) run(c *cobra.Command, look func(evidence) (answer, error)) error {
	if !slices.Contains([]string{"table", "wide", "json", "yaml"}, o.output) {
		return usageError{fmt.Errorf("--output %s: must be table, wide, json or yaml", view.Text(o.output))}
	}
	ctx, cancel := context.WithTimeout(c.Context(), clusterTimeout)
	defer cancel()
	e, err := o.read(ctx, c.InOrStdin())
	if err == nil && o.selector != "" {
		err = o.selected(ctx, &e)
	}
	if err == nil && len(e.Nodes) == 0 {
		err = fmt.Errorf("no node reports: there is no BGPNodeStatus in %s. Either k8frr-agent does not run, or nodeStatus.enabled is false", e.from)
	}
	var a answer
	if err == nil {
		a, err = look(e)
	}
	if err != nil {
		return unknownError(err)
	}
	if err := o.print(c, a, e); err != nil {
		return err
	}
	if o.check && a.wrong() {
		return statusError{nil, statusFailed}
	}
	return nil
}

// unknownError is the failure to find something out. What it quotes is clean.
func unknownError(err error) error {
	var all []error
	for _, e := range flatten(err) {
		if errors.As(e, new(usageError)) {
			return e
		}
		all = append(all, errors.New(view.Text(e.Error())))
	}
	return statusError{errors.Join(all...), statusUnknown}
}

func (o *inspector) print(c *cobra.Command, a answer, e evidence) error {
	switch o.output {
	case "json", "yaml":
		text, err := encoded(a)
		if err == nil && o.output == "yaml" {
			text, err = yaml.JSONToYAML(text)
		}
		if err != nil {
			return err
		}
		_, err = c.OutOrStdout().Write(text)
		return err
	}
	for _, note := range e.notes {
		_, _ = fmt.Fprintf(c.ErrOrStderr(), "note: %s\n", note)
	}
	p := newPage(c.OutOrStdout(), e.Now, o.output == "wide")
	a.print(p)
	_, err := p.WriteTo(c.OutOrStdout())
	return err
}

// encoded is JSON as people read it.
func encoded(v any) ([]byte, error) {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(v)
	return []byte(token.JSON(b.String())), err
}

// kept are the nodes that --node and -l leave.
func (o *inspector) kept(e evidence) (func(node string) bool, error) {
	for _, name := range o.nodes {
		if !slices.ContainsFunc(view.Nodes(e.Input), func(n view.Node) bool { return n.Name == name }) {
			return nil, fmt.Errorf("there is no BGPNodeStatus of node %s in %s", view.Text(name), e.from)
		}
	}
	return func(node string) bool {
		return (len(o.nodes) == 0 || slices.Contains(o.nodes, node)) && (e.labeled == nil || e.labeled[node])
	}, nil
}

// isRegular reports whether there is a file.
func isRegular(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
