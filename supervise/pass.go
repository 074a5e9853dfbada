package supervise

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
	"github.com/k8frr/k8frr/supervise/proof"
)

// newNode is how long a node without addresses may be starting.
const newNode = 5 * time.Minute

// pass looks at everything once, closes the difference and keeps what it found.
// It returns false if it should be tried again without an event.
func (s *Supervisor) pass(ctx context.Context) (settled bool) {
	s.prepared.passes.begin()
	defer s.prepared.passes.end()
	next := *s.state.Load()
	trouble := s.try(ctx, &next)
	s.awaitLock(trouble)
	if trouble == nil {
		next.Applied.Outcome, next.Applied.Message = status.OutcomeApplied, ""
	} else {
		next.Applied.Outcome, next.Applied.Message = trouble.outcome, s.discretion.hide(trouble.Error())
		next.Applied.LeftOut = slices.Clone(trouble.left)
		for i := range next.Applied.LeftOut {
			next.Applied.LeftOut[i].Message = s.discretion.hide(next.Applied.LeftOut[i].Message)
			next.Applied.LeftOut[i].Part = s.discretion.hide(next.Applied.LeftOut[i].Part)
		}
	}
	next.Applied.Notes = s.discretion.hideIn(next.Applied.Notes)
	next.Applied.Hash, next.Applied.Plan = next.Hash, s.lastPlan
	next.At = s.Now()
	s.state.Store(&next)
	s.told.urgent = trouble != nil && trouble.urgent
	s.told.tell(s.Log, &next, slices.Concat(s.Source.Warnings(), s.Templates.Warnings()))
	return trouble == nil || trouble.final
}

// try brings FRR to what is declared, or, where that cannot be had, to the last
// good of it with what the kernel has now. It says why what is declared does
// not run; nil if it does.
func (s *Supervisor) try(ctx context.Context, next *State) *refusal {
	notes := next.Applied.Notes
	objects, err := s.Source.Observe(ctx)
	if err == nil {
		next.Objects = objects
		next.Applied = status.Applied{Generation: next.Applied.Generation}
		if objects.Configuration != nil {
			next.Applied.Wanted = objects.Configuration.Generation
		}
	}
	if err == nil {
		err = s.missing(objects)
	}
	renderer, broken := s.Templates.Renderer(ctx)
	if err == nil && objects.Configuration != nil {
		err = broken
	}
	if next.FRR = s.daemons(ctx); next.FRR.Err != nil {
		s.forget()
		if err == nil {
			s.ahead(objects)
		}
		return unreachable(next.FRR.Err)
	}

	s.born(next.FRR.Daemons)

	if err == nil {
		if alone, err := s.leaveAlone(ctx, objects); err != nil {
			return unreachable(err)
		} else if alone {
			return nothingDeclared(objects)
		}
	}

	s.withoutBFD = !s.hasBFD(next.FRR.Daemons)

	if err == nil && s.good != nil && s.ran != "" && !s.ready(objects) {
		err = checkingError(objects.Configuration.Generation) // what runs goes on meanwhile, with what the kernel has now
	}
	var d *desired
	trouble := &refusal{outcome: status.OutcomeInvalid, err: err}
	if isNotYet(err) {
		trouble.outcome = status.OutcomePending
	}
	now := &declared{objects: objects, renderer: renderer}
	if err == nil {
		if s.goodText == "" { // of an agent that was there before
			if good := s.lastGood(ctx); good != nil {
				s.goodText = good.text.Reveal()
			}
		}
		d, trouble = s.desire(ctx, now)
	}
	next.FRRVersion = s.version
	if trouble != nil && s.good != nil {
		d, _ = s.desire(ctx, s.good)
	}
	if d == nil {
		return trouble
	}
	next.Links = d.links
	if refused := s.converge(ctx, d); refused != nil {
		r := s.settleRefusal(d, refused)
		if d.trial != nil && s.partly != nil {
			next.Applied.Notes = notes // of the rest, which runs
		}
		return r
	}
	next.Config, next.Hash, next.Applied.Generation = d.config, d.text.Hash(), d.generation()
	s.ran = d.fingerprint
	if trouble == nil {
		now.objects = objects.WithLast(d.config)
		now.without = d.omitted.clone()
		s.good, s.refused, s.goodText = now, nil, d.text.Reveal()
		if s.omitted = d.omitted; d.omitted != nil {
			s.omitted.runs = true
		}
		if err := s.kept.keep(s.good); err != nil {
			s.Log.Warn("an agent that starts later will not know it", "error", err)
		}
		next.Applied.Notes = slices.Concat(d.notes, ignored(objects), s.started(ctx, d.config), s.left(d.config))
	}
	switch {
	case trouble == nil && d.config == nil:
		return nothingDeclared(objects)
	case trouble == nil && d.omitted != nil:
		s.partly = d.inPart()
		return s.partly
	}
	return trouble
}

