package supervise

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
)

// goAhead enters what of a plan ends no session, before the rest: what FRR refuses
// is found, as far as the order of commands can do that, before a session is
// reset. Of a configuration that was refused before, the refused lines are the
// first. It returns the plan for what remains.
func (s *Supervisor) goAhead(ctx context.Context, d *desired, p *plan.Plan, started time.Time) (*plan.Plan, *refusal) {
	first := s.attempt.untaken
	if r := s.refusalOf(d); r != nil && first == nil {
		first = r.untaken
	} else if d.trial != nil && first == nil {
		first = d.trial.untaken
	}
	if !p.EndsSessions() {
		s.attempt.untaken = nil
		return p, nil
	}
	stages := []func(running, wanted string) *plan.Plan{
		func(running, wanted string) *plan.Plan { return plan.Probe(running, wanted, s.attempt.before, first) },
		func(running, wanted string) *plan.Plan { return plan.Ahead(running, wanted, s.attempt.before) }}
	wanted := d.text.Reveal()
	for _, stage := range stages {
		running, err := s.read(ctx)
		if err != nil {
			return nil, unreachable(err)
		}
		ahead := stage(running, wanted)
		if ahead.Empty() {
			continue
		}
		script, applyErr := s.enter(ctx, ahead, started)
		if isLocked(applyErr) {
			return nil, pending(applyErr)
		}
		after, err := s.read(ctx)
		if err != nil {
			s.ended(status.PlanFailed)
			return nil, unreachable(errors.Join(applyErr, err))
		}
		p = plan.Between(after, wanted)
		if left := ahead.In(p); len(left) > 0 {
			r := s.untaken(ctx, d, script, left, applyErr, false)
			if !r.final {
				s.attempt.untaken = r.untaken // what is there of it now must not have the rest go on
			}
			return nil, r
		}
	}
	s.attempt.untaken = nil
	return p, nil
}

// refusalOf is the refusal of a configuration that FRR did not take before; nil if
// there was none.
func (s *Supervisor) refusalOf(d *desired) *refusal {
	if s.refused == nil || s.refused.fingerprint != d.declared {
		return nil
	}
	return s.refused
}

// sayAll names commands in one attribute of a log line.
func sayAll(list []plan.Command) string {
	const most = 3
	var texts []string
	for i, c := range list {
		if i == most {
			texts = append(texts, "…")
			break
		}
		texts = append(texts, c.String())
	}
	return strings.Join(texts, "; ")
}

// resting is how long something refused is let rest: at least the pause, and up to
// half of it more, so that not all nodes try it at the same moment.
func resting(pause time.Duration) time.Duration { return pause + rand.N(pause/2+1) }
