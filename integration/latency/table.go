//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/integration/figures"
)

// print writes the rows as a table, those that compare below one another.
func print(w io.Writer, rows []figures.Row) {
	rows = slices.Clone(rows)
	var order []string // of what was measured, as it was
	for _, r := range rows {
		if !slices.Contains(order, r.What) {
			order = append(order, r.What)
		}
	}
	key := func(r figures.Row) string {
		return fmt.Sprintf("%6s %3d %8d", r.FRR, slices.Index(order, r.What), r.Size)
	}
	slices.SortStableFunc(rows, func(a, b figures.Row) int { return strings.Compare(key(a), key(b)) })
	fmt.Fprintln(w, "| FRR | what | VIPs | by | n | p50 ms | p99 ms | max ms |")
	fmt.Fprintln(w, "|---|---|---:|---|---:|---:|---:|---:|")
	for _, r := range rows {
		fmt.Fprintf(w, "| %s | %s | %d | %s | %d | %.1f | %.1f | %.1f |\n", r.FRR, r.What, r.Size, r.Who, len(r.Samples),
			r.Quantile(0.5), r.Quantile(0.99), r.Quantile(1))
	}
}
