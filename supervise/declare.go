package supervise

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
)

// attempt is what is known of the tries of one configuration: FRR may drop
// lines without a word, so that it takes several.
type attempt struct {
	fingerprint string
	// declared is the fingerprint of the whole of which the configuration may be a part.
	declared string
	// unheard counts how often FRR dropped lines without refusing them.
	unheard int
	// before is what ran before the first of them, of whatever configuration,
	// that has not come to an end; inFile is what frr.conf held.
	before, inFile string
	// untaken are commands that go ahead and that FRR did not take yet.
	untaken []plan.Command
	// operators are the steps so far that are about the operator's lines.
	operators plan.Plan
	// awaiting are the sessions that lines entered so far act on later.
	awaiting []awaited
	undertaking
}

// ended is for tries that have come to an end.
func (a *attempt) ended() {
	*a = attempt{fingerprint: a.fingerprint, declared: a.declared, unheard: a.unheard}
}

// mostUnheard is how often lines that FRR dropped without a word are entered
// again before that counts as a refusal.
const mostUnheard = 5

// lingering is how long a try may go on when the agent is told to end: cut off
// midway it would leave FRR with half of a configuration.
const lingering = 5 * time.Second

// declare tries a configuration: check, write frr.conf, apply, read back. If
// FRR does not take it as a whole, FRR is put back to where it was.
func (s *Supervisor) declare(ctx context.Context, d *desired, p *plan.Plan) *refusal {
	if ctx.Err() != nil {
		return pending(ctx.Err())
	}
	ctx, cancel := linger(ctx, lingering)
	defer cancel()
	started, wanted := s.Now(), d.text.Reveal()
	s.Log.Debug("planned", "steps", p)
	if r := s.refusalOf(d); r != nil && !r.retried {
		r.retried = true
		s.Log.Info("trying again what FRR refused", "generation", d.generation(), "refusals", r.times, "lines", sayAll(r.untaken))
	}
	s.tryAgain(d)
	if err := s.Router.Check(ctx, wanted); err != nil {
		return d.judge(wanted, err)
	}
	if err := s.operator.add(wanted); err != nil {
		return pending(err)
	}
	var good *desired
	if s.ran == "" { // otherwise it is what ran
		good = s.lastGood(ctx)
	}
	if s.attempt.before == "" {
		s.attempt.before, s.attempt.inFile = *s.running, string(s.file.written)
		if good != nil { // a daemon has come without what it had
			s.attempt.before = good.text.Reveal()
		}
	}
	ranBefore := d.fingerprint == s.ran || good != nil && d.fingerprint == good.fingerprint
	if !ranBefore && s.attempt.fingerprint != d.fingerprint {
		s.attempt.fingerprint, s.attempt.unheard, s.attempt.untaken = d.fingerprint, 0, nil
		if s.attempt.declared != d.declared {
			s.attempt.declared, s.attempt.undertaking = d.declared, undertaking{}
		}
	}
	if d.trial != nil {
		s.attempt.unheard = mostUnheard // once will do
	}
	// What frr.conf does not hold would be lost at FRR's next start. What has
	// run before is in it, but for what the kernel has changed.
	if s.keepFile(wanted); s.unwritten != nil && !ranBefore {
		r := pending(fmt.Errorf("%w, so nothing of what is declared was applied; addresses are mirrored as before", s.unwritten))
		r.urgent = true
		return r
	}
	s.attempt.awaiting = append(s.attempt.awaiting, s.awaitedBy(ctx, p)...)
	if !ranBefore {
		var r *refusal
		if p, r = s.goAhead(ctx, d, p, started); r != nil {
			return r
		}
	}
	s.warnIrreversible(p)
	shown := s.shown
	if s.attempt.unheard > 0 && s.dialect.LocalRoutes {
		_ = s.Router.Apply(ctx, p.Relics().Script()) // refused ones are refused again below
		shown = nil
	}
	script, applyErr := s.enter(ctx, p, started)
	if isLocked(applyErr) {
		return pending(applyErr)
	}
	if applyErr != nil || !p.OnlyBGP() {
		shown = nil
	}
	after, err := s.readAgain(ctx, shown)
	if err != nil {
		s.ended(status.PlanFailed)
		return unreachable(errors.Join(applyErr, err))
	}
	left := plan.Between(after, wanted)
	drifted := s.Drift == ReportDrift && ranBefore && len(s.drift.lines) > 0
	if drifted {
		left = left.Without(s.drift.lines)
	}
	if left.Empty() && !drifted {
		if left, err = s.eachHas(ctx, wanted, isRefusal(applyErr)); err != nil {
			return unreachable(errors.Join(applyErr, err))
		}
	}
	if left.Empty() && s.cutOff {
		if err := s.finish(ctx); err != nil {
			return pending(errors.Join(applyErr, err))
		}
	}
	if left.Empty() {
		s.declared(d, p, after)
		return nil
	}
	return s.untaken(ctx, d, script, left.Differences(), applyErr, ranBefore)
}

// enter applies a plan, of which nothing is known then but what is read back.
func (s *Supervisor) enter(ctx context.Context, p *plan.Plan, started time.Time) (script []string, err error) {
	s.attempt.operators.Steps = append(s.attempt.operators.Steps, p.Operators().Steps...)
	s.seen, s.doubt = "", true
	script, err = s.apply(ctx, p)
	s.forget()
	if isLocked(err) {
		return script, err
	}
	s.attempt.take(p, started)
	s.cutOff = err != nil && !isRefusal(err)
	return script, err
}

