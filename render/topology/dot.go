package topology

import (
	"fmt"
	"strings"
)

// colors of the lines in Dot and Mermaid: legible on light and on dark.
var colors = map[string]string{
	"":     "#7c8896",
	"ex":   "#2c6bdb",
	"in":   "#0c8a70",
	"cf":   "#8453d0",
	"down": "#98a3b0",
	"bad":  "#c92a3b",
}

// Dot writes the topology in the language of Graphviz.
func (t *Topology) Dot() string {
	var b strings.Builder
	put := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	put("graph k8frr {")
	put("  rankdir=LR; ranksep=2; nodesep=0.2; labelloc=t; labeljust=l;")
	put("  label=%s;", dotText([]string{t.heading(), t.Name + " · " + t.headline()}))
	put(`  graph [fontname="Helvetica,Arial,sans-serif"];`)
	put(`  node [shape=box, style="rounded,filled", fontname="Helvetica,Arial,sans-serif", fontsize=11, color="#cfd8e3", fillcolor="#f7f9fc", fontcolor="#16202c"];`)
	put(`  edge [fontname="Helvetica,Arial,sans-serif", fontsize=9];`)
	alone := t.isolated()
	for i := range t.Groups {
		g := &t.Groups[i]
		put("  g%d [label=%s%s];", i, dotText(g.text(alone[i])), dotPaint(g.Failure != "", alone[i]))
	}
	for _, v := range t.byVRF() {
		indent := "  "
		if v.vrf != "" {
			put("  subgraph cluster_v%d {", v.first)
			put("    label=%s; style=dashed; color=\"#7c8896\";", dotText([]string{"VRF " + plain(v.vrf)}))
			indent = "    "
		}
		for _, i := range v.routers {
			r := &t.Routers[i]
			put("%sr%d [label=%s%s];", indent, i, dotText(r.text()), dotPaint(r.amiss(), false))
		}
		if v.vrf != "" {
			put("  }")
		}
	}
	for _, e := range t.Edges {
		class := t.class(e)
		style := "solid"
		if class == "bad" || class == "down" {
			style = "dashed"
		}
		label := ""
		if s := t.label(e); s != "" {
			label = ", label=" + dotText([]string{s})
		}
		put("  g%d -- r%d [color=%q, style=%s%s];", e.Group, e.Router, colors[class], style, label)
	}
	put("}")
	return b.String()
}

func dotPaint(bad, warn bool) string {
	switch {
	case bad:
		return `, color="#c92a3b", fillcolor="#fdf0f1"`
	case warn:
		return `, color="#b98a2f", fillcolor="#fff8ea"`
	}
	return ""
}

// dotText makes a quoted string of lines. Between quotes only \ and " mean
// something: \N is the node's name, \n the end of a line.
func dotText(lines []string) string {
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ", "\x00", " ", "&", "&amp;")
	for i, l := range lines {
		lines[i] = quote.Replace(l)
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
