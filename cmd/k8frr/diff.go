package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/k8frr/k8frr/supervise/forecast"
)

const diffHelp = `Show the effect of a change on every node, before it is made: the changed lines
of frr.conf, the plan of commands in order, the effect on each session, and the
prefixes that peers gain and lose.

  k8frr diff -f nodes.yaml old.yaml new.yaml
  k8frr diff --git origin/main...HEAD cluster/
  k8frr diff --live new.yaml
  vtysh -c 'show running-config' | k8frr diff --frr-running - --node worker-1 -f cluster/

Use -f for objects that both sides have, such as Nodes. If only one side has
Nodes, the other side uses the same.

Prefixes are computed from the addresses that --address gives. Without it, the
name of an interface represents the prefixes that the interface carries.

The exit status is 0 if nothing changes, 1 if something changes, and 2 if the
comparison could not be made. With --fail-on it is 1 only for the named effects:
reset, a session is reset; withdraw, a peer loses or may lose a prefix; any.`

// diffOptions are the flags of k8frr diff.
type diffOptions struct {
	input
	git     string
	running string
	format  string
	failOn  []string
}

func newDiff() *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff [OLD NEW | --git BASE..HEAD [PATH ...] | --live NEW ... | --frr-running FILE -f NEW]",
		Short: "Show what a change does to nodes, sessions and prefixes",
		Long:  diffHelp,
		RunE: func(c *cobra.Command, args []string) error {
			differs, err := o.run(c, args)
			switch {
			case err != nil:
				return statusError{err, statusUsage}
			case differs:
				return statusError{status: statusFailed}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.git, "git", "", "compare two `REVISIONS` of the paths: BASE..HEAD, BASE...HEAD from the merge base, or BASE for BASE and the working tree")
	o.cluster.add(f, "live", "compare the objects of a cluster, without changing it, with the arguments")
	f.StringVar(&o.running, "frr-running", "", "compare the configuration of a running FRR (`FILE` or - with the output of show running-config) with the one rendered for --node")
	o.objectFlags(f)
	o.renderFlags(f)
	f.StringVarP(&o.format, "output", "o", "text", "`FORMAT`: text, json or markdown")
	f.StringSliceVar(&o.failOn, "fail-on", nil, "return exit status 1 only for these `EFFECTS`: reset, withdraw or any")
	o.complete(cmd)
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(diffFormats, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(gates, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

var (
	diffFormats = []string{"text", "json", "markdown"}
	gates       = []string{"reset", "withdraw", "any"}
)

// check says what is wrong with the command line.
func (o *diffOptions) check(args []string) error {
	modes := 0
	for _, given := range []bool{o.git != "", o.cluster.asked, o.running != ""} {
		if given {
			modes++
		}
	}
	switch {
	case !slices.Contains(diffFormats, o.format):
		return fmt.Errorf("--output %s: must be one of %s", o.format, strings.Join(diffFormats, ", "))
	case slices.ContainsFunc(o.failOn, func(g string) bool { return !slices.Contains(gates, g) }):
		return fmt.Errorf("--fail-on %s: must be one of %s", strings.Join(o.failOn, ","), strings.Join(gates, ", "))
	case modes > 1:
		return errors.New("--git, --live and --frr-running exclude each other")
	case o.cluster.asked && len(args) == 0:
		return errors.New("nothing to compare the cluster with: use k8frr diff --live NEW")
	case o.running != "" && len(args)+len(o.files) == 0:
		return errors.New("nothing to compare FRR with: use k8frr diff --frr-running FILE -f NEW")
	case modes == 0 && len(args) != 2:
		return errors.New("nothing to compare: give OLD and NEW, each a file, a directory or -")
	}
	return nil
}

func (o *diffOptions) run(c *cobra.Command, args []string) (differs bool, err error) {
	if err := o.check(args); err != nil {
		return false, usageError{err}
	}
	p := newProgress(c.ErrOrStderr())
	defer p.stop()
	p.stage("reading", 0)
	f, err := o.forecast(c, args, p)
	if err != nil {
		return false, err
	}
	p.stop()
	out := c.OutOrStdout()
	switch o.format {
	case "json":
		err = diffJSON(out, f)
	case "markdown":
		err = diffMarkdown(out, f)
	default:
		err = diffText(out, f, palette{colors(out)})
	}
	var unknown []error
	for _, u := range f.Unknown {
		unknown = append(unknown, fmt.Errorf("node %s: %w", u.Node, u.Err))
	}
	return o.tells(f), errors.Join(append(unknown, err)...)
}

// forecast compares as the flags say.
func (o *diffOptions) forecast(c *cobra.Command, args []string, p *progress) (*forecast.Forecast, error) {
	if o.running != "" {
		return o.fromRunning(c, args, p)
	}
	before, after, err := o.documents(c, args)
	if err != nil {
		return nil, err
	}
	from, to, err := o.fleets(before, after, p)
	if err != nil {
		return nil, err
	}
	p.stage("comparing", 0)
	return forecast.Of(from, to, o.frr), nil
}

// tells reports whether the forecast decides the exit status.
func (o *diffOptions) tells(f *forecast.Forecast) bool {
	if len(o.failOn) == 0 {
		return f.ChangedNodes > 0
	}
	return slices.ContainsFunc(o.failOn, func(gate string) bool {
		switch gate {
		case "reset":
			return f.Resets+f.MayReset+f.RestartNodes > 0
		case "withdraw":
			return f.Withdrawn+f.Uncertain > 0 || f.PrefixesUnknown && f.ChangedNodes > 0
		}
		return f.ChangedNodes > 0
	})
}
