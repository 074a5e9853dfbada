package forecast

import (
	"slices"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/supervise/plan"
)

// FromRunning forecasts what happens to the nodes of a fleet if their FRR runs
// what it shows (show running-config), which begins with its version. Nothing
// is said of prefixes, which that does not tell, and the lines that change are
// those of the plan.
func FromRunning(shown string, after *fleet.Fleet) *Forecast {
	f := &Forecast{Unknown: after.Failures}
	for i := range after.Groups {
		g := &after.Groups[i]
		for _, m := range g.Members {
			c := Change{Nodes: []string{m.Name}, Fate: Changed, Plan: plan.Between(shown, g.Text(m).Reveal()), Notes: g.Notes}
			if c.Plan.Empty() {
				f.Same = append(f.Same, m.Name)
				continue
			}
			c.Sessions = sessions(&render.Config{}, g.Config, &c)
			f.Changes = append(f.Changes, c)
		}
	}
	slices.Sort(f.Same)
	f.Changes = merge(f.Changes)
	f.Summary = f.sum()
	f.PrefixesUnknown = true
	return f
}
