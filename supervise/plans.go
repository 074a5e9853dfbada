package supervise

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
)

// undertaking is how FRR is brought to a configuration: by one plan, or by
// several, if FRR drops lines on the way.
type undertaking struct {
	began   time.Time
	steps   int
	resets  []string
	removed []string
}

// take adds a plan that is about to be applied.
func (u *undertaking) take(p *plan.Plan, began time.Time) {
	if u.began.IsZero() {
		u.began = began
	}
	u.steps += len(p.Steps)
	u.resets = joined(u.resets, peers(p.Effects(), plan.Reset))
	u.removed = joined(u.removed, peers(p.Effects(), plan.Removed))
}

// joined is a list with the members of another that it does not have.
func joined(list, more []string) []string {
	for _, name := range more {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// peers are the neighbors whose sessions an effect of a kind is on, those of a
// VRF with its name.
func peers(effects []plan.Effect, kind plan.Kind) []string {
	var names []string
	for _, e := range effects {
		if e.Kind != kind {
			continue
		}
		name := e.Peer
		if e.VRF != "" {
			name += " in VRF " + e.VRF
		}
		names = append(names, name)
	}
	return names
}

// ended keeps how FRR was brought to a configuration, and tells of it. What was
// not begun has not ended.
func (s *Supervisor) ended(result status.PlanResult) {
	u := s.attempt.undertaking
	if u.began.IsZero() {
		return
	}
	now := s.Now()
	s.lastPlan = &status.Plan{At: now, Took: now.Sub(u.began), Steps: u.steps, Resets: u.resets, Removed: u.removed, Result: result}
	s.attempt.undertaking = undertaking{}
	s.Planned(*s.lastPlan)
}

// Sentence is a plan in words: "3 steps, 41 ms, no session reset".
func Sentence(p status.Plan) string {
	return fmt.Sprintf("%s, %s, %s", counted(p.Steps, "step"), inWords(p.Took), ofSessions(p))
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func inWords(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

func ofSessions(p status.Plan) string {
	switch {
	case len(p.Resets) == 0 && len(p.Removed) == 0:
		return "no session reset"
	case len(p.Resets) == 0:
		return "removed " + someOf(p.Removed)
	case len(p.Removed) == 0:
		return "reset " + someOf(p.Resets)
	}
	return "reset " + someOf(p.Resets) + ", removed " + someOf(p.Removed)
}

// someOf names the first of a list and counts the others.
func someOf(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// attributes are those of a log line about a plan.
func attributes(p *status.Plan, effects []plan.Effect) []any {
	return []any{"steps", p.Steps, "took", p.Took.Round(time.Millisecond), "sessions", describe(effects)}
}

// describe sums up what a plan does to sessions, for one log line.
func describe(effects []plan.Effect) slog.Value {
	if len(effects) == 0 {
		return slog.StringValue("untouched")
	}
	texts := make([]string, len(effects))
	for i, e := range effects {
		texts[i] = e.String()
	}
	return slog.StringValue(strings.Join(texts, ", "))
}
