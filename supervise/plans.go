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
	began  time.Time
	steps  int
	resets []string
}

// take adds a plan that is about to be applied.
func (u *undertaking) take(p *plan.Plan, began time.Time) {
	if u.began.IsZero() {
		u.began = began
	}
	u.steps += len(p.Steps)
	for _, name := range resets(p.Effects()) {
		if !slices.Contains(u.resets, name) {
			u.resets = append(u.resets, name)
		}
	}
}

// resets are the neighbors whose sessions are reset, those of a VRF with its
// name.
func resets(effects []plan.Effect) []string {
	var names []string
	for _, e := range effects {
		if e.Kind != plan.Reset {
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
	s.lastPlan = &status.Plan{At: now, Took: now.Sub(u.began), Steps: u.steps, Resets: u.resets, Result: result}
	s.attempt.undertaking = undertaking{}
	s.Planned(*s.lastPlan)
}

// Sentence is a plan in words: "3 steps, 41 ms, no session reset".
func Sentence(p status.Plan) string {
	return fmt.Sprintf("%s, %s, %s", counted(p.Steps, "step"), inWords(p.Took), ofResets(p.Resets))
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

func ofResets(names []string) string {
	const most = 3
	switch {
	case len(names) == 0:
		return "no session reset"
	case len(names) <= most:
		return "reset " + strings.Join(names, ", ")
	}
	return fmt.Sprintf("reset %s and %d more", strings.Join(names[:most], ", "), len(names)-most)
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
