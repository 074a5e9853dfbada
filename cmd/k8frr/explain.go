package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/k8frr/k8frr/api/fields"
	"github.com/k8frr/k8frr/api/schema"
	"github.com/k8frr/k8frr/supervise/plan"
)

const explainHelp = `Explain what a field of a BGPConfiguration is rendered to in FRR, and what
changing it does to a session. The end of a field's name is enough if it is
unique:

  k8frr explain spec.neighbors.timers.holdTime
  k8frr explain routerIDPool

Without a field, all fields are listed.`

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [FIELD]",
		Short: "Explain what a field is rendered to, and what changing it does",
		Long:  explainHelp,
		Args:  usage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			out := c.OutOrStdout()
			if len(args) == 0 {
				table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
				for _, name := range fields.Names() {
					row, _ := fields.Of(name)
					_, _ = fmt.Fprintf(table, "spec.%s\t%s\n", name, row.Fate)
				}
				return table.Flush()
			}
			name, err := theField(args[0])
			if err != nil {
				return usageError{err}
			}
			return explain(out, name)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []cobra.Completion
			for _, name := range fields.Names() {
				names = append(names, "spec."+name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// theField finds the one field that a text means. Of fields of which the same
// is known, as of those that neighbors and peer groups have in common, it is
// the first.
func theField(text string) (string, error) {
	found, like := fields.Find(text)
	if len(found) > 1 && alike(found) {
		found = found[:1]
	}
	spelled := func(names []string) string { return "spec." + strings.Join(names[:min(8, len(names))], ", spec.") }
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("%s is more than one field: %s", text, spelled(found))
	case len(like) > 0:
		return "", fmt.Errorf("there is no field %s; did you mean %s?", text, spelled(like))
	}
	return "", fmt.Errorf("there is no field %s: `k8frr explain` lists all", text)
}

func alike(names []string) bool {
	first, _ := fields.Of(names[0])
	for _, name := range names[1:] {
		row, _ := fields.Of(name)
		twin := strings.TrimPrefix(names[0], "neighbors.") == strings.TrimPrefix(name, "peerGroups.")
		if row.Becomes != first.Becomes && !twin {
			return false
		}
	}
	return true
}

// explain prints what is known of a field.
func explain(out io.Writer, name string) error {
	row, ok := fields.Of(name)
	if !ok {
		return errors.New("no description of spec." + name)
	}
	_, _ = fmt.Fprintf(out, "FIELD   spec.%s\n", name)
	if d, ok := schema.Describe("spec." + name); ok {
		kind := d.Type
		if len(d.OneOf) > 0 {
			kind += ": " + strings.Join(d.OneOf, ", ")
		}
		if d.Default != "" {
			kind += "; default " + d.Default
		}
		_, _ = fmt.Fprintf(out, "TYPE    %s\n", kind)
		if d.Text != "" {
			_, _ = fmt.Fprintf(out, "\n%s\n", d.Text)
		}
	}
	_, _ = fmt.Fprintf(out, "\nIN FRR  %s\n", strings.ReplaceAll(fateWords[row.Fate]+row.Becomes, "`", ""))
	if row.Said != "" {
		_, _ = fmt.Fprintf(out, "NOTED   %s\n", strings.ReplaceAll(row.Said, "`", ""))
	}
	for i, line := range consequences(name, row) {
		head := "       "
		if i == 0 {
			head = "\nCHANGE "
		}
		_, _ = fmt.Fprintf(out, "%s %s\n", head, line)
	}
	return nil
}

var fateWords = map[fields.Fate]string{
	fields.Noted: "no effect, reported by a note. ", fields.Usual: "no command required. ",
	fields.Label: "no effect: a name. ", fields.Refused: "refused. ",
}

var quotedCommand = regexp.MustCompile("`([^`]+)`")

// consequences says what a change of a field does to sessions: a line for each
// command that it turns into, from the table that plans are made with.
func consequences(name string, row fields.Row) []string {
	switch top, _, _ := strings.Cut(name, "."); {
	case row.Fate == fields.Noted || row.Fate == fields.Usual || row.Fate == fields.Label || row.Fate == fields.Refused:
		return []string{"no effect on sessions"}
	case top == "policyDefinitions" || top == "definedSets":
		return []string{"no session is reset: where the policy is for import, the peer is asked for its routes again; for export, it is sent what has changed"}
	case name == "global.asn":
		return []string{"resets every session: another AS number is another BGP instance"}
	}
	var lines []string
	for _, quoted := range quotedCommand.FindAllStringSubmatch(row.Becomes, -1) {
		command := strings.TrimPrefix(quoted[1], "… ")
		eight, ten := plan.Consequence(command, "8.4"), plan.Consequence(command, "10.3")
		switch {
		case eight == "" && ten == "":
		case eight == ten:
			lines = append(lines, command+": "+kindWords[eight])
		default:
			lines = append(lines, fmt.Sprintf("%s: FRR 8: %s; FRR 10: %s", command, kindWords[eight], kindWords[ten]))
		}
	}
	if len(lines) == 0 {
		return []string{"no session is reset; `k8frr diff` shows the plan of a change"}
	}
	return lines
}

var kindWords = map[plan.Kind]string{
	"":              "nothing happens to the session",
	plan.Pending:    "waits for the next session",
	plan.RefreshIn:  "the session stays, and the peer is asked for its routes again",
	plan.RefreshOut: "the session stays, and the peer is sent what has changed",
	plan.Limited:    "the session is reset if the peer has sent more",
	plan.Reset:      "the session is reset",
}
