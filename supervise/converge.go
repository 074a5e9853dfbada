package supervise

import (
	"context"

	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
)

// converge brings FRR to what is desired:
//
//	what is declared has run before   the kernel changed: mirror, at once
//	                                  somebody changed FRR: undo that, or report it
//	it has not                        mirror what changed meanwhile, then try it
//	nothing differs                   make sure that FRR does what it says
//
// So what the kernel has never waits for what somebody declared, and is no part
// of what is gone back from when FRR refuses that.
func (s *Supervisor) converge(ctx context.Context, d *desired) *refusal {
	before, err := s.read(ctx)
	if err != nil {
		return unreachable(err)
	}
	wanted := d.text.Reveal()
	p := plan.Between(before, wanted)
	if d.fingerprint != s.ran {
		if p, err = s.mirrorFirst(ctx, d, p); err != nil {
			return pending(err)
		}
		if p.Empty() {
			s.drift.lines = nil
			return s.settle(ctx, d)
		}
		return s.declare(ctx, d, p)
	}

	if s.fresh {
		s.drifted(p, wanted)
		s.fresh = false
	}
	kernel := p.Without(s.drift.lines)
	switch {
	case p.Empty(), kernel.Empty() && s.Drift == ReportDrift:
		return s.settle(ctx, d)
	case !kernel.Empty() && !s.doubt:
		return s.mirror(ctx, d, kernel)
	case s.Drift == ReportDrift:
		return s.declare(ctx, d, kernel)
	}
	return s.declare(ctx, d, p)
}

// settle is for a configuration that runs.
func (s *Supervisor) settle(ctx context.Context, d *desired) *refusal {
	wanted := d.text.Reveal()
	s.keepFile(wanted)
	if s.mirrored != nil { // it was concluded, and will be read
		return nil
	}
	s.seen, s.doubt = wanted, false
	s.ended(status.PlanApplied) // if it was begun, and FRR came to it by itself
	s.attempt.ended()
	if s.cutOff && d.config != nil {
		if err := s.finish(ctx); err != nil {
			return pending(err)
		}
	}
	running, err := s.read(ctx)
	if err == nil {
		err = s.takeBack(ctx, running, wanted)
	}
	// What is left as somebody changed it is not what FRR is to prove.
	if err == nil && !s.proof.Given() && s.mirrored == nil && len(s.drift.lines) == 0 {
		err = s.prove(ctx, d)
	}
	if err != nil {
		return pending(err)
	}
	return nil
}

// keepFile has frr.conf hold what is to run. That it cannot be written keeps
// nothing from being mirrored; it is told, and tried again at every look.
func (s *Supervisor) keepFile(text string) { s.unwritten = s.file.write(text) }
