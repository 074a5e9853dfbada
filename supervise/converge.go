package supervise

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
)

// refusal is why what is declared does not run.
type refusal struct {
	outcome status.Outcome
	err     error
	// final says that trying again as it is will not help.
	final bool
	// fingerprint identifies what was refused, but for the mirrored routes.
	fingerprint string
	// until is when it may be tried again all the same: FRR may have had its
	// reasons at the time. pause is how long that was put off.
	until time.Time
	pause time.Duration
}

// How long something refused is let rest, at first and at most. Trying it may
// reset the sessions that it changes.
const (
	firstPause = time.Minute
	lastPause  = time.Hour
)

// remember keeps a refusal, so that the same is not tried again at once.
func (s *Supervisor) remember(r *refusal, fingerprint string) {
	r.fingerprint, r.pause = fingerprint, firstPause
	if s.refused != nil && s.refused.fingerprint == fingerprint {
		r.pause = min(2*s.refused.pause, lastPause)
	}
	r.until = s.Now().Add(r.pause)
	s.refused = r
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// refusedCommand is an error about one command that FRR did not take.
type refusedCommand interface {
	error
	Refused() (command, message string)
}

// notYet is an error of a Source that has not read everything once, which is
// nobody's mistake.
type notYet interface {
	error
	NotYet() bool
}

// locked is an error that passes when somebody leaves configuration mode.
type locked interface {
	error
	Locked() bool
}

// converge brings FRR to what is desired, and reads it back. If FRR does not
// take it as a whole, FRR is put back to where it was.
func (s *Supervisor) converge(ctx context.Context, d *desired) *refusal {
	started := s.Now()
	before, err := s.read(ctx)
	if err != nil {
		return &refusal{outcome: status.OutcomeFRRUnreachable, err: err}
	}
	wanted := d.text.Reveal()
	p := plan.Between(before, wanted)
	if p.Empty() {
		err := s.file.write(wanted)
		if err == nil && s.mirrored == nil { // it was read, not concluded
			err = s.takeBack(ctx, before, wanted)
		}
		if err == nil && !s.proof.given && s.mirrored == nil {
			err = s.prove(ctx, d)
		}
		if err != nil {
			return &refusal{outcome: status.OutcomePending, err: err}
		}
		return nil
	}
	s.Log.Debug("planned", "steps", p)
	// What is declared runs already, so only the kernel has changed.
	mirror := d.fingerprint == s.ran
	if mirror && !s.doubt {
		return s.mirror(ctx, d, p, started)
	}

	if err := s.Router.Check(ctx, wanted); err != nil {
		return s.notTaken(ctx, d, nil, err)
	}
	if err := s.operator.add(wanted); err != nil {
		return &refusal{outcome: status.OutcomePending, err: err}
	}
	again := s.unheard > 0 && s.unheard <= mostUnheard
	if !again {
		s.inFile = string(s.file.written)
	}
	if err := s.file.write(wanted); err != nil {
		return &refusal{outcome: status.OutcomePending, err: err}
	}
	tried, applyErr := s.apply(ctx, p)
	s.running = nil
	if isLocked(applyErr) {
		return &refusal{outcome: status.OutcomePending, err: applyErr}
	}
	after, err := s.read(ctx)
	if err != nil {
		return &refusal{outcome: status.OutcomeFRRUnreachable, err: errors.Join(applyErr, err)}
	}
	if differences := plan.Differences(after, wanted); len(differences) > 0 {
		if s.daemons(ctx).Err != nil {
			return &refusal{outcome: status.OutcomeFRRUnreachable, err: errors.New("a daemon of FRR ended while it was configured")}
		}
		r := s.notTaken(ctx, d, differences, applyErr)
		if mirror || applyErr == nil && s.unheard < mostUnheard {
			// Not a refusal: FRR drops lines without a word when a daemon
			// comes or goes, and mgmtd (10.x) when somebody leaves another
			// vtysh. What is missing is entered again.
			s.unheard++
			r.outcome, r.final = status.OutcomePending, false
			return r
		}
		r.final = true
		if again {
			before = "" // it holds what earlier tries have entered
		}
		s.goBack(ctx, tried, before)
		if applyErr == nil {
			s.unheard = mostUnheard + 1 // once will do when it is tried next
		}
		if err := s.file.write(s.inFile); err != nil {
			s.Log.Warn("frr.conf holds what FRR refused", "error", err)
		}
		return r
	}
	s.unheard = 0
	s.mirrored = &after // to look once more, when zebra has had its time
	s.Log.Info("applied", "generation", d.generation(), "hash", d.text.Hash(), "steps", len(p.Steps),
		"took", s.Now().Sub(started).Round(time.Millisecond), "sessions", describe(p.Effects()))
	return nil
}

// apply runs a plan until a part of it is refused, and returns what was tried.
func (s *Supervisor) apply(ctx context.Context, p *plan.Plan) (tried *plan.Plan, err error) {
	tried = &plan.Plan{}
	for _, part := range p.Parts() {
		tried.Steps = append(tried.Steps, part.Steps...)
		if err = s.Router.Apply(ctx, part.Script()); err != nil {
			return tried, err
		}
	}
	return tried, nil
}

// mirror applies what the kernel changed, and at once. What FRR made of it is
// read back a little later.
//
// Routes that have gone do not wait for the lines that go with them. Those that
// come do: zebra tells bgpd of a static route at once, and so has it look at a
// list that was changed before, which it would do by itself only after `bgp
// route-map delay-timer`.
func (s *Supervisor) mirror(ctx context.Context, d *desired, p *plan.Plan, started time.Time) *refusal {
	gone, rest := split(p)
	for _, part := range []*plan.Plan{gone, rest} {
		if part.Empty() {
			continue
		}
		if err := s.Router.Apply(ctx, part.Script()); err != nil {
			s.running, s.ran = nil, ""
			return &refusal{outcome: status.OutcomePending, err: fmt.Errorf("FRR did not take the mirrored routes: %w", err)}
		}
	}
	wanted := d.text.Reveal()
	s.running, s.mirrored = &wanted, &wanted
	if err := s.file.write(wanted); err != nil {
		return &refusal{outcome: status.OutcomePending, err: err}
	}
	s.Log.Info("mirrored", "changes", len(p.Steps), "took", s.Now().Sub(started).Round(time.Microsecond))
	return nil
}

// split parts a plan into the mirrored routes that it takes back and the rest.
func split(p *plan.Plan) (gone, rest *plan.Plan) {
	gone, rest = &plan.Plan{}, &plan.Plan{}
	for _, step := range p.Steps {
		one := &plan.Plan{Steps: []plan.Step{step}}
		if one.StaticsOnly() && strings.HasPrefix(step.Line, "no ") {
			gone.Steps = append(gone.Steps, step)
		} else {
			rest.Steps = append(rest.Steps, step)
		}
	}
	return gone, rest
}

// notTaken explains to the user what FRR did not take: the field, the command
// and FRR's words.
func (s *Supervisor) notTaken(ctx context.Context, d *desired, differences []plan.Difference, err error) *refusal {
	if isLocked(err) {
		return &refusal{outcome: status.OutcomePending, err: err}
	}
	if ctx.Err() != nil {
		return &refusal{outcome: status.OutcomePending, err: ctx.Err()}
	}
	var said refusedCommand
	var sentences []string
	peer := ""
	if errors.As(err, &said) {
		command, message := said.Refused()
		peer = plan.Command{Line: command}.Peer()
		sentences = append(sentences, fmt.Sprintf("FRR refuses %q: %s", command, message))
	} else if err != nil {
		sentences = append(sentences, "FRR refuses the configuration: "+err.Error())
	}
	var untaken []string
	if said != nil {
		command, _ := said.Refused()
		untaken = append(untaken, command)
	}
	for _, diff := range differences {
		untaken = append(untaken, diff.Line)
	}
	const most = 3
	if said != nil && peer != "" { // which explains what else is missing of that peer
		differences = slices.DeleteFunc(slices.Clone(differences), func(d plan.Difference) bool { return d.Peer() == peer })
	}
	for i, diff := range differences {
		if peer == "" {
			peer = diff.Peer()
		}
		if i == most {
			sentences = append(sentences, fmt.Sprintf("and %d more", len(differences)-most))
			break
		}
		if err == nil || i < most {
			sentences = append(sentences, diff.String())
		}
	}
	if hint := d.overridden(untaken); hint != "" {
		sentences = append(sentences, hint)
	}
	text := strings.Join(sentences, "; ")
	if err == nil {
		text = "FRR said nothing, but does not run what it was told: " + text
	}
	if d.config != nil && peer != "" {
		if field := d.config.FieldOf(peer); field != "" {
			text = field + ": " + text
		}
	}
	return &refusal{outcome: status.OutcomeRefused, err: errors.New(text), final: err != nil}
}

// goBack takes a plan back that FRR has taken in part: first by its inverse,
// then by whatever still differs from what ran before, if that is known. What
// is left of what k8frr owns goes when the last good configuration is looked at.
func (s *Supervisor) goBack(ctx context.Context, p *plan.Plan, before string) {
	_ = s.Router.Apply(ctx, p.Inverse().Script()) // steps that were not taken cannot be taken back
	s.running = nil
	now, err := s.read(ctx)
	if err == nil && before != "" {
		if rest := plan.Between(now, before); !rest.Empty() {
			err = s.Router.Apply(ctx, rest.Script())
			s.running = nil
		}
	}
	if err != nil {
		s.Log.Warn("FRR could not be put back to where it was; it will be tried again", "error", err)
	}
}

func isLocked(err error) bool {
	var l locked
	return errors.As(err, &l) && l.Locked()
}

func isNotYet(err error) bool {
	var n notYet
	return errors.As(err, &n) && n.NotYet()
}

func (d *desired) generation() int64 {
	if d.config == nil {
		return 0
	}
	return d.config.Generation
}

// describe sums up what a plan does to sessions, for one log line.
func describe(effects []plan.Effect) slog.Value {
	if len(effects) == 0 {
		return slog.StringValue("untouched")
	}
	texts := make([]string, len(effects))
	for i, e := range effects {
		texts[i] = e.String()
	}
	return slog.StringValue(strings.Join(texts, ", "))
}
