package main

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/k8frr/k8frr/status/view"
)

const reversed = "7"

// The lines above and below the table.
const (
	headLines   = 4 // two of the summary, the tabs, the titles
	reasonLines = 3 // why the line with the cursor is as it is
	footLines   = 1
)

// room is how many lines of the table fit.
func (w *watcher) room() int { return max(1, w.height-headLines-reasonLines-footLines-1) }

// View draws the screen: exactly as many lines as it has, none longer than it
// is wide, so that only what has changed is written.
func (w *watcher) View() string {
	if w.width == 0 || w.at.IsZero() {
		return "reading ..."
	}
	screen := append(w.summary(), w.bar())
	if w.open.is() {
		screen = append(screen, w.opened()...)
	} else {
		screen = append(screen, w.table()...)
	}
	for len(screen) < w.height-footLines {
		screen = append(screen, "")
	}
	screen = append(screen[:max(0, w.height-footLines)], w.keys())
	for i, line := range screen {
		if ansi.StringWidth(line) > w.width {
			screen[i] = ansi.Truncate(line, w.width, "…")
		}
	}
	return strings.Join(screen, "\n")
}

// summary is how everything is, in two lines.
func (w *watcher) summary() []string {
	c := w.cluster
	verdict := w.paint(green, "all is well")
	if n := wrongs(c.Problems); n == 1 {
		verdict = w.paint(boldRed, "1 problem")
	} else if n > 1 {
		verdict = w.paint(boldRed, fmt.Sprintf("%d problems", n))
	}
	first := verdict + "   " + w.paint(rolloutColor(c.Rollout), rolloutText(c.Rollout))
	clock := w.Now.UTC().Format("15:04:05Z")
	if pad := w.width - ansi.StringWidth(first) - len(clock); pad > 1 {
		first += strings.Repeat(" ", pad) + w.paint(dim, clock)
	}
	second := nodeSummary(w.palette, "node", c.Nodes) + "   " + sessionSummary(w.palette, "session", c.Sessions) + "   " + vipSummary(w.palette, "VIP", c.VIPs)
	if ansi.StringWidth(second) > w.width {
		second = w.short()
	}
	return []string{first, second}
}

// short is the second line where there is no room for it: how many of each are
// well.
func (w *watcher) short() string {
	c := w.cluster
	part := func(what string, some, all int) string {
		color := green
		if some < all {
			color = red
		}
		return w.paint(color, fmt.Sprintf("%d/%d", some, all)) + " " + what
	}
	return strings.Join([]string{
		part("nodes ok", c.Nodes.OK, c.Nodes.Total),
		part("sessions up", c.Sessions.Established, c.Sessions.Total-c.Sessions.AdminDown),
		part("VIPs ok", c.VIPs.OK, c.VIPs.Total-c.VIPs.Notice),
	}, "   ")
}

func wrongs(all []view.Finding) (n int) {
	for _, f := range all {
		if f.Level == view.Problem {
			n++
		}
	}
	return n
}

// bar names the tables, and says how the one that is shown is sorted and
// filtered. What could not be read takes its place.
func (w *watcher) bar() string {
	var b strings.Builder
	for i, name := range tabNames {
		text := fmt.Sprintf(" %d %s ", i+1, name)
		switch {
		case i == w.tab && w.on:
			text = w.paint(reversed, text)
		case i == w.tab:
			text = fmt.Sprintf("[%d %s]", i+1, name)
		}
		b.WriteString(text)
	}
	order := "  sorted by " + w.order()
	if w.tabs[w.tab].reverse {
		order += ", reversed"
	}
	b.WriteString(w.paint(dim, order))
	if w.onlyWrong {
		b.WriteString(w.paint(yellow, "  only what is wrong"))
	}
	if w.filtering {
		b.WriteString("  /" + w.filter + w.paint(reversed, " "))
	} else if w.filter != "" {
		b.WriteString(w.paint(yellow, "  with \""+w.filter+"\""))
	}
	return b.String()
}

