package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/status/view"
)

// line is a line of a table that is watched.
type line struct {
	id    string
	row   row
	level view.Level
	opens opened
}

// tabNames are the tables.
var tabNames = [...]string{"Nodes", "Sessions", "VIPs", "Problems"}

// orders are what a table can be sorted by.
func (w *watcher) orders() []string {
	return [...][]string{view.NodeOrders, view.SessionOrders, vipOrders, {"worst"}}[w.tab]
}

// order is what the table is sorted by.
func (w *watcher) order() string {
	orders := w.orders()
	n := len(orders)
	return orders[(w.tabs[w.tab].order%n+n)%n]
}

// vipOrders are what VIPs can be sorted by.
var vipOrders = []string{"worst", "address", "service"}

// all are the lines of the table that is shown, with its columns.
func (w *watcher) all() (columns []column, all []line) {
	p := &page{palette: w.palette, now: w.Now}
	var g grid
	switch w.tab {
	case 0:
		nodes := slices.Clone(w.cluster.All)
		view.SortNodes(nodes, w.order())
		g = nodeGrid(nodes, w.Now, true)
		for i, n := range nodes {
			var why []cell
			for _, t := range n.Problems {
				why = append(why, cell{t.Text, levelColors[t.Level]})
			}
			g.rows[i].below = why
			all = append(all, line{n.Name, g.rows[i], n.Level, opened{node: n.Name}})
		}
	case 1:
		sessions := slices.Clone(w.sessions)
		view.SortSessions(sessions, w.order())
		g = sessionGrid(sessions, p, true, true)
		for i, s := range sessions {
			all = append(all, line{s.Node + " " + s.VRF + " " + s.Neighbor, g.rows[i], s.Level, opened{node: s.Node}})
		}
	case 2:
		vips := slices.Clone(w.vips)
		switch w.order() {
		case "address":
			slices.SortFunc(vips, func(a, b view.VIP) int { return a.Address.Compare(b.Address) })
		case "service":
			slices.SortStableFunc(vips, func(a, b view.VIP) int { return strings.Compare(owner(a, true), owner(b, true)) })
		}
		g = vipGrid(vips, w.Services != nil, true)
		for i, v := range vips {
			all = append(all, line{v.Name(), g.rows[i], v.Level, opened{vip: v.Name()}})
		}
	case 3:
		g = problemGrid(w.cluster.Problems)
		for i, f := range w.cluster.Problems {
			o := opened{}
			if len(f.Nodes) > 0 {
				o.node = f.Nodes[0]
			}
			all = append(all, line{f.Kind + f.Subject, g.rows[i], f.Level, o})
		}
	}
	return g.columns, all
}

// problemGrid is a table of what is wrong.
func problemGrid(all []view.Finding) grid {
	g := grid{columns: []column{{title: "WHERE", flex: true}, {title: "NODES", right: true, drop: 1}, {title: "WHAT", flex: true}}}
	for _, f := range all {
		r := row{cells: []cell{{f.Subject, levelSubjects[f.Level]}, {text: fmt.Sprint(len(f.Nodes))}, {text: f.Text}}, below: []cell{{f.Text, levelColors[f.Level]}}}
		g.rows = append(g.rows, r)
	}
	return g
}

// lines are those that the filter leaves.
func (w *watcher) lines() []line {
	_, all := w.all()
	return w.filtered(all)
}

func (w *watcher) filtered(all []line) []line {
	if w.tabs[w.tab].reverse {
		slices.Reverse(all)
	}
	want := strings.ToLower(w.filter)
	return slices.DeleteFunc(all, func(l line) bool {
		if w.onlyWrong && l.level != view.Problem {
			return true
		}
		if want == "" {
			return false
		}
		return !slices.ContainsFunc(append(slices.Clone(l.row.cells), l.row.below...), func(c cell) bool {
			return strings.Contains(strings.ToLower(c.text), want)
		})
	})
}
