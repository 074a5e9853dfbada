package fields

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Page is the table as a page of the documentation, in Markdown.
func Page() string {
	var out strings.Builder
	out.WriteString(preamble)
	for _, s := range sections {
		fmt.Fprintf(&out, "\n## %s\n\n", s.title)
		out.WriteString("| field | in FRR | exceptions, reported by a note | tests |\n|---|---|---|---|\n")
		for _, r := range s.rows {
			fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", names(r.Fields), r.becomes(), strings.ReplaceAll(r.Said, "|", `\|`), links(r.Proof))
		}
	}
	out.WriteString(sizesPreamble)
	for _, s := range Sizes() {
		fmt.Fprintf(&out, "| %s | %s |\n", s.Limit, names(s.Fields))
	}
	return out.String()
}

const sizesPreamble = `
## Sizes

The schema limits every list, map and text, so that the API server, ` + "`k8frr validate`" + ` and the agent
refuse a larger one before anything is computed from it. An object as a whole has at most 1.5 MB
(etcd). [reliability.md](reliability.md#bounds-on-an-object) lists the maximum cost of an object
within these limits.

| limit | fields |
|---|---|
`

const preamble = `# Fields

    k8frr explain spec.neighbors.timers.holdTime

This page is a reference. It lists, for each field of a BGPConfiguration, the FRR configuration that
the field is rendered to, and the tests.

A *note* is a message with the path of the field in the preview (` + "`k8frr render`" + `), the agent's
log and the node's status. If a value is *refused*, the last good configuration continues to run. No
field is ignored silently.

The page is generated from the types and from a table of this project
(` + "`go test ./api/fields -update`" + `). A test fails if a field has no row, a row has no field, a test in
the last column does not exist, or a field is neither rendered nor answered by a note as the table
states.

` + "`PEER`" + ` is a neighbor or a peer group, ` + "`AF`" + ` an address family of a BGP instance.
`

// becomes is the cell that says what a field turns into.
func (r Row) becomes() string {
	text := strings.ReplaceAll(r.Becomes, "|", `\|`)
	switch r.Fate {
	case Noted:
		return strings.TrimSuffix("no effect; a note. "+text, " ")
	case Usual:
		return "no command required. " + text
	case Label:
		return "no effect: a name. " + text
	case Refused:
		return strings.TrimSuffix("refused. "+text, " ")
	}
	return text
}

// names are fields as cells show them; what neighbors and peer groups have
// alike is one.
func names(fields []string) string {
	var cells []string
	for _, f := range fields {
		of, rest, _ := strings.Cut(f, ".")
		switch {
		case of == "peerGroups" && slices.Contains(fields, "neighbors."+rest):
		case of == "neighbors" && slices.Contains(fields, "peerGroups."+rest):
			cells = append(cells, "`{neighbors,peerGroups}."+rest+"`")
		default:
			cells = append(cells, "`"+f+"`")
		}
	}
	return strings.Join(cells, "<br>")
}

// links are proofs by their names, with the way to them.
func links(proofs []string) string {
	cells := make([]string, len(proofs))
	for i, p := range proofs {
		file, test, _ := strings.Cut(p, "#")
		name := strings.TrimSuffix(path.Base(file), ".txtar")
		if test != "" {
			name = test
		}
		cells[i] = fmt.Sprintf("[%s](../%s)", name, file)
	}
	return strings.Join(cells, "<br>")
}
