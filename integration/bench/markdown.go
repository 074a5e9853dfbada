package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/integration/figures"
)

// markdown writes the report. Pictures are linked to where they are, seen from the file.
func (r *report) markdown(w io.Writer, pictures string) {
	fmt.Fprintf(w, "%s\n\n", r.Machine)
	if list := verdicts(r.Rows); len(list) > 0 {
		fmt.Fprintf(w, "### Goals\n\n")
		missed := 0
		rows := [][]string{}
		for _, v := range list {
			rows = append(rows, v.words())
			if !v.met() {
				missed++
			}
		}
		fmt.Fprintf(w, "%d of %d are met.\n\n", len(list)-missed, len(list))
		table(w, "llrrl", []string{"what", "FRR", "measured", "goal", ""}, rows)
	}
	for _, s := range suites {
		rows := r.of(s.rows)
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n### %s\n\n`%s`\n\n", s.title, s.again)
		for _, p := range pictured(rows) {
			fmt.Fprintf(w, "![%s](%s%s)\n\n", p.title, pictures, p.file)
		}
		compare(w, rows)
	}
}

// compare writes a table in which contenders are beside one another. Rows of bins are for pictures alone.
func compare(w io.Writer, rows []figures.Row) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r figures.Row) bool { return r.Unit == perBin })
	contenders := distinct(rows, func(r figures.Row) string { return r.Who })
	slices.SortStableFunc(contenders, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	whats := distinct(rows, func(r figures.Row) string { return r.What })
	slices.SortStableFunc(rows, func(a, b figures.Row) int {
		return cmp.Or(cmp.Compare(slices.Index(whats, a.What), slices.Index(whats, b.What)), strings.Compare(a.Unit, b.Unit),
			-strings.Compare(a.FRR, b.FRR), cmp.Compare(a.Size, b.Size)) // 8.4 before 10.3
	})
	var lines [][]string
	var last figures.Row
	least, most := 0, 0
	for _, r := range rows {
		if len(lines) == 0 || last.What != r.What || last.Unit != r.Unit || last.FRR != r.FRR || last.Size != r.Size || last.Of != r.Of {
			lines = append(lines, append([]string{r.What, r.Load(), r.FRR, r.Unit}, make([]string, len(contenders))...))
			last = r
		}
		lines[len(lines)-1][4+slices.Index(contenders, r.Who)] = cell(r)
		if n := len(r.Samples); n > 0 {
			least, most = min(cmp.Or(least, n), n), max(most, n)
		}
	}
	fmt.Fprintf(w, "p50, and p99 in brackets where there are several samples; there are %s.\n\n", fromTo(least, most))
	table(w, "llll"+strings.Repeat("r", len(contenders)), append([]string{"what", "with", "FRR", "unit"}, contenders...), lines)
}

// fromTo is a range of numbers in words.
func fromTo(least, most int) string {
	if least == most {
		return figures.Grouped(most)
	}
	return figures.Grouped(least) + " to " + figures.Grouped(most)
}

// cell is a row's figure, and how bad it gets.
func cell(r figures.Row) string {
	switch {
	case len(r.Samples) == 0:
		return ""
	case len(r.Samples) == 1 || r.Quantile(0.99) == r.Quantile(0.5):
		return figures.Short(r.Quantile(0.5))
	}
	return figures.Short(r.Quantile(0.5)) + " (" + figures.Short(r.Quantile(0.99)) + ")"
}

// table writes a table, whose columns are to the left or to the right. A column in which no row has anything is left out.
func table(w io.Writer, sides string, head []string, rows [][]string) {
	for i := len(head) - 1; i >= 0; i-- {
		if slices.ContainsFunc(rows, func(cells []string) bool { return cells[i] != "" }) {
			continue
		}
		sides, head = sides[:i]+sides[i+1:], slices.Delete(slices.Clone(head), i, i+1)
		for r := range rows {
			rows[r] = slices.Delete(rows[r], i, i+1)
		}
	}
	line := func(cells []string) {
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
	line(head)
	for _, side := range sides {
		fmt.Fprint(w, map[rune]string{'l': "|---", 'r': "|---:"}[side])
	}
	fmt.Fprintln(w, "|")
	for _, cells := range rows {
		line(cells)
	}
}
