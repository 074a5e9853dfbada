package supervise

import (
	"context"
	"log/slog"
	"slices"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
)

// telling remembers what has been logged, so that each thing is said once.
type telling struct {
	// urgent says that somebody has to do something about what does not run yet.
	urgent   bool
	outcome  string
	notes    []render.Note
	warnings []string
}

// tell logs what is wrong and was not so before.
func (t *telling) tell(log *slog.Logger, s *State, warnings []string) {
	applied := s.Applied
	if outcome := string(applied.Outcome) + ": " + applied.Message; outcome != t.outcome {
		t.outcome = outcome
		level := slog.LevelWarn
		if applied.Outcome == status.OutcomePending && !t.urgent {
			level = slog.LevelInfo // nobody has to do anything yet
		}
		if applied.Outcome != status.OutcomeApplied {
			log.Log(context.Background(), level, "the declared configuration does not run", "reason", applied.Outcome, "message", applied.Message,
				"generation", applied.Wanted, "running", applied.Generation)
		}
	}
	for _, n := range applied.Notes {
		if n.Reason != noteDrift && !slices.Contains(t.notes, n) { // drift is told when it is found
			log.Warn("note on the configuration", "reason", n.Reason, "field", n.Path, "message", n.Message)
		}
	}
	t.notes = applied.Notes
	for _, w := range warnings {
		if !slices.Contains(t.warnings, w) {
			log.Warn("unreadable input", "message", w)
		}
	}
	t.warnings = warnings
}
