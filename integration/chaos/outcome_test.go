//go:build linux

package chaos

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
	"github.com/k8frr/k8frr/integration/lab"
)

const (
	// untouched is a node that nothing is wrong with.
	untouched = "none: a fault of the other node, or only addresses that come and go"
	// several is one that feels faults of the router, too.
	several = "one of the router's and another at once"
)

// outcome is what came of a fault for a node.
type outcome struct {
	fault string
	node  *node
	// right is how long after it was mended the router heard what the kernel carried, status how long until the status said so.
	right, status time.Duration
	// stale and missing are for how long a prefix was heard that was not carried, or carried that was not heard, at most, while
	// the fault lasted or, if there was none, at all.
	stale, missing time.Duration
	// lost is for how long the client had no answer.
	lost time.Duration
}

func (o *outcome) String() string {
	return fmt.Sprintf("right after %s, status after %s, meanwhile stale %s, missing %s, unanswered %s",
		seconds(o.right), seconds(o.status), seconds(o.stale), seconds(o.missing), seconds(o.lost))
}

// weigh counts a gap, with a fault from one moment to another, or with none.
func (o *outcome) weigh(g gap, from, to time.Time) {
	during := g.to.Sub(g.from)
	if !to.IsZero() {
		o.right = max(o.right, g.to.Sub(to))
		during = earlier(g.to, to).Sub(later(g.from, from))
	}
	if g.missing {
		o.missing = max(o.missing, during)
	} else {
		o.stale = max(o.stale, during)
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// outcomes are all of them, by fault and version of FRR.
type outcomes map[string]map[string][]*outcome

func (all outcomes) add(o *outcome) {
	if all[o.fault] == nil {
		all[o.fault] = map[string][]*outcome{}
	}
	v := o.node.FRR.Version.Name
	all[o.fault][v] = append(all[o.fault][v], o)
}

// report prints a table of markdown, and writes figures if it is told to.
func (all outcomes) report(t *testing.T) {
	t.Helper()
	var table strings.Builder
	table.WriteString("\n| fault | FRR | times | right again, median | worst | status true again, worst | meanwhile stale, worst | missing, worst | client unanswered, worst |\n" +
		"|---|---|---|---|---|---|---|---|---|\n")
	var rows []figures.Row
	for _, fault := range slices.Sorted(maps.Keys(all)) {
		for _, v := range lab.Versions {
			list := all[fault][v.Name]
			if len(list) == 0 {
				continue
			}
			right := each(list, func(o *outcome) time.Duration { return o.right })
			worst := func(of func(*outcome) time.Duration) string { return seconds(slices.Max(each(list, of))) }
			fmt.Fprintf(&table, "| %s | %s | %d | %s | %s | %s | %s | %s | %s |\n", fault, v, len(list), seconds(right[(len(right)-1)/2]), seconds(right[len(right)-1]),
				worst(func(o *outcome) time.Duration { return o.status }), worst(func(o *outcome) time.Duration { return o.stale }),
				worst(func(o *outcome) time.Duration { return o.missing }), worst(func(o *outcome) time.Duration { return o.lost }))
			row := figures.Row{Suite: "chaos", FRR: v.Name, What: fault, Who: "k8frr", Unit: "s"}
			for _, d := range right {
				row.Samples = append(row.Samples, d.Seconds())
			}
			rows = append(rows, row)
		}
	}
	t.Log(table.String())
	if err := figures.Write(*figured, rows); err != nil {
		t.Error(err)
	}
}

// each is something of each outcome, sorted.
func each(list []*outcome, of func(*outcome) time.Duration) []time.Duration {
	var durations []time.Duration
	for _, o := range list {
		durations = append(durations, of(o))
	}
	slices.Sort(durations)
	return durations
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
