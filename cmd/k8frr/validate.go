package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

const validateHelp = `Check what is declared for a cluster: the schema, by the rules that the API
server applies; the meaning of every field; and what only the whole shows, such
as selectors that match no node, two nodes with one router ID, and policies that
nobody uses. Give the Nodes along with the rest, or nothing is said of them:

  kubectl get nodes -o yaml | k8frr validate -f cluster/ -f -

With --frr, every distinct configuration is also checked by the FRR of this
machine (vtysh -C), as far as it knows without running.

The exit status is 0 if no error is found, 1 if one is, and 2 if the check could
not be made. With --strict, warnings count as errors.`

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
		Short: "Check what is declared, for the whole cluster",
		Long:  validateHelp,
		RunE: func(c *cobra.Command, args []string) error {
			o.files = append(o.files, args...)
			return o.run(c)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.objectFlags(f)
	o.cluster.add(f, "from-cluster", "read the objects of a cluster, which is not changed")
	f.StringArrayVar(&o.addresses, "address", nil, "`IFACE=ADDR/LEN`: an address that the interface carries, on every node; repeatable")
	f.StringVar(&o.input.frr, "frr-version", "10.3", "`version` of FRR to check for: 8.4 or 10.3")
	f.BoolVar(&o.vtysh, "frr", false, "have the FRR of this machine check every distinct configuration")
	f.StringVar(&o.templates, "templates", "", "directory `DIR` of *.tmpl files that override the templates of frr.conf")
	f.StringVarP(&o.format, "output", "o", "text", "`FORMAT`: "+strings.Join(reportNames(), ", "))
	f.BoolVar(&o.strict, "strict", false, "have the exit status tell of warnings, too")
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

// check finds what is amiss. An error says that it could not be looked for.
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
