package main

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// column is a column of a table.
type column struct {
	title string
	// right says that it holds numbers.
	right bool
	// drop says when to leave it out if there is no room: the highest first, 0
	// never.
	drop int
	// flex says that its texts may be cut.
	flex bool
}

// cell is a text in a color. The text is clean.
type cell struct{ text, color string }

// row is a line of a table, and what is said below it.
type row struct {
	cells []cell
	below []cell
}

// grid is a table.
type grid struct {
	columns []column
	rows    []row
}

// gap is what stands between columns.
const gap = "  "

// least is how far a column is cut at most.
const least = 10

// widths are how wide the columns are to fit a width; 0 for those left out.
func (g grid) widths(width int) []int {
	w := make([]int, len(g.columns))
	for i, c := range g.columns {
		w[i] = ansi.StringWidth(c.title)
		for _, r := range g.rows {
			w[i] = max(w[i], ansi.StringWidth(r.cells[i].text))
		}
	}
	if width == 0 {
		return w
	}
	for total(w) > width {
		worst := -1
		for i, c := range g.columns {
			if w[i] > 0 && c.drop > 0 && (worst < 0 || c.drop > g.columns[worst].drop) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		w[worst] = 0
	}
	for total(w) > width {
		widest := -1
		for i, c := range g.columns {
			if c.flex && w[i] > least && (widest < 0 || w[i] > w[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		w[widest]--
	}
	return w
}

func total(widths []int) (sum int) {
	for _, w := range widths {
		if w > 0 {
			sum += w + len(gap)
		}
	}
	return max(0, sum-len(gap))
}

// table prints a table.
func (p *page) table(g grid) {
	w := g.widths(p.width)
	titles := make([]cell, len(g.columns))
	for i, c := range g.columns {
		titles[i] = cell{c.title, bold}
	}
	p.line(p.cells(g.columns, w, titles))
	for i, r := range g.rows {
		p.line(p.cells(g.columns, w, r.cells))
		if i+1 < len(g.rows) && slices.Equal(r.below, g.rows[i+1].below) {
			continue // what is the same for several rows is said below the last
		}
		for _, b := range r.below {
			p.say(2, b.color, b.text)
		}
	}
}

// cells is a line of a table.
func (p palette) cells(columns []column, widths []int, cells []cell) string {
	var b strings.Builder
	last := 0
	for i, w := range widths {
		if w > 0 {
			last = i
		}
	}
	for i, c := range cells {
		w := widths[i]
		if w == 0 {
			continue
		}
		text := c.text
		if ansi.StringWidth(text) > w {
			text = ansi.Truncate(text, w, "…")
		}
		pad := strings.Repeat(" ", max(0, w-ansi.StringWidth(text)))
		switch {
		case columns[i].right:
			b.WriteString(pad + p.paint(c.color, text))
		case i == last:
			b.WriteString(p.paint(c.color, text))
		default:
			b.WriteString(p.paint(c.color, text) + pad)
		}
		if i != last {
			b.WriteString(gap)
		}
	}
	return b.String()
}
