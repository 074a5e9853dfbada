package supervise

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/supervise/plan"
)

// read returns FRR's running configuration, from FRR if it may have changed.
func (s *Supervisor) read(ctx context.Context) (string, error) {
	if s.running == nil {
		shown, err := s.Router.Configurations(ctx)
		if err != nil {
			return "", fmt.Errorf("FRR's running configuration could not be read: %w", err)
		}
		if err := readable(shown); err != nil {
			return "", err
		}
		s.haveRead(shown)
	}
	return *s.running, nil
}

// The limits of a running configuration, which is held in memory several times while
// a plan is made. What this project renders has at most 4 MiB.
const (
	largestRunning = 32 << 20
	mostLines      = 400_000
)

// readable is an error if the daemons' configurations are larger than the agent reads.
func readable(shown map[string]string) error {
	size, lines := 0, 0
	for _, daemon := range slices.Sorted(maps.Keys(shown)) {
		size += len(shown[daemon])
		if size > largestRunning {
			return fmt.Errorf("FRR's running configuration has more than %d MiB with that of %s; the agent reads no larger one", largestRunning>>20, daemon)
		}
		if lines += strings.Count(shown[daemon], "\n"); lines > mostLines {
			return fmt.Errorf("FRR's running configuration has more than %d lines with those of %s; the agent reads no longer one", mostLines, daemon)
		}
	}
	return nil
}

// readAgain returns the running configuration after a script. If that was
// nothing but BGP instances, what was shown before it still holds, but for
// bgpd's.
func (s *Supervisor) readAgain(ctx context.Context, shown map[string]string) (string, error) {
	if shown == nil {
		return s.read(ctx)
	}
	text, err := s.Router.ConfigurationOf(ctx, "bgpd")
	if err != nil {
		return "", fmt.Errorf("bgpd's running configuration could not be read: %w", err)
	}
	shown = maps.Clone(shown)
	shown["bgpd"] = text
	if err := readable(shown); err != nil {
		return "", err
	}
	s.haveRead(shown)
	return *s.running, nil
}

func (s *Supervisor) haveRead(shown map[string]string) {
	var all strings.Builder
	for _, daemon := range slices.Sorted(maps.Keys(shown)) {
		all.WriteString(shown[daemon])
	}
	text := all.String()
	if s.mirrored != nil {
		s.doubt = !plan.Between(text, *s.mirrored).Without(s.drift.lines).Empty()
	}
	s.running, s.shown = &text, shown
	s.fresh, s.mirrored = true, nil
	s.proof.Reread()
}

// forget is for when FRR may run something else.
func (s *Supervisor) forget() { s.running, s.shown = nil, nil }
