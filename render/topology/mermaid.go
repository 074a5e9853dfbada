package topology

import (
	"fmt"
	"strings"
)

// Mermaid writes the topology as a Mermaid flowchart, which GitHub and GitLab
// draw in markdown.
func (t *Topology) Mermaid() string {
	var b strings.Builder
	put := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	put("flowchart LR")
	put("  accTitle: %s", t.heading())
	put("  accDescr: %s", mermaidText(t.headline()))
	alone := t.isolated()
	for i := range t.Groups {
		g := &t.Groups[i]
		put("  g%d[%s]%s", i, mermaidLines(g.text(alone[i])), mermaidClass(g.Failure != "", alone[i]))
	}
	for _, v := range t.byVRF() {
		indent := "  "
		if v.vrf != "" {
			put("  subgraph v%d[%s]", v.first, mermaidLines([]string{"VRF " + plain(v.vrf)}))
			indent = "    "
		}
		for _, i := range v.routers {
			r := &t.Routers[i]
			put("%sr%d([%s])%s", indent, i, mermaidLines(r.text()), mermaidClass(r.amiss(), false))
		}
		if v.vrf != "" {
			put("  end")
		}
	}
	for _, e := range t.Edges {
		link := "---"
		if class := t.class(e); class == "bad" || class == "down" {
			link = "-.-"
		}
		if s := t.label(e); s != "" {
			link += "|" + mermaidLines([]string{s}) + "|"
		}
		put("  g%d %s r%d", e.Group, link, e.Router)
	}
	for i, e := range t.Edges {
		put("  linkStyle %d stroke:%s", i, colors[t.class(e)])
	}
	put("  classDef bad fill:#fdf0f1,stroke:#c92a3b,color:#16202c")
	put("  classDef warn fill:#fff8ea,stroke:#b98a2f,color:#16202c")
	return b.String()
}

func mermaidClass(bad, warn bool) string {
	switch {
	case bad:
		return ":::bad"
	case warn:
		return ":::warn"
	}
	return ""
}

// mermaidLines makes a quoted label of lines.
func mermaidLines(lines []string) string {
	var out []string
	for _, l := range lines {
		out = append(out, mermaidText(l))
	}
	return `"` + strings.Join(out, "<br/>") + `"`
}

// mermaidText writes everything that Mermaid, Markdown or HTML could take for
// its own as #NUMBER;, which Mermaid turns back.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < ' ':
			b.WriteByte(' ')
		case strings.ContainsRune("\"#<>&;`*_~[](){}|\\%$", r):
			fmt.Fprintf(&b, "#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
