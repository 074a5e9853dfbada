package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

const validateHelp = `Validate the configuration of a cluster: the schema, with the rules of the API
server; the meaning of every field; and the cluster as a whole, such as selectors
that match no node, two nodes with the same router ID, and unused policies.
Include the Nodes in the input, because the last checks need them:

  kubectl get nodes -o yaml | k8frr validate -f cluster/ -f -

With --frr, the FRR of this machine also checks every distinct configuration
(vtysh -C), as far as it can without running.

The exit status is 0 without errors, 1 with errors, and 2 if the check could not
be made. With --strict, warnings count as errors.`

// validateOptions are the flags of k8frr validate.
type validateOptions struct {
	input
	format string
	strict bool
	vtysh  bool
}

func newValidate() *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate -f FILE|DIR|- ...",
		Short: "Validate the configuration of the whole cluster",
		Long:  validateHelp,
		RunE: func(c *cobra.Command, args []string) error {
			o.files = append(o.files, args...)
			return o.run(c)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.objectFlags(f)
	o.cluster.add(f, "from-cluster", "read the objects of a cluster, without changing it")
	f.StringArrayVar(&o.addresses, "address", nil, "`IFACE=ADDR/LEN`: an address of the interface, on every node; repeatable")
	f.StringVar(&o.input.frr, "frr-version", "10.3", "`version` of FRR to check for: 8.4 or 10.3")
	f.BoolVar(&o.vtysh, "frr", false, "also check every distinct configuration with the FRR of this machine")
	f.StringVar(&o.templates, "templates", "", "directory `DIR` of *.tmpl files that override the templates of frr.conf")
	f.StringVarP(&o.format, "output", "o", "text", "`FORMAT`: "+strings.Join(reportNames(), ", "))
	f.BoolVar(&o.strict, "strict", false, "count warnings as errors in the exit status")
	o.complete(cmd)
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(reportNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("frr-version", cobra.FixedCompletions([]string{"8.4", "10.3"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// reports are the forms in which findings are printed.
var reports = map[string]func(*report) ([]byte, error){
	"text": (*report).text, "json": (*report).json, "github": (*report).github, "sarif": (*report).sarif, "junit": (*report).junit,
}

func reportNames() []string { return slices.Sorted(maps.Keys(reports)) }

func (o *validateOptions) run(c *cobra.Command) error {
	show, ok := reports[o.format]
	if !ok {
		return usageError{fmt.Errorf("--output %s: must be one of %s", o.format, strings.Join(reportNames(), ", "))}
	}
	p := newProgress(c.ErrOrStderr())
	defer p.stop()
	p.stage("reading", 0)
	out, err := o.check(c, p)
	if err != nil {
		return statusError{err, statusUsage}
	}
	p.stop()
	out.sort()
	for i := range out.findings {
		f := &out.findings[i]
		f.File, f.Object, f.Field, f.Message = printable(f.File), printable(f.Object), printable(f.Field), printable(f.Message)
		if f.Nodes != nil {
			f.Nodes = printableAll(f.Nodes)
		}
	}
	text, err := show(out)
	if err == nil {
		_, err = c.OutOrStdout().Write(text)
	}
	if err != nil {
		return statusError{err, statusUsage}
	}
	if e, w := out.count(); e > 0 || o.strict && w > 0 {
		return statusError{status: statusFailed}
	}
	return nil
}

// check finds what is wrong. An error says that it could not be looked for.
func (o *validateOptions) check(c *cobra.Command, p *progress) (*report, error) {
	as, err := o.how()
	if err != nil {
		return nil, err
	}
	documents, err := o.read(c)
	out := &report{documents: documents}
	if err != nil && !out.unreadable(err) {
		return nil, err
	}
	out.judge(documents)
	if len(out.findings) > 0 {
		return out, nil // what only the whole shows would follow from these
	}
	chosen, nodes, err := o.chosen(documents, as)
	switch {
	case errors.As(err, new(noConfiguration)):
		return nil, err
	case err != nil && !out.unreadable(err):
		return nil, err
	case err != nil:
		return out, nil
	}
	f, err := o.fleet(chosen, p)
	if err != nil {
		return nil, err
	}
	out.cluster(chosen, nodes, f)
	if o.vtysh {
		p.stage("asking FRR", len(f.Groups))
		err = out.askFRR(c.Context(), f, p.stage("asking FRR", len(f.Groups)))
	}
	return out, err
}