// untaken is for a plan of which FRR did not take some lines: they are entered
// again, or FRR is put back to where it was.
func (s *Supervisor) untaken(ctx context.Context, d *desired, script []string, left []plan.Difference, applyErr error, ranBefore bool) *refusal {
	if s.daemons(ctx).Err != nil { // not put back: FRR comes back with frr.conf
		s.ended(status.PlanFailed)
		return unreachable(errors.New("a daemon of FRR ended while it was configured"))
	}
	r := d.notTaken(script, left, applyErr)
	// Not a refusal: FRR drops lines without a word when a daemon comes or goes,
	// and mgmtd (10.x) when somebody leaves another vtysh. What is missing is
	// entered again. What has run before has nothing to be gone back to.
	refused := isRefusal(applyErr)
	if ranBefore || !refused && s.attempt.unheard < mostUnheard {
		s.attempt.unheard++
		again := pending(r.err)
		again.untaken = r.untaken
		return again
	}
	return s.refuse(ctx, d, r, refused)
}

// lastGood is the last good configuration with what the kernel has now; nil if
// there is none, or if it cannot be had.
func (s *Supervisor) lastGood(ctx context.Context) *desired {
	if s.good == nil {
		return nil
	}
	good, _ := s.desire(ctx, s.good)
	return good
}

// declared is for what FRR has taken as a whole.
func (s *Supervisor) declared(d *desired, p *plan.Plan, after string) {
	s.ended(status.PlanApplied)
	done := attributes(s.lastPlan, p.Effects())
	undone := s.drift.lines
	if d.fingerprint == s.ran && s.Drift == ReportDrift {
		undone = nil
	}
	if d.fingerprint == s.ran && len(undone) > 0 {
		s.undone(done...)
	} else {
		s.Log.Info("configuration applied", append([]any{"generation", d.generation(), "declared", d.config != nil, "summary", Sentence(*s.lastPlan), "hash", d.text.Hash()}, done...)...)
		if len(undone) > 0 {
			s.undone("by", "what is declared anew")
		}
	}
	s.await(s.attempt.awaiting)
	s.attempt = attempt{}
	s.doubt = false
	s.proof.Renew()
	s.mirrored = &after // to look once more, when zebra has had its time
}

// refuse ends the tries of a configuration in what ran before them. If only a part of
// it is refused they go on, without the part: what FRR has taken of the rest would
// be entered once more, and end the same sessions again.
func (s *Supervisor) refuse(ctx context.Context, d *desired, r *refusal, byFRR bool) *refusal {
	r.final = true
	if d.trial == nil && s.separable(d, r) {
		// FRR may have lines of the operator's that it was told to take otherwise.
		_ = s.Router.Apply(ctx, s.attempt.operators.Of(r.parts).Inverse().Script())
		s.forget()
		s.proof.Renew()
		return r
	}
	_ = s.Router.Apply(ctx, s.attempt.operators.Inverse().Script()) // FRR knows them otherwise, it may be
	if err := s.goBack(ctx, s.attempt.before); err != nil {
		s.ended(status.PlanFailed)
		s.Log.Error("FRR could not be put back to where it was; it is tried again", "error", err)
		r.err = fmt.Errorf("%w; FRR could not be put back to where it was, which is tried again: %w", r.err, err)
	} else {
		s.ended(status.PlanRolledBack)
		s.doubt = false
	}
	if err := s.file.write(s.attempt.inFile); err != nil {
		s.Log.Warn("frr.conf holds what FRR refused", "error", err)
		s.unwritten = err
	}
	s.attempt.ended()
	s.proof.Renew() // what one daemon lost in the course of it another may show
	s.attempt.unheard = 0
	if !byFRR {
		s.attempt.unheard = mostUnheard // once will do when it is tried next
	}
	return r
}

// apply runs a plan until a part of it is refused. It returns the last script,
// which an error is about. Thousands of routes are not entered at once: mgmtd
// (10.x) then gives its daemons no time to take them, and keeps its lock.
func (s *Supervisor) apply(ctx context.Context, p *plan.Plan) (script []string, err error) {
	for _, part := range p.Parts() {
		for _, portion := range part.Portions(mostRoutes) {
			script = portion.Script()
			if err = s.Router.Apply(ctx, script); err != nil {
				return script, err
			}
		}
	}
	return script, nil
}

// finish makes sure that no daemon waits for the rest of a script that was cut
// off. bgpd would start no session of a new neighbor before that: it takes what vtysh
// sends at the beginning of a script for the beginning of its configuration.
func (s *Supervisor) finish(ctx context.Context) error {
	if err := s.Router.Apply(ctx, []string{"bgp route-map delay-timer 1"}); err != nil && !isRefusal(err) {
		return err
	}
	s.cutOff = false
	return nil
}

// warnIrreversible says of a plan, before it starts, what could not be taken
// back by the opposite commands.
func (s *Supervisor) warnIrreversible(p *plan.Plan) {
	if list := p.Irreversible(); len(list) > 0 {
		s.Log.Warn("should FRR refuse a part of what is declared, this could not be taken back by the opposite commands, but only be entered as it was",
			"first", list[0], "of", len(list))
	}
}

// linger is a context that ends some time after another.
func linger(ctx context.Context, more time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(more, cancel) })
	return longer, func() { stop(); cancel() }
}