// table is the titles, the lines that fit, and why the one with the cursor is
// as it is.
func (w *watcher) table() []string {
	columns, all := w.all()
	lines := w.filtered(all)
	t := &w.tabs[w.tab]
	w.follow(t, lines)
	g := grid{columns: columns}
	for _, l := range lines {
		g.rows = append(g.rows, l.row)
	}
	const mark = 2
	widths := g.widths(max(20, w.width-mark))
	titles := make([]cell, len(columns))
	for i, c := range columns {
		titles[i] = cell{c.title, bold}
	}
	out := []string{"  " + w.cells(columns, widths, titles)}
	room := w.room()
	for i := t.top; i < min(len(lines), t.top+room); i++ {
		if i != t.cursor {
			out = append(out, "  "+w.cells(columns, widths, lines[i].row.cells))
			continue
		}
		plain := ansi.Strip(w.cells(columns, widths, lines[i].row.cells))
		out = append(out, w.paint(reversed, "> "+plain+strings.Repeat(" ", max(0, w.width-mark-ansi.StringWidth(plain)))))
	}
	if len(lines) == 0 {
		out = append(out, "  "+w.nothing(len(all)))
	}
	for len(out) < room+1 {
		out = append(out, "")
	}
	if hidden := len(lines) - room; hidden > 0 {
		out = append(out, w.paint(dim, fmt.Sprintf("  %d to %d of %d", t.top+1, min(len(lines), t.top+room), len(lines))))
	} else {
		out = append(out, "")
	}
	if t.cursor < len(lines) {
		out = append(out, w.reason(lines[t.cursor].row.below)...)
	}
	return out
}

// nothing says why there is no line.
func (w *watcher) nothing(all int) string {
	switch {
	case all > 0:
		return "nothing is so; esc shows everything"
	case w.tab == 3:
		return w.paint(green, "nothing is wrong")
	}
	return "there is none"
}

// reason is what is said of a line, as far as it fits.
func (w *watcher) reason(said []cell) (out []string) {
	for _, c := range said {
		for _, text := range wrap(c.text, w.width, 2) {
			if len(out) == reasonLines-1 && len(out) < lineCount(said, w.width) {
				return append(out, w.paint(c.color, "  "+ansi.Truncate(text, max(1, w.width-4), "")+" …"))
			}
			if len(out) == reasonLines {
				return out
			}
			out = append(out, "  "+w.paint(c.color, text))
		}
	}
	return out
}

// lineCount is how many further lines there are.
func lineCount(said []cell, width int) (n int) {
	for _, c := range said {
		n += len(wrap(c.text, width, 2))
	}
	return n - 1
}

// follow keeps the cursor on what it was on, and the cursor in sight.
func (w *watcher) follow(t *tab, lines []line) {
	for i, l := range lines {
		if l.id == t.chosen {
			t.cursor = i
			break
		}
	}
	t.cursor = max(0, min(t.cursor, len(lines)-1))
	if len(lines) > 0 && t.chosen == "" {
		t.cursor = 0
	}
	room := w.room()
	t.top = max(0, min(t.top, len(lines)-room))
	if t.cursor < t.top {
		t.top = t.cursor
	}
	if t.cursor >= t.top+room {
		t.top = t.cursor - room + 1
	}
}

// opened is a node or a VIP, from the line on to which it was scrolled.
func (w *watcher) opened() []string {
	p := &page{palette: w.palette, width: w.width, now: w.Now}
	found := false
	for _, n := range w.cluster.All {
		if w.open.node != "" && n.Name == w.open.node {
			reportOf(w.Input, n, nil).print(p)
			found = true
		}
	}
	for _, v := range w.vips {
		if w.open.vip != "" && v.Name() == w.open.vip {
			p.vip(v, w.Services != nil)
			found = true
		}
	}
	if !found {
		p.say(0, yellow, w.open.node+w.open.vip+" is not there any more.")
	}
	lines := strings.Split(strings.TrimRight(p.String(), "\n"), "\n")
	room := max(1, w.height-headLines-footLines)
	w.open.top = max(0, min(w.open.top, len(lines)-room))
	shown := lines[w.open.top:min(len(lines), w.open.top+room)]
	return append([]string{""}, shown...)
}

// keys is the last line: what could not be read, or what can be done.
func (w *watcher) keys() string {
	if len(w.notes) > 0 {
		return w.paint(yellow, w.notes[0])
	}
	keys := "enter open  s sort  r reverse  / find  p problems  1-4 tables  q leave"
	if w.open.is() {
		keys = "esc back  up, down scroll  1-4 tables  q leave"
	}
	if w.filtering {
		keys = "enter keep  esc show everything"
	}
	return w.paint(dim, keys)
}
