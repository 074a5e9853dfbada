package main

import (
	"fmt"
	"io"

	"github.com/k8frr/k8frr/render"
)

// warnings collects what is to be said about several nodes, so that what
// concerns many is said once.
type warnings struct {
	nodes int
	lines []string            // about no node
	order []string            // of what is said about nodes
	about map[string][]string // what is said → the nodes
}

func newWarnings(nodes int) *warnings {
	return &warnings{nodes: nodes, about: map[string][]string{}}
}

func (w *warnings) general(lines ...string) { w.lines = append(w.lines, lines...) }

func (w *warnings) node(name string, notes []render.Note) {
	for _, n := range notes {
		said := n.String()
		if w.about[said] == nil {
			w.order = append(w.order, said)
		}
		w.about[said] = append(w.about[said], name)
	}
}

func (w *warnings) print(to io.Writer) {
	for _, line := range w.lines {
		_, _ = fmt.Fprintf(to, "warning: %s\n", line)
	}
	for _, said := range w.order {
		_, _ = fmt.Fprintf(to, "warning: %s: %s\n", w.subject(w.about[said]), said)
	}
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
