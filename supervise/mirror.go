package supervise

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/k8frr/k8frr/supervise/plan"
)

// mirror applies what the kernel changed, and at once. What FRR made of it is
// read back a little later.
func (s *Supervisor) mirror(ctx context.Context, d *desired, p *plan.Plan) *refusal {
	if err := s.applyMirror(ctx, p); err != nil {
		s.doubt = true
		return pending(err)
	}
	wanted := d.text.Reveal()
	s.mirrored = &wanted
	if len(s.drift.lines) == 0 {
		s.running = &wanted
	}
	s.keepFile(wanted)
	return nil
}

// mirrorFirst brings what is mirrored up to date before a configuration is
// tried that has not run: as far as that and the last good one agree, so that
// what changes of the import is the configuration's. It returns the plan for
// what remains.
func (s *Supervisor) mirrorFirst(ctx context.Context, d *desired, p *plan.Plan) (*plan.Plan, error) {
	if p.Empty() || p.OnlyBGP() {
		return p, nil
	}
	good := s.lastGood(ctx)
	if good == nil || good.fingerprint == d.fingerprint {
		return p, nil // nothing is to be gone back to
	}
	mirror, rest := p.Mirror(good.text.Reveal())
	if mirror.Empty() {
		return rest, nil
	}
	if err := s.applyMirror(ctx, mirror); err != nil {
		return nil, err
	}
	s.keepFile(good.text.Reveal())
	now, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return plan.Between(now, d.text.Reveal()), nil
}

// mostRoutes is how many mirrored routes FRR is told of in one call, which has to
// come to its end in time on a slow machine, too.
const mostRoutes = 500

// applyMirror applies mirrored routes and the lines that go with them.
//
// Routes that have gone do not wait for those lines. Routes that come do: zebra
// tells bgpd of a static route at once, and so has it look at a list that was
// changed before, which it would do by itself only after `bgp route-map
// delay-timer`.
func (s *Supervisor) applyMirror(ctx context.Context, p *plan.Plan) error {
	started := s.Now()
	s.forget()
	s.seen = "" // until it is read back
	s.proof.Moved()
	gone, rest := p.Routes()
	for _, part := range slices.Concat(gone.Batches(mostRoutes), rest.Batches(mostRoutes)) {
		if err := s.Router.Apply(ctx, part.Script()); err != nil {
			return fmt.Errorf("FRR did not take the mirrored routes: %w", err)
		}
	}
	s.Log.Info("mirrored", "changes", len(p.Steps), "took", s.Now().Sub(started).Round(time.Microsecond))
	return nil
}