// left are notes about what FRR runs otherwise than it will, or than it should.
func (s *Supervisor) left(c *render.Config) []render.Note {
	var notes []render.Note
	if s.Drift == ReportDrift {
		notes = s.drift.notes()
	}
	if c != nil {
		notes = append(notes, s.awaited.notes(c)...)
	}
	if s.unwritten != nil {
		notes = append(notes, render.Note{Path: "frr.conf", Reason: "NotWritten",
			Message: s.unwritten.Error() + ", so FRR would not have at its next start all that it runs; that is tried again at every look"})
	}
	return notes
}

// nothingDeclared is no trouble of FRR's, but nothing is announced either.
func nothingDeclared(objects render.Objects) *refusal {
	err := render.ErrNoConfiguration
	if others := othersOf(objects); others != "" {
		err = fmt.Errorf("there are several BGPConfigurations and none has the name that is looked for: %s; rename one or delete the others",
			others)
	}
	return &refusal{outcome: status.OutcomeNoConfiguration, err: err, final: true}
}

// othersOf names the configurations that are not used, a few of them.
func othersOf(objects render.Objects) string {
	const most = 5
	names, more := objects.Ignored, ""
	switch n := len(names) - most; {
	case objects.MoreIgnored:
		more = ", …"
	case n > 0:
		more = fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(names[:min(most, len(names))], ", ") + more
}

// ignored tells of further configurations beside the one that is used.
func ignored(objects render.Objects) []render.Note {
	others := othersOf(objects)
	if objects.Configuration == nil || others == "" {
		return nil
	}
	return []render.Note{{
		Path:    "metadata.name",
		Reason:  "Ignored",
		Message: fmt.Sprintf("%s is used, and not %s", objects.Configuration.Name, others),
	}}
}

// daemons asks who is there. Without the daemons that the configuration is for
// nothing is applied: vtysh drops their lines without a word.
func (s *Supervisor) daemons(ctx context.Context) status.FRR {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	daemons, err := s.Router.Daemons(ctx)
	if err != nil {
		return status.FRR{Err: fmt.Errorf("FRR cannot be reached: %w", err)}
	}
	frr := status.FRR{Daemons: daemons}
	var silent []string
	for _, name := range []string{"zebra", "mgmtd", "staticd", "bgpd"} {
		why, known := daemons[name]
		switch {
		case !known && name == "mgmtd": // not before FRR 9
		case !known:
			silent = append(silent, fmt.Sprintf("FRR's %s is not running, start it", name))
		case why != nil:
			silent = append(silent, fmt.Sprintf("FRR's %s does not answer: %v", name, why))
		}
	}
	if silent != nil {
		frr.Err = errors.New(strings.Join(silent, "; "))
	} else if _, has := daemons["mgmtd"]; has {
		frr.Err = s.attached(ctx)
	}
	return frr
}

// desired is what FRR should run.
type desired struct {
	config      *render.Config // nil: nothing of ours
	renderer    *render.Renderer
	text        render.Text
	links       []render.Link
	notes       []render.Note
	fingerprint string
	// declared is the fingerprint of the whole that it is a part of, and whole the
	// text of that; "" if it is not what is declared now.
	declared, whole string
	// omitted are the parts that it is without, left what it has instead, and trial is
	// a part that it has and FRR did not take before.
	omitted *omissions
	left    []plan.LeftOut
	trial   *omission
}

// desire renders what is declared and what the kernel asks for. The refusal says
// why what is declared cannot be had.
func (s *Supervisor) desire(ctx context.Context, from *declared) (*desired, *refusal) {
	objects := from.objects
	if objects.Configuration == nil {
		return &desired{text: render.Nothing(), fingerprint: "none", declared: "none"}, nil
	}
	dialect, err := s.dialectOf(ctx)
	if err != nil {
		return nil, unreachable(err)
	}
	in := render.Input{Objects: objects, Prepared: s.prepare(objects), Dialect: *dialect, AwaitAddress: starting(objects.Node, s.Now()), WithoutBFD: s.withoutBFD}
	if s.good != nil && s.good.objects.SecretSelector == objects.SecretSelector { // what was read under another is not used
		in.LastSecrets = s.good.objects.Secrets
	}
	if in.Local, err = s.Kernel.Local(ctx, render.PeerAddresses(objects.Configuration)); err != nil {
		return nil, pending(fmt.Errorf("reading the node's addresses: %w", err))
	}
	bare, err := s.renderBare(in, from.renderer)
	if err != nil {
		outcome := status.OutcomeInvalid
		var routerID *render.RouterIDError
		if errors.As(err, &routerID) {
			outcome = status.OutcomeRouterIDUnresolved
		}
		return nil, &refusal{outcome: outcome, err: err, final: !errors.Is(err, render.ErrNodeHasNoAddress)}
	}
	if s.refused != nil && s.refused.fingerprint == bare.hash && s.Now().Before(s.refused.until) {
		return nil, s.refused
	}
	links, err := s.Kernel.Observe(ctx, render.Interfaces(objects.Configuration))
	if err != nil {
		return nil, pending(fmt.Errorf("the kernel's interfaces could not be read: %w", err))
	}
	if !s.proof.Recalled() {
		running, err := s.read(ctx)
		var d *desired
		if err == nil {
			d, err = rendered(in, from.renderer)
		}
		if err == nil {
			err = s.proof.Recall(ctx, proof.Claim{Config: d.config, Links: links, Dialect: dialect, Running: running})
		}
		if err != nil {
			return nil, unreachable(err)
		}
	}
	links = s.proof.WithStale(links)
	in.Links = links
	in.Held = s.held(ctx, objects, bare.routerID)
	d, err := s.renderFull(in, from.renderer)
	if err != nil {
		return nil, &refusal{outcome: status.OutcomeInvalid, err: err, final: true}
	}
	d.links, d.fingerprint, d.declared = links, bare.hash, bare.hash
	s.discretion.learn(d.config)
	omitted := from.without
	if from != s.good {
		d.whole = d.text.Reveal()
		omitted, d.trial = s.omittedOf(d.declared, bare.text.Reveal())
	}
	if err := d.without(omitted); err != nil {
		s.omitted = nil
		r := &refusal{outcome: status.OutcomeRefused, err: err, final: true}
		s.remember(r, d.declared)
		return nil, r
	}
	return d, nil
}

// settleRefusal decides what follows from a refusal of what is desired: it is tried
// without the parts that FRR does not take or, if that cannot be, later as a whole.
func (s *Supervisor) settleRefusal(d *desired, r *refusal) *refusal {
	switch {
	case d.trial != nil && s.partly != nil:
		if r.final {
			s.omit(d, r)
			s.LookAgain() // with the rest alone
		}
		partly := *s.partly
		partly.final = r.final
		return &partly
	case !r.final:
		return r
	case r.parts != nil || s.separable(d, r):
		s.omit(d, r)
		s.Log.Warn("a part of what is declared is refused and left out", "parts", fmt.Sprint(r.parts), "generation", d.generation(), "message", r.Error())
		r.outcome = status.OutcomePending
	default:
		s.omitted = nil
		s.remember(r, d.declared)
	}
	s.LookAgain()
	return r
}

func rendered(in render.Input, with *render.Renderer) (*desired, error) {
	config, notes, err := render.Resolve(in)
	if err != nil {
		return nil, err
	}
	text, err := with.Text(config)
	return &desired{config: config, renderer: with, text: text, notes: notes}, err
}

func (d *desired) generation() int64 {
	if d.config == nil {
		return 0
	}
	return d.config.Generation
}

func (s *Supervisor) dialectOf(ctx context.Context) (*render.Dialect, error) {
	if s.dialect == nil {
		version, err := s.Router.Version(ctx)
		if err != nil {
			return nil, fmt.Errorf("FRR's version could not be asked: %w", err)
		}
		d, err := render.DialectOf(version)
		if err != nil {
			return nil, err
		}
		s.dialect, s.version = &d, version
	}
	return s.dialect, nil
}

// starting reports whether a node may yet be given its addresses, as a cloud's
// are.
func starting(node *corev1.Node, now time.Time) bool {
	return node != nil && !node.CreationTimestamp.IsZero() && now.Sub(node.CreationTimestamp.Time) < newNode
}
