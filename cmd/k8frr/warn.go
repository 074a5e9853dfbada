package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/status/view"
)

// warnings collects what is to be said about several nodes, so that what
// concerns many is said once.
type warnings struct {
	nodes int
	lines []string                 // about no node
	order []render.Note            // of what is said about nodes
	about map[render.Note][]string // what is said → the nodes
}

func newWarnings(nodes int) *warnings {
	return &warnings{nodes: nodes, about: map[render.Note][]string{}}
}

func (w *warnings) general(lines ...string) { w.lines = append(w.lines, lines...) }

func (w *warnings) nodesOf(g *fleet.Group) {
	for _, n := range g.Notes {
		if w.about[n] == nil {
			w.order = append(w.order, n)
		}
		w.about[n] = append(w.about[n], g.Nodes()...)
	}
}

// warning is something said about nodes; about none of them in particular
// without Nodes.
type warning struct {
	Nodes   []string `json:"nodes,omitempty"`
	Field   string   `json:"field,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Message string   `json:"message"`
}

func (w *warnings) all() []warning {
	var all []warning
	for _, line := range w.lines {
		all = append(all, warning{Message: printable(line)})
	}
	for _, n := range w.order {
		nodes := slices.Sorted(slices.Values(w.about[n]))
		all = append(all, warning{printableAll(nodes), printable(n.Path), n.Reason, printable(n.Message)})
	}
	return all
}

func (w *warnings) print(to io.Writer) {
	for _, line := range w.lines {
		_, _ = fmt.Fprintf(to, "warning: %s\n", printable(line))
	}
	for _, said := range w.order {
		_, _ = fmt.Fprintf(to, "warning: %s\n", printable(fmt.Sprintf("%s: %s", w.subject(w.about[said]), said)))
	}
}

// printableAll are texts of which each is printable.
func printableAll(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = printable(text)
	}
	return all
}

func (w *warnings) subject(names []string) string {
	switch n := len(names); {
	case n == 1:
		return "node " + names[0]
	case n == w.nodes:
		return fmt.Sprintf("%d nodes", n)
	default:
		return fmt.Sprintf("%d of %d nodes", n, w.nodes)
	}
}

// printable is a text in one line, without what a terminal would obey. It may
// repeat what somebody else's file says, and a line break in a name must not
// make a line of its own.
func printable(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) > 1 {
		for i := range lines {
			lines[i] = strings.TrimSpace(lines[i])
		}
		text = strings.Join(lines, " ")
	}
	return view.Text(text)
}
