package supervise

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// stray is something that FRR's configuration says and FRR does not do, or the
// other way round. Its remedy has the configuration say what is so, or has FRR
// hear again what it has forgotten; what differs then, the next plan closes.
type stray struct {
	what   string // the same as long as it lasts
	remedy []string
	// then, unless empty, takes back what of the remedy was only to be noticed: a
	// script of its own, as mgmtd (10.x) would see no change in the two together.
	then []string
	// stale, unless it is none, is for the text to say: nothing else helps.
	stale stale
}

// patience is how long a stray must have been one at every look. zebra may need
// a while for what the kernel tells it, and what is taken for stale is so until
// zebra is started anew.
func (a stray) patience() time.Duration {
	if a.stale != (stale{}) {
		return time.Second
	}
	return 0
}

// proof is what is known of whether FRR does what its configuration says.
type proof struct {
	// given says that it does, as the configuration was last read.
	given bool
	// due is how often what is costly to ask is yet to be asked: at the start,
	// when a daemon came or went, and at every resync.
	due int
	// suspects are what was stray the last time, and since when. FRR's daemons lag
	// behind the kernel and behind each other, so that only what stays so, while the
	// kernel has nothing else to tell, is acted on.
	suspects map[string]time.Time
	// stale is what zebra has and has lost sight of.
	stale map[stale]bool
}

// lasting are those of what is amiss that have been so for long enough.
func (p *proof) lasting(amiss []stray, now time.Time) []stray {
	var last []stray
	suspects := make(map[string]time.Time, len(amiss))
	for _, a := range amiss {
		since, suspected := p.suspects[a.what]
		if !suspected {
			since = now
		}
		suspects[a.what] = since
		switch {
		case now.Sub(since) < a.patience():
			p.due = max(1, p.due) // to be asked once more
		case suspected:
			last = append(last, a)
		}
	}
	p.suspects = suspects
	return last
}

// looks is how often costly questions are asked in one go: to find suspects, to
// correct what stays amiss, and to see that it is corrected.
const looks = 6

// errStray says that FRR is looked at again soon.
var errStray = errors.New("FRR does not do what its configuration says, which is being corrected")

// prove makes sure that FRR does what its configuration says. An error says
// that it does not.
//
// FRR's daemons lose sight of each other when one of them is restarted: mgmtd
// (10.x) comes back without routes that staticd goes on having, or has routes
// that never reached staticd; bgpd forgets to ask the new zebra for routes, and
// comes back without route maps that vtysh goes on showing, because zebra has
// them.
func (s *Supervisor) prove(ctx context.Context, d *desired) error {
	if d.config == nil {
		return nil
	}
	questions := []func(context.Context, *desired) ([]stray, error){s.strayRequests, s.strayStatics, s.strayAnnouncements}
	if s.proof.due > 0 {
		questions = append(questions, s.strayLines, s.strayPaths)
	}
	// All at once: they go to different daemons, and what is read of FRR and
	// its version is known by now.
	found := make([][]stray, len(questions))
	g, asking := errgroup.WithContext(ctx)
	for i, ask := range questions {
		g.Go(func() (err error) {
			found[i], err = ask(asking, d)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	amiss := slices.Concat(found...)
	s.proof.due = max(0, s.proof.due-1)
	var script, then, last []string
	for _, a := range s.proof.lasting(amiss, s.Now()) {
		last = append(last, a.what)
		script, then = append(script, a.remedy...), append(then, a.then...)
		if a.stale != (stale{}) {
			s.proof.remember(a.stale)
		}
	}
	switch {
	case len(amiss) == 0:
		s.proof.given, s.proof.due = true, 0
		return nil
	case len(last) == 0:
		s.mirrored = s.running // to look again soon
		return nil
	}
	s.Log.Warn("FRR does not do what its configuration says; it is told again", "what", last[:min(3, len(last))], "of", len(last))
	s.forget()
	var err error
	if len(script) > 0 {
		err = s.Router.Apply(ctx, script)
	}
	if len(then) > 0 {
		err = errors.Join(err, s.Router.Apply(ctx, then))
	}
	if err != nil {
		return err
	}
	return errStray
}
