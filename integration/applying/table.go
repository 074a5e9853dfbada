//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
)

// row is the samples of one change by one of the two.
type row struct {
	frr, change, by string
	samples         []sample
}

// sample is one change: how long it took, of that k8frr's parts, and what a
// router heard of it.
type sample struct {
	total, read, plan, check, apply, verify time.Duration
	harm
	differs int
}

// harm is what happened to routes and sessions that both states have.
type harm struct{ withdrawn, resets int }

// median is that of one figure of the samples.
func (r row) median(of func(sample) time.Duration) time.Duration {
	var list []time.Duration
	for _, s := range r.samples {
		list = append(list, of(s))
	}
	slices.Sort(list)
	return list[len(list)/2]
}

// asFigures are the rows for the report: the time, that of FRR's own part in it, and the harm.
func asFigures(rows []row) []figures.Row {
	var list []figures.Row
	for _, r := range rows {
		took := figures.Row{Suite: "applying", FRR: r.frr, What: r.change, Who: r.by, Unit: "ms"}
		applied, withdrawn, resets := took, took, took
		applied.Who = "k8frr: FRR's part"
		withdrawn.What, withdrawn.Unit = r.change+": wrong withdrawals", "prefixes"
		resets.What, resets.Unit = r.change+": sessions reset", "sessions"
		for _, s := range r.samples {
			took.Samples = append(took.Samples, float64(s.total)/float64(time.Millisecond))
			applied.Samples = append(applied.Samples, float64(s.apply)/float64(time.Millisecond))
			withdrawn.Samples = append(withdrawn.Samples, float64(s.withdrawn))
			resets.Samples = append(resets.Samples, float64(s.resets))
		}
		list = append(list, took)
		if r.by == "k8frr" && slices.Max(applied.Samples) > 0 {
			list = append(list, applied)
		}
		list = append(list, withdrawn, resets)
	}
	return list
}

// print writes the rows as a table, those that compare below one another.
func print(w io.Writer, rows []row) {
	fmt.Fprintln(w, "| FRR | change | by | n | ms | × | read | plan | check | apply | verify | rest | withdrawn | resets |")
	fmt.Fprintln(w, "|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
	var before row
	for _, r := range rows {
		ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond)) }
		total := r.median(func(s sample) time.Duration { return s.total })
		parts, times := " | | | | | ", ""
		if r.by == "k8frr" {
			parts = ""
			rest := total
			for i, of := range []func(sample) time.Duration{
				func(s sample) time.Duration { return s.read },
				func(s sample) time.Duration { return s.plan },
				func(s sample) time.Duration { return s.check },
				func(s sample) time.Duration { return s.apply },
				func(s sample) time.Duration { return s.verify },
			} {
				if i > 0 {
					parts += " | "
				}
				parts += ms(r.median(of))
				rest -= r.median(of)
			}
			parts += " | " + ms(max(0, rest))
		} else if before.change == r.change {
			times = fmt.Sprintf("%.1f", float64(total)/float64(before.median(func(s sample) time.Duration { return s.total })))
		}
		worst := harm{}
		by := r.by
		for _, s := range r.samples {
			worst = harm{max(worst.withdrawn, s.withdrawn), max(worst.resets, s.resets)}
			if s.differs > 0 {
				by = fmt.Sprintf("%s, which left %d differences", r.by, s.differs)
			}
		}
		fmt.Fprintf(w, "| %s | %s | %s | %d | %s | %s | %s | %d | %d |\n", r.frr, r.change, by, len(r.samples), ms(total), times, parts, worst.withdrawn, worst.resets)
		before = r
	}
}
