package forecast

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// merge makes one change of those that look the same: the same lines, plan,
// effects and routes. Sessions that nothing happens to do not tell them apart,
// their number does.
func merge(changes []Change) []Change {
	at := map[string]int{}
	var merged []Change
	for _, c := range changes {
		key := c.looks()
		if i, ok := at[key]; ok {
			merged[i].Nodes = append(merged[i].Nodes, c.Nodes...)
			continue
		}
		at[key] = len(merged)
		merged = append(merged, c)
	}
	for i := range merged {
		slices.Sort(merged[i].Nodes)
	}
	slices.SortFunc(merged, func(a, b Change) int { return cmp.Compare(a.Nodes[0], b.Nodes[0]) })
	return merged
}

func (c *Change) looks() string {
	var key strings.Builder
	fmt.Fprintln(&key, c.Fate, c.Restart, c.Diff, c.Plan)
	unchanged := 0
	for _, s := range c.Sessions {
		if s.Effect == Unchanged {
			unchanged++
			continue
		}
		fmt.Fprintln(&key, s)
	}
	fmt.Fprintln(&key, unchanged, c.Routes)
	return key.String()
}

// concurrently calls a function for each index, as many at a time as there are
// processors.
func concurrently(n int, f func(i int)) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		g.Go(func() error { f(i); return nil })
	}
	_ = g.Wait()
}
