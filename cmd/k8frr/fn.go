package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/k8frr/k8frr/render/fleet"
)

const fnHelp = `Render and validate as a KRM function, for kustomize, kpt and similar tools: it
reads a ResourceList from standard input and writes one to standard output.

The input is the BGPConfiguration, the Nodes and the Secrets among the items. For
each group of nodes whose configurations differ only in name and router ID, the
output contains an additional ConfigMap with the frr.conf of the first node and
the list of nodes. Passwords in it are redacted. Other items are unchanged. The
results contain the findings of k8frr validate. If a finding is an error, the
exit status is 1 and no ConfigMap is rendered.

Options are the data of the functionConfig if it is a ConfigMap, else its spec:

  frr        version of FRR to render for: 8.4 or 10.3 (default: 10.3)
  namespace  namespace of the BGPConfiguration, if there are several
  name       name of the BGPConfiguration (default: default, or the only one)
  nodes      names of nodes, separated by commas, if the items contain no Node or
             to select some of them
  failOn     error, warning or never (default: error)
  output     configmaps, or none to validate only (default: configmaps)
  secretSelector
             label selector of the Secrets that can hold passwords, as the agents
             have it (default: all)

docs/gitops.md has examples.`

func newFn() *cobra.Command {
	return &cobra.Command{
		Use:   "fn",
		Short: "Render and validate as a KRM function (ResourceList in, ResourceList out)",
		Long:  fnHelp,
		Args:  usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			input, err := io.ReadAll(limited(c.InOrStdin()))
			if err != nil {
				return err
			}
			list, err := parseResourceList(input)
			if err != nil {
				return err
			}
			failed := list.run()
			output, err := list.text()
			if err != nil {
				return err
			}
			if _, err := c.OutOrStdout().Write(output); err != nil {
				return err
			}
			return failed
		},
	}
}

// run renders, and checks. The error is what the results have of the severity
// that matters; the list is whole nevertheless.
func (l *resourceList) run() error {
	o, err := l.options()
	if err != nil {
		l.report(result{Severity: severityError, Message: printable(err.Error())}, nil)
		return err
	}
	rendered, err := l.check(o)
	if err != nil {
		l.report(result{Severity: severityError, Message: printable(err.Error())}, nil)
	}
	failed := l.failures(o.failOn)
	if len(failed) == 0 && o.output == outputConfigMaps && rendered != nil {
		failed = l.replaceConfigMaps(rendered)
	}
	return errors.Join(failed...)
}

// rendering is a fleet and what it comes from.
type rendering struct {
	*fleet.Fleet
	chosen cluster
}

// check reports what k8frr validate finds, and renders; nil if there is nothing
// to render for.
func (l *resourceList) check(o fnOptions) (*rendering, error) {
	v := validateOptions{input: input{namespace: o.namespace, name: o.name, frr: o.frr, nodes: o.nodes, secretSelector: o.secretSelector}}
	as, err := v.how()
	if err != nil {
		return nil, err
	}
	documents, err := l.documents()
	found := &report{documents: documents}
	defer func() { l.tell(found) }()
	if err != nil && !found.unreadable(err) {
		return nil, err
	}
	found.judge(documents)
	if len(found.findings) > 0 {
		return nil, nil // what only the whole shows would follow from these
	}
	chosen, nodes, err := v.chosen(documents, as)
	switch {
	case err != nil && !errors.As(err, new(noConfiguration)) && found.unreadable(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	f, err := v.fleet(chosen, newProgress(io.Discard))
	if err != nil {
		return nil, err
	}
	found.cluster(chosen, nodes, f)
	if chosen.imagined {
		return nil, nil
	}
	return &rendering{f, chosen}, nil
}
