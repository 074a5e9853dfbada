package main

import (
	"cmp"
	"math"
	"slices"

	"github.com/k8frr/k8frr/integration/figures"
)

// plot is a picture of figures that compare: a band for each load, in it a line for each contender, with a point at p50
// and a whisker to p99, and beside one another the versions of FRR.
type plot struct {
	file, title, unit string
	rows              []figures.Row
	band              func(figures.Row) string
	goal              float64 // drawn unless 0
}

// The layout, in pixels.
const (
	whole   = 900.0 // the width of a picture
	margin  = 16.0
	gap     = 24.0 // between panels
	legend  = 22.0 // the height of a line of it
	between = 10.0 // bands
)

func (p plot) draw() *drawing {
	contenders := distinct(p.rows, func(r figures.Row) string { return r.Who })
	slices.SortStableFunc(contenders, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	bands, panels := distinct(p.rows, p.band), distinct(p.rows, func(r figures.Row) string { return r.FRR })
	d := &drawing{width: whole}
	y := margin + line/2
	d.text(margin, y, rightOf, "title", p.title+", "+p.unit+": p50, and to p99")
	y = d.legend(y+line+6, contenders)

	label := 0.0
	for _, b := range bands {
		label = max(label, width(b))
	}
	label = min(label, whole/2)
	room := (whole - 2*margin - label - gap*float64(len(panels))) / float64(len(panels))
	least, most := math.Inf(1), p.goal
	for _, r := range p.rows {
		least, most = min(least, r.Quantile(0.5)), max(most, r.Quantile(0.5), r.Quantile(0.99))
	}
	const value = 62 // the room of a figure beside its whisker
	top := y + line
	bottom := top
	members := map[string][]string{}
	for _, b := range bands {
		for _, who := range contenders {
			if slices.ContainsFunc(p.rows, func(r figures.Row) bool { return r.Who == who && p.band(r) == b }) {
				members[b] = append(members[b], who)
			}
		}
		bottom += line*float64(len(members[b])) + between
	}
	for i, frr := range panels {
		left := margin + label + gap*float64(i+1) + room*float64(i)
		a := newAxis(least, most, left, room-value)
		if frr != "" {
			d.text(left, y, rightOf, "small", "FRR "+frr)
		}
		d.scale(a, top, bottom, p.goal)
		at := top + between/2
		for _, b := range bands {
			if i == 0 {
				d.text(margin+label, at+line*float64(len(members[b]))/2, leftOf, "", b)
			}
			for _, who := range members[b] {
				for _, r := range p.rows {
					if r.FRR == frr && r.Who == who && p.band(r) == b {
						d.sample(a, at+line/2, r, slices.Index(contenders, who)%colors)
					}
				}
				at += line
			}
			at += between
			d.line(left, at-between/2, left+room, at-between/2, "grid")
		}
	}
	d.height = bottom + line + margin
	return d
}

// rank has k8frr come first, and then FRR itself.
func rank(who string) int {
	switch {
	case who == "k8frr":
		return 0
	case len(who) > 3 && who[:3] == "FRR":
		return 1
	}
	return 2
}

// legend names the contenders, on as many lines as it takes, and returns where it ends.
func (d *drawing) legend(y float64, contenders []string) float64 {
	if len(contenders) < 2 {
		return y
	}
	x := margin
	for i, who := range contenders {
		if x > margin && x+16+width(who) > whole-margin {
			x, y = margin, y+legend
		}
		d.dot(x+4, y, class(i%colors))
		d.text(x+14, y, rightOf, "", who)
		x += 14 + width(who) + 20
	}
	return y + legend
}

// sample is one row: its point, its whisker, and the figure of the point.
func (d *drawing) sample(a axis, y float64, r figures.Row, color int) {
	p50, p99 := r.Quantile(0.5), r.Quantile(0.99)
	if end := a.at(p99); end > a.at(p50)+4 {
		d.line(a.at(p50), y, end, y, class(color))
		d.line(end, y-4, end, y+4, class(color))
	}
	d.dot(a.at(p50), y, class(color))
	d.text(max(a.at(p99), a.at(p50))+8, y, rightOf, "value", figures.Short(p50))
}

// scale draws the figures below a panel, and what the goal is.
func (d *drawing) scale(a axis, top, bottom, goal float64) {
	for _, f := range a.ticks() {
		d.line(a.at(f), top, a.at(f), bottom, "grid")
		d.text(a.at(f), bottom+line/2+2, around, "small", figures.Short(f))
	}
	if goal > 0 {
		d.line(a.at(goal), top, a.at(goal), bottom, "goal")
	}
}

func class(i int) string { return "c" + string(rune('0'+i)) }

// distinct are the values that rows have, in the order in which they first appear.
func distinct(rows []figures.Row, of func(figures.Row) string) []string {
	var list []string
	for _, r := range rows {
		if v := of(r); !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}
