//go:build linux

package controlplane

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
)

// table is what was measured, by the fault.
type table map[string]*measured

// measured is one sample of each for every time that the fault struck.
type measured struct {
	right []float64 // seconds from its mending until all was as it should be
	told  []float64 // seconds from a change of what is declared after that until all ran it
	rate  []float64 // requests per second and node while it lasted, the more of both nodes
	vips  []float64 // the longest, in seconds, from a change of an address until a router heard of it
}

func (t table) add(fault string, right, told time.Duration, rate float64, vip time.Duration) {
	m := t[fault]
	if m == nil {
		m = &measured{}
		t[fault] = m
	}
	m.right, m.told = append(m.right, right.Seconds()), append(m.told, told.Seconds())
	m.rate, m.vips = append(m.rate, rate), append(m.vips, vip.Seconds())
}

// rows are those of the report.
func (t table) rows() []figures.Row {
	var rows []figures.Row
	for _, name := range slices.Sorted(maps.Keys(t)) {
		m := t[name]
		for _, f := range []struct {
			what, unit string
			samples    []float64
		}{
			{"until all is right", "s", m.right},
			{"until a change runs", "s", m.told},
			{"requests meanwhile", "1/s", m.rate},
			{"slowest address", "s", m.vips},
		} {
			rows = append(rows, figures.Row{Suite: "control plane", What: name + ": " + f.what, Who: "k8frr", Unit: f.unit, Samples: f.samples})
		}
	}
	return rows
}

// String is the table in markdown.
func (t table) String() string {
	var b strings.Builder
	b.WriteString("| fault | times | right after: median | worst | then a change runs after: median | worst | requests/s and node, at most | slowest address |\n")
	b.WriteString("|---|---:|---:|---:|---:|---:|---:|---:|\n")
	of := func(samples []float64, q float64) float64 { return figures.Row{Samples: samples}.Quantile(q) }
	for _, name := range slices.Sorted(maps.Keys(t)) {
		m := t[name]
		fmt.Fprintf(&b, "| %s | %d | %.1f s | %.1f s | %.1f s | %.1f s | %.1f | %.2f s |\n", name, len(m.right),
			of(m.right, .5), of(m.right, 1), of(m.told, .5), of(m.told, 1), of(m.rate, 1), of(m.vips, 1))
	}
	return b.String()
}
