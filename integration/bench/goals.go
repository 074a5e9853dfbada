package main

import (
	"fmt"
	"strings"

	"github.com/k8frr/k8frr/integration/figures"
)

// goal is a limit of what k8frr may take: of a figure, or of its ratio to somebody else's.
type goal struct {
	suite string
	what  string // or its end
	unit  string
	than  string // whose p50 the limit is a multiple of; "" if it is one of the unit
	limit func(figures.Row) float64
}

const (
	native = "FRR alone, redistribute connected"
	vtysh  = "vtysh by hand"
)

func always(limit float64) func(figures.Row) float64 {
	return func(figures.Row) float64 { return limit }
}

var goals = []goal{
	{"VIP latency", "VIP add", "ms", native, always(1.1)},
	{"VIP latency", "VIP remove", "ms", native, func(r figures.Row) float64 {
		if r.Size > 1000 {
			return 2
		}
		return 1.2
	}},
	{"VIP latency", "burst of 1000 adds", "ms", vtysh, always(2)},
	{"VIP latency", "burst of 1000 removes", "ms", vtysh, always(2)},
	{"cost", ": resident memory", "MB", "", always(30)}, // idle
	{"cost", "resident memory", "MB", "", always(60)},
	{"cost", ": processor", "% of a core", "", always(0.5)}, // idle
}

// verdict is whether a goal is met by one row.
type verdict struct {
	row   figures.Row
	goal  goal
	value float64 // what counts: p50, the mean of shares, or their ratio
	limit float64
}

func (v verdict) met() bool { return v.value <= v.limit }

// verdicts are those of all goals that rows tell something of. Of goals for the same row the first counts.
func verdicts(rows []figures.Row) []verdict {
	var list []verdict
	for _, r := range rows {
		if r.Who != "k8frr" || len(r.Samples) == 0 {
			continue
		}
		for _, g := range goals {
			if r.Suite != g.suite || !strings.HasSuffix(r.What, g.what) || r.Unit != g.unit {
				continue
			}
			if v := (verdict{r, g, measured(r), g.limit(r)}); g.than == "" {
				list = append(list, v)
			} else if other, ok := beside(rows, r, g.than); ok {
				v.value /= measured(other)
				list = append(list, v)
			}
			break
		}
	}
	return list
}

// measured is the one figure of a row: p50; of shares of time, which are spans of one whole, the mean.
func measured(r figures.Row) float64 {
	if !strings.HasPrefix(r.Unit, "%") {
		return r.Quantile(0.5)
	}
	sum := 0.0
	for _, s := range r.Samples {
		sum += s
	}
	return sum / float64(len(r.Samples))
}

// beside is the row of somebody else for the same.
func beside(rows []figures.Row, r figures.Row, who string) (figures.Row, bool) {
	for _, o := range rows {
		if o.Who == who && o.Suite == r.Suite && o.FRR == r.FRR && o.What == r.What && o.Size == r.Size && o.Unit == r.Unit && len(o.Samples) > 0 {
			return o, true
		}
	}
	return figures.Row{}, false
}

// words are a verdict as cells of a table: of what, with FRR, the figure, the limit, the judgment.
func (v verdict) words() []string {
	what := v.row.What
	if load := v.row.Load(); load != "" {
		what += ", " + load
	}
	figure, limit := figures.Short(v.value)+" "+v.row.Unit, figures.Short(v.limit)+" "+v.row.Unit
	if v.goal.than != "" {
		figure = fmt.Sprintf("%.2f ×", v.value)
		limit = fmt.Sprintf("%.1f × %s", v.limit, v.goal.than)
	}
	judgment := "met"
	if !v.met() {
		judgment = "**missed**"
	}
	return []string{what, v.row.FRR, figure, "≤ " + limit, judgment}
}
