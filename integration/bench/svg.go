package main

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// drawing is an SVG that is being made. Each thing in it has a box, so that a test can see that nothing lies on another or
// outside the frame.
type drawing struct {
	width, height float64
	things        []thing
}

// thing is an element, and the room that it takes.
type thing struct {
	markup                   string
	left, top, right, bottom float64
	text                     bool
}

// letter is more than the average width of a letter, and line is the height of one, in the size of all text.
const (
	letter = 6.7
	line   = 16.0
)

// width is the room that a text takes, or a little less.
func width(text string) float64 { return letter * float64(len([]rune(text))) }

// anchor is where a text is, seen from its point.
type anchor string

const (
	rightOf anchor = "start"
	around  anchor = "middle"
	leftOf  anchor = "end"
)

// text writes on a line whose middle is at y.
func (d *drawing) text(x, y float64, a anchor, class, text string) {
	w := width(text)
	left := map[anchor]float64{rightOf: x, around: x - w/2, leftOf: x - w}[a]
	var escaped strings.Builder
	_ = xml.EscapeText(&escaped, []byte(text)) // a Builder takes everything
	d.add(thing{fmt.Sprintf(`<text x="%.1f" y="%.1f" text-anchor="%s" class="%s">%s</text>`, x, y+4, a, class, escaped.String()),
		left, y - line/2, left + w, y + line/2, true})
}

func (d *drawing) line(x1, y1, x2, y2 float64, class string) {
	d.add(thing{markup: fmt.Sprintf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>`, x1, y1, x2, y2, class),
		left: min(x1, x2), top: min(y1, y2), right: max(x1, x2), bottom: max(y1, y2)})
}

func (d *drawing) dot(x, y float64, class string) {
	const r = 4
	d.add(thing{markup: fmt.Sprintf(`<circle cx="%.1f" cy="%.1f" r="%d" class="%s"/>`, x, y, r, class),
		left: x - r, top: y - r, right: x + r, bottom: y + r})
}

func (d *drawing) bar(x, y, w, h float64, class string) {
	d.add(thing{markup: fmt.Sprintf(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" class="%s"/>`, x, y, w, h, class),
		left: x, top: y, right: x + w, bottom: y + h})
}

func (d *drawing) add(t thing) { d.things = append(d.things, t) }

// style has a color for each contender, and both for light and for dark pages. Its colors are of Okabe and Ito's palette,
// which can be told apart by everybody.
const style = `<style>
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #1f2328 }
.title { font-weight: 600 } .small { fill: #59636e } .value { fill: #1f2328 }
.paper { fill: #ffffff } .grid { stroke: #d1d9e0; stroke-width: 1 } .goal { stroke: #d55e00; stroke-width: 1.5; stroke-dasharray: 5 4 }
line { stroke-width: 2 }
.c0 { fill: #0072b2; stroke: #0072b2 } .c1 { fill: #009e73; stroke: #009e73 } .c2 { fill: #cc79a7; stroke: #cc79a7 }
.c3 { fill: #d55e00; stroke: #d55e00 } .c4 { fill: #7f7f7f; stroke: #7f7f7f } .c5 { fill: #b8860b; stroke: #b8860b }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .small { fill: #9198a1 } .value { fill: #f0f6fc } .paper { fill: #0d1117 } .grid { stroke: #30363d }
.c0 { fill: #56b4e9; stroke: #56b4e9 } .c1 { fill: #2fc79b; stroke: #2fc79b } .c5 { fill: #f0e442; stroke: #f0e442 }
}
</style>
`

// colors is how many contenders style tells apart.
const colors = 6

// String is the file.
func (d *drawing) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img">`+"\n", d.width, d.height, d.width, d.height)
	b.WriteString(style)
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" rx="6" class="paper"/>`+"\n", d.width, d.height)
	for _, t := range d.things {
		b.WriteString(t.markup)
		b.WriteByte('\n')
	}
	b.WriteString("</svg>\n")
	return b.String()
}
