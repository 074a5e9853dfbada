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
		s.haveRead(shown)
	}
	return *s.running, nil
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
