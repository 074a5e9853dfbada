package topology

import (
	"bytes"
	_ "embed"
	"encoding/xml"
	"fmt"
	"strings"
)

// style is the style sheet of the picture: light, and dark for who prefers that.
//
//go:embed style.css
var style string

// SVG draws the topology: nodes on the left, routers on the right.
func (t *Topology) SVG() string {
	l := t.lay()
	legend := t.legend()
	bottom := l.height + 34
	if len(legend) > 0 {
		bottom += 26
	}
	d := &drawing{}
	d.put(`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" viewBox="0 0 %d %d" width="%d" height="%d">`,
		l.width, bottom, l.width, bottom)
	d.put("<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n<style>\n%s</style>", escape(t.heading()), escape(t.describe()), style)
	d.put(`<rect class="bg" width="%d" height="%d"/>`, l.width, bottom)
	d.header(t, l.width)
	for _, s := range l.sections {
		d.put(`<rect class="vrf" x="%d" y="%d" width="%d" height="%d" rx="14"/>`, s.x, s.y, s.width, s.height)
		d.text(line{x: s.x + 14, y: s.y + 19, class: "v", text: textFont.fit(s.name, s.width-28)})
	}
	for _, e := range l.edges {
		d.edge(e)
	}
	for _, i := range l.order.groups {
		d.card(&l.groups[i])
	}
	for _, i := range l.order.routers {
		d.card(&l.routers[i])
	}
	d.legend(legend, l.height+34)
	d.put("</svg>")
	return d.String()
}

// drawing is SVG text.
type drawing struct{ bytes.Buffer }

func (d *drawing) put(format string, args ...any) {
	fmt.Fprintf(d, format, args...)
	d.WriteByte('\n')
}

func (d *drawing) text(l line) {
	anchor := ""
	if l.right {
		anchor = ` text-anchor="end"`
	}
	d.put(`<text class="%s" x="%d" y="%d"%s>%s</text>`, l.class, l.x, l.y, anchor, escape(l.text))
}

func (d *drawing) header(t *Topology, width int) {
	room := width - 2*margin
	d.text(line{x: margin, y: 46, class: "h", text: fmt.Sprintf("AS %d", t.ASN)})
	d.text(line{x: margin, y: 70, class: "d", text: textFont.fit(t.Name+" · "+t.headline(), room)})
	if n := len(t.Problems()); n > 0 {
		d.text(line{x: width - margin, y: 46, class: "p", text: counted(n, "problem"), right: true})
	}
	d.text(line{x: margin, y: columnsAt - 18, class: "c", text: "NODES"})
	d.text(line{x: margin + groupWidth + between, y: columnsAt - 18, class: "c", text: "PEERS"})
}

func (d *drawing) edge(e curve) {
	bend := (e.x2 - e.x1) / 2
	d.put(`<path class="%s" d="M%d %dC%d %d %d %d %d %d"/>`, strings.TrimSpace("edge "+e.class),
		e.x1, e.y1, e.x1+bend, e.y1, e.x2-bend, e.y2, e.x2, e.y2)
	if e.label != "" {
		d.text(line{x: e.x1 + 10, y: e.y1 - 5, class: "l", text: e.label})
	}
}

func (d *drawing) card(c *card) {
	d.put(`<g class="%s">`, strings.TrimSpace(c.class))
	if c.tip != "" {
		d.put(`<title>%s</title>`, escape(c.tip))
	}
	for i := c.stack; i >= 0; i-- {
		class := "box"
		if i > 0 {
			class = "box behind"
		}
		d.put(`<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="10"/>`, class, c.x+4*i, c.y+4*i, c.width-8*i, c.height)
	}
	for _, l := range c.lines {
		l.x, l.y = l.x+c.x, l.y+c.y
		d.text(l)
	}
	for _, r := range c.rows {
		for _, b := range r.badges {
			d.badge(b, c.x, c.y)
		}
		d.put(`<circle class="%s" cx="%d" cy="%d" r="3.5"/>`, strings.TrimSpace("port "+r.class), c.x, c.y+r.y)
	}
	d.put("</g>")
}

func (d *drawing) badge(b badge, x, y int) {
	x, y = x+b.x, y+b.y
	d.put(`<rect class="%s" x="%d.5" y="%d.5" width="%d" height="%d" rx="9"/>`, b.class, x, y-1, b.width, badgeHeight)
	middle := x + b.width/2
	if b.lock {
		d.put(`<path class="lock" d="M%d %dh7v5h-7zm1.5 0v-2a2 2 0 0 1 4 0v2"/>`, x+8, y+8)
		middle += 6
	}
	d.put(`<text class="k%s" x="%d" y="%d" text-anchor="middle">%s</text>`, b.class, middle, y+13, escape(b.text))
}

// escape makes text that may stand between tags and in an attribute.
func escape(s string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	return b.String()
}
