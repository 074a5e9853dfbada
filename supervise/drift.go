package supervise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
)

// OnDrift is what is done about a manual change of what is
// k8frr's.
type OnDrift string

// What can be done about it.
const (
	UndoDrift   OnDrift = "undo"
	ReportDrift OnDrift = "report"
)

// Drift tells of such a change.
type Drift struct {
	// Undone says that it was taken back, and otherwise was only seen.
	Undone bool
	// Lines say what FRR runs and should not, or should and does not. They hold
	// no password.
	Lines []plan.Difference
	// Message says all that in a sentence.
	Message string
}

// drift is what is known of such changes.
type drift struct{ lines []plan.Difference }

// drifted finds in a plan, which was made from what was just read, what is not
// the kernel's doing. FRR ran what was wanted when it was last looked at, it has
// not been restarted, and nobody declared anything: so somebody changed it.
func (s *Supervisor) drifted(p *plan.Plan, wanted string) {
	before := s.drift.lines
	switch s.seen {
	case "": // what FRR ran is not known, so only what is known already counts
		now := p.Differences()
		s.drift.lines = slices.DeleteFunc(slices.Clone(before), func(d plan.Difference) bool {
			return !slices.ContainsFunc(now, d.Equal)
		})
	case wanted:
		s.drift.lines = p.Differences()
	default:
		s.drift.lines = p.Without(plan.Differences(s.seen, wanted)).Differences()
	}
	switch now := s.drift.lines; {
	case s.Drift != ReportDrift || slices.EqualFunc(before, now, plan.Difference.Equal):
	case len(now) == 0:
		s.Log.Info("what was changed by hand in what is k8frr's is as it should be")
	default:
		d := Drift{Lines: now, Message: "FRR was changed by hand in what is k8frr's: " + plan.Summary(now) + "; it is left so, as --drift=report asks"}
		s.Log.Warn("drift: FRR was changed by hand in what is k8frr's; it is left so", "lines", logged(now))
		s.Drifted(d)
	}
}

// undone reports a manual change that is reverted.
func (s *Supervisor) undone(attributes ...any) {
	lines := s.drift.lines
	s.drift.lines = nil
	s.Log.Warn("drift: FRR was changed by hand in what is k8frr's; it is undone", append([]any{"lines", logged(lines)}, attributes...)...)
	s.Drifted(Drift{Undone: true, Lines: lines, Message: "FRR was changed by hand in what is k8frr's, and it was undone: " + plan.Summary(lines)})
}

// noteDrift is the reason of the note about it.
const noteDrift = "Drift"

// notes say in the status what is left as somebody changed it.
func (d *drift) notes() []render.Note {
	if len(d.lines) == 0 {
		return nil
	}
	return []render.Note{{Path: "FRR", Reason: noteDrift,
		Message: fmt.Sprintf("it was changed by hand in what is k8frr's, and is left so, as --drift=report asks, until something else is declared: %s", plan.Summary(d.lines))}}
}

// logged are lines for one attribute of a log line.
func logged(list []plan.Difference) string {
	const most = 20
	var texts []string
	for _, d := range list[:min(most, len(list))] {
		texts = append(texts, d.String())
	}
	if len(list) > most {
		texts = append(texts, fmt.Sprintf("and %d more", len(list)-most))
	}
	return strings.Join(texts, "; ")
}
