package supervise

import (
	"context"
	"errors"

	"github.com/k8frr/k8frr/supervise/proof"
)

// errStray says that FRR is looked at again soon.
var errStray = errors.New("FRR does not do what its configuration says, which is being corrected")

// prove makes sure that FRR does what its configuration says. What differs after a
// correction, the next plan closes. An error says that it does not, yet.
func (s *Supervisor) prove(ctx context.Context, d *desired) error {
	if d.config == nil {
		return nil
	}
	running, err := s.read(ctx)
	if err != nil {
		return err
	}
	amiss, err := s.proof.Look(ctx, proof.Claim{Config: d.config, Text: d.text.Reveal(), Links: d.links, Dialect: s.dialect, Running: running, Shown: s.shown})
	switch {
	case err != nil || s.proof.Given():
		return err
	case len(amiss.What) == 0:
		s.mirrored = s.running // to look again soon
		return nil
	}
	s.Log.Warn("FRR does not do what its configuration says; it is told again", "what", amiss.What[:min(3, len(amiss.What))], "of", len(amiss.What))
	s.forget()
	for _, script := range [][]string{amiss.Script, amiss.Then} {
		if len(script) > 0 {
			err = errors.Join(err, s.Router.Apply(ctx, script))
		}
	}
	if err != nil {
		return err
	}
	return errStray
}
