//go:build linux

package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
	"github.com/k8frr/k8frr/integration/lab"
)

// measure takes all figures of all contenders.
func measure(tb lab.TB, b bench) []figures.Row {
	progress := clock(b)
	var rivals []*rival
	for _, c := range contenders {
		if slices.ContainsFunc(everything, func(f figure) bool { return b.has(f, c) }) {
			rivals = append(rivals, enter(tb, b, c))
		}
	}
	if len(rivals) > 0 {
		progress("set up")
	}
	var rows []figures.Row
	for _, f := range everything {
		taken := f.take(b, rivals)
		if len(taken) == 0 {
			continue
		}
		print(os.Stderr, taken)
		progress(f.name)
		rows = append(rows, taken...)
	}
	return rows
}

// has reports whether a figure is to be taken of a contender.
func (b bench) has(f figure, c contender) bool {
	with := func(at []int) bool { return b.small || at == nil || slices.Contains(at, b.vips) }
	return with(f.at) && with(c.at) && (c.steady || !f.steady) && b.only.MatchString(fmt.Sprintf("%s, %s, %s", b, f.name, c.name))
}

// least is how many samples a figure has, even if they exceed the budget.
const least = 5

// take has the contenders take turns, in an order that changes, until each has
// its samples or has used up its budget. Those that give fewer come after the
// others, as their work goes on when the router has heard of its result.
func (f figure) take(b bench, all []*rival) []figures.Row {
	rivals := slices.DeleteFunc(slices.Clone(all), func(r *rival) bool { return !b.has(f, r.contender) })
	for _, r := range rivals {
		r.samples, r.turns, r.spent = map[string][]time.Duration{}, 0, 0
	}
	order := rand.New(rand.NewPCG(1, 1))
	for _, few := range []bool{false, true} {
		turn := slices.DeleteFunc(slices.Clone(rivals), func(r *rival) bool { return r.contender.most > 0 != few })
		for len(turn) > 0 {
			order.Shuffle(len(turn), func(i, j int) { turn[i], turn[j] = turn[j], turn[i] })
			for _, step := range f.steps {
				for _, r := range turn {
					r.take(step, f.calm)
				}
			}
			turn = slices.DeleteFunc(turn, func(r *rival) bool { r.turns++; return r.enough(f) })
		}
	}
	var rows []figures.Row
	for _, r := range rivals {
		r.calm() // what comes late is heard, too
		r.judged()
		for _, what := range slices.Sorted(maps.Keys(r.samples)) {
			rows = append(rows, figures.Row{Suite: "VIP latency", FRR: b.version.Name, What: what, Size: b.vips, Of: "VIPs",
				Who: r.name, Unit: "ms", Samples: figures.Milliseconds(r.samples[what])})
		}
	}
	return rows
}

// take has the contender take a step of a figure.
func (r *rival) take(step func(*rival), calm bool) {
	time.Sleep(time.Until(r.since.Add(rest)))
	start := time.Now()
	step(r)
	r.since = time.Now()
	r.spent += r.since.Sub(start)
	if calm {
		r.calm()
	}
}

// enough says that the contender has had its turns.
func (r *rival) enough(f figure) bool {
	wanted := r.wanted
	for _, most := range []int{f.most, r.contender.most} {
		if most > 0 {
			wanted = min(wanted, most)
		}
	}
	budget := time.Duration(len(f.steps)) * r.budget
	return r.turns >= wanted || r.turns >= least && r.spent >= budget || r.spent >= 3*budget
}

// clock says on standard error how long each part of a bench took.
func clock(b bench) func(part string) {
	since := time.Now()
	return func(part string) {
		fmt.Fprintf(os.Stderr, "%s, %s: %.0f s\n", b, part, time.Since(since).Seconds())
		since = time.Now()
	}
}
