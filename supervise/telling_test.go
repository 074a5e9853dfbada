package supervise

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
)

func TestEachThingIsToldOnce(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	var told telling
	lines := func(s *State, warnings ...string) int {
		out.Reset()
		told.tell(log, s, warnings)
		return strings.Count(out.String(), "\n")
	}
	fine := &State{Applied: status.Applied{Outcome: status.OutcomeApplied}}
	refused := &State{Applied: status.Applied{Outcome: status.OutcomeRefused, Message: "spec.neighbors[0]: no"}}
	noted := &State{Applied: status.Applied{Outcome: status.OutcomeApplied, Notes: []render.Note{{Path: "spec.x", Message: "is not applied yet"}}}}

	for i, step := range []struct {
		state    *State
		warnings []string
		want     int
	}{
		{fine, nil, 0},
		{refused, nil, 1},
		{refused, nil, 0},
		{fine, nil, 0},
		{refused, nil, 1}, // it went away and came back
		{noted, nil, 1},
		{noted, nil, 0},
		{noted, []string{"Secret a cannot be read"}, 1},
		{noted, []string{"Secret a cannot be read", "Secret b cannot be read"}, 1},
		{noted, nil, 0},
	} {
		if got := lines(step.state, step.warnings...); got != step.want {
			t.Errorf("step %d: %d lines, want %d:\n%s", i, got, step.want, out.String())
		}
	}
}
