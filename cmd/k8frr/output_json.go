package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/render/token"
)

// The objects of render -o json.
type (
	jsonNode struct {
		Name           string                `json:"name"`
		RouterID       string                `json:"routerID"`
		RouterIDSource render.RouterIDSource `json:"routerIDSource"`
		Config         string                `json:"config,omitempty"`
	}
	jsonGroup struct {
		Nodes []jsonNode `json:"nodes"`
		// Config is that of the first node; the others' has their own name and
		// router ID.
		Config string `json:"config"`
	}
	jsonFailure struct {
		Node    string `json:"node"`
		Message string `json:"message"`
	}
)

// json prints an object with the nodes, or groups of them, each on a line of
// its own, and what is said about them.
func (o *output) json(to io.Writer, f *fleet.Fleet) error {
	list := jsonList{to: to}
	if o.grouped {
		list.begin("groups")
		for i := range f.Groups {
			g := &f.Groups[i]
			first := entry{g.Members[0], o.pattern(g)}
			out := jsonGroup{Config: first.text()}
			for _, m := range g.Members {
				out.Nodes = append(out.Nodes, jsonNode{m.Name, m.RouterID.Address.String(), m.RouterID.Source, ""})
			}
			list.add(out)
		}
	} else {
		list.begin("nodes")
		for _, e := range o.entries(f) {
			list.add(jsonNode{e.Name, e.RouterID.Address.String(), e.RouterID.Source, e.text()})
		}
	}
	list.begin("warnings")
	for _, w := range o.said.all() {
		list.add(w)
	}
	list.begin("failures")
	for _, failure := range f.Failures {
		list.add(jsonFailure{failure.Node, failure.Err.Error()})
	}
	list.end()
	return list.err
}

func (e entry) text() string {
	var text bytes.Buffer
	_ = e.write(&text)
	return text.String()
}

func sortByName(all []entry) {
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.Name, b.Name) })
}

// jsonList writes an object of lists without having all of it in memory.
type jsonList struct {
	to    io.Writer
	lists int
	count int
	err   error
}

func (l *jsonList) print(format string, args ...any) {
	if l.err == nil {
		_, l.err = fmt.Fprintf(l.to, format, args...)
	}
}

func (l *jsonList) begin(name string) {
	if l.lists > 0 {
		l.print("],\n")
	} else {
		l.print("{\n")
	}
	l.print("%q: [", name)
	l.lists, l.count = l.lists+1, 0
}

func (l *jsonList) add(v any) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil && l.err == nil {
		l.err = err
	}
	if l.count > 0 {
		l.print(",")
	}
	l.print("\n  %s", token.JSON(string(bytes.TrimSpace(line.Bytes()))))
	l.count++
}

func (l *jsonList) end() { l.print("]\n}\n") }
