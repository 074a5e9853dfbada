package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// row is the samples of one figure.
type row struct {
	frr     string
	vips    int
	change  string
	who     string
	samples []time.Duration
}

// quantile is the smallest sample that at least the share q of all does not
// exceed.
func (r row) quantile(q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(r.samples))
	i := int(q*float64(len(sorted))+0.999999) - 1
	return sorted[max(i, 0)]
}

// print writes the rows as a table, those that compare below one another.
func print(w io.Writer, rows []row) {
	slices.SortStableFunc(rows, func(a, b row) int {
		return slices.Compare([]string{a.frr, a.change, fmt.Sprintf("%08d", a.vips)}, []string{b.frr, b.change, fmt.Sprintf("%08d", b.vips)})
	})
	fmt.Fprintln(w, "| FRR | change | VIPs | by | n | p50 ms | p99 ms | max ms |")
	fmt.Fprintln(w, "|---|---|---:|---|---:|---:|---:|---:|")
	for _, r := range rows {
		ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond)) }
		fmt.Fprintf(w, "| %s | %s | %d | %s | %d | %s | %s | %s |\n", r.frr, r.change, r.vips, r.who, len(r.samples),
			ms(r.quantile(0.5)), ms(r.quantile(0.99)), ms(r.quantile(1)))
	}
}
