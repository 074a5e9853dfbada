package topology

import (
	"fmt"
	"slices"
	"strings"
)

// sample is a kind of line and what it means.
type sample struct{ class, text string }

// legend explains the lines that there are.
func (t *Topology) legend() []sample {
	classes := map[string]bool{}
	for _, e := range t.Edges {
		classes[t.class(e)] = true
	}
	return slices.DeleteFunc([]sample{
		{"ex", "external session"},
		{"in", "internal session"},
		{"cf", "session within the confederation"},
		{"", "sessions of several kinds"},
		{"down", "shut down"},
		{"bad", "refused"},
	}, func(s sample) bool { return !classes[s.class] })
}

func (d *drawing) legend(samples []sample, y int) {
	x := margin
	for _, s := range samples {
		d.put(`<path class="edge %s" d="M%d %dh28"/>`, s.class, x, y)
		d.text(line{x: x + 36, y: y + 4, class: "s", text: s.text})
		x += 36 + smallFont.width(s.text) + 24
	}
}

// heading names the picture.
func (t *Topology) heading() string { return fmt.Sprintf("BGP sessions of AS %d", t.ASN) }

// describe says in words what the picture shows, for who does not see it.
func (t *Topology) describe() string {
	const most = 10
	out := fmt.Sprintf("%s: %s.", t.Name, t.headline())
	problems := t.Problems()
	if len(problems) == 0 {
		return out
	}
	out += " " + counted(len(problems), "problem") + ": " + strings.Join(problems[:min(most, len(problems))], "; ")
	if len(problems) > most {
		return out + " …"
	}
	return out + "."
}
