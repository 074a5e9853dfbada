package supervise

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
)

// omission is a part of what is declared that FRR did not take. The rest runs
// without it, and the part is tried again by itself.
type omission struct {
	plan.Part
	// field is the one that it comes from, "" if it is a template's, and said what
	// FRR said of it.
	field, said string
	// untaken are the commands that FRR did not take.
	untaken []plan.Command
	// until is when it is tried again, pause how long that was put off, and times
	// how often it was refused.
	until time.Time
	pause time.Duration
	times int
}

// omissions are the parts that a configuration goes without.
type omissions struct {
	// fingerprint is that of the whole configuration.
	fingerprint string
	list        []omission
	// base is what ran before: its form of a part is used in place of the part.
	base string
	// runs says that the rest runs, so that the parts can be tried again.
	runs bool
}

func (o *omissions) parts() []plan.Part {
	if o == nil {
		return nil
	}
	var list []plan.Part
	for _, one := range o.list {
		list = append(list, one.Part)
	}
	return list
}

// but is the same without one of the parts.
func (o *omissions) but(p plan.Part) *omissions {
	out := *o
	out.list = slices.DeleteFunc(slices.Clone(o.list), func(one omission) bool { return one.Part == p })
	return &out
}

// clone is a copy that is not changed with the original.
func (o *omissions) clone() *omissions {
	if o == nil {
		return nil
	}
	out := *o
	out.list = slices.Clone(o.list)
	return &out
}

// key tells a configuration without these parts from another one.
func (o *omissions) key() string {
	sum := sha256.Sum256(fmt.Append(nil, o.parts(), o.base))
	return hex.EncodeToString(sum[:6])
}

// due is the part that is to be tried again first, nil if none is yet.
func (o *omissions) due(now time.Time) *omission {
	var first *omission
	for i := range o.list {
		if one := &o.list[i]; !now.Before(one.until) && (first == nil || one.until.Before(first.until)) {
			first = one
		}
	}
	return first
}

// next is when the next part is to be tried again.
func (o *omissions) next() time.Time {
	return slices.MinFunc(o.list, func(a, b omission) int { return a.until.Compare(b.until) }).until
}

// now has every part tried again without further delay.
func (o *omissions) now(retry time.Duration) {
	for i := range o.list {
		o.list[i].until, o.list[i].pause = time.Time{}, retry/2
	}
}

// refusedCommands returns the commands that FRR did not take, for finding the parts
// that they are of: those that it names or, if it names none, those that are missing
// and those that it has and should not.
func refusedCommands(untaken []plan.Command, left []plan.Difference) []plan.Command {
	named := slices.DeleteFunc(slices.Clone(untaken), func(c plan.Command) bool { return c.Line == "" || strings.HasPrefix(c.Line, "exit") })
	if len(named) > 0 {
		return named
	}
	for _, d := range left {
		named = append(named, d.Command)
	}
	return named
}

// separable finds the parts that a refusal is about, and whether what is declared
// can run without them.
func (s *Supervisor) separable(d *desired, r *refusal) bool {
	if d.whole == "" {
		return false
	}
	parts, ok := plan.PartsOf(r.lines, d.isOwn())
	if !ok {
		return false
	}
	known := d.omitted.parts()
	fresh := slices.DeleteFunc(slices.Clone(parts), func(p plan.Part) bool { return slices.Contains(known, p) })
	if d.trial == nil && len(fresh) == 0 {
		return false
	}
	if _, _, ok := plan.Without(d.whole, s.baseOf(d), slices.Concat(known, fresh)); !ok {
		return false
	}
	r.parts = fresh
	return true
}

// isOwn reports whether a command is of this project's own templates.
func (d *desired) isOwn() func(plan.Command) bool {
	if len(d.renderer.Overrides()) == 0 {
		return func(plan.Command) bool { return true }
	}
	known := map[string]bool{}
	if own, err := ownRenderer(); err == nil {
		if text, err := own.Text(d.config); err == nil {
			for line := range strings.Lines(text.Reveal()) {
				known[strings.TrimSpace(line)] = true
			}
		}
	}
	return func(c plan.Command) bool { return known[c.Line] }
}

// baseOf is the configuration whose form of a part is used in place of one that is
// left out: what ran before what is declared.
func (s *Supervisor) baseOf(d *desired) string {
	if s.omitted != nil && s.omitted.fingerprint == d.declared {
		return s.omitted.base
	}
	return s.goodText
}

// omit keeps the parts that a refusal is about out of what is declared.
func (s *Supervisor) omit(d *desired, r *refusal) {
	if s.omitted == nil || s.omitted.fingerprint != d.declared {
		s.omitted = &omissions{fingerprint: d.declared, base: s.goodText}
	}
	o := s.omitted
	bump := func(one *omission) {
		one.pause = max(s.Retry, min(2*one.pause, max(lastPause, s.Retry)))
		one.until, one.times = s.Now().Add(resting(one.pause)), one.times+1
	}
	if d.trial != nil {
		for i := range o.list {
			if one := &o.list[i]; one.Part == d.trial.Part {
				one.said = r.Error()
				if own := d.ofPart(r.lines, one.Part); len(own) > 0 {
					one.untaken = own
				}
				bump(one)
			}
		}
		return
	}
	o.runs = false
	for _, p := range r.parts {
		// It is tried as soon as the rest runs: it may be missing because of another one,
		// and FRR may have refused it for the moment only.
		one := omission{Part: p, said: r.Error(), untaken: d.ofPart(r.lines, p), times: 1}
		one.field = d.fieldOfPart(p, one.untaken)
		o.list = append(o.list, one)
	}
}

// ofPart returns those of some commands that are of a part.
func (d *desired) ofPart(commands []plan.Command, p plan.Part) []plan.Command {
	var list []plan.Command
	isOwn := d.isOwn()
	for _, c := range commands {
		if of, ok := plan.PartsOf([]plan.Command{c}, isOwn); ok && of[0] == p {
			list = append(list, c)
		}
	}
	return list
}

// omittedOf are the parts that what is declared is rendered without, and the one of
// them that is tried in this pass. What was left out of an earlier declaration
// is left out until the rest of this one runs, and then tried.
func (s *Supervisor) omittedOf(fingerprint, whole string) (*omissions, *omission) {
	o := s.omitted
	if o == nil {
		return nil, nil
	}
	if o.fingerprint != fingerprint {
		next := &omissions{fingerprint: fingerprint, base: s.goodText}
		for _, one := range o.list {
			if plan.Has(whole, one.Part) {
				one.until = time.Time{}
				next.list = append(next.list, one)
			}
		}
		if s.omitted = next; len(next.list) == 0 {
			s.omitted = nil
			return nil, nil
		}
		o = next
	}
	if !o.runs || s.mirrored != nil || s.doubt {
		return o, nil
	}
	if one := o.due(s.Now()); one != nil {
		tried := *one
		return o.but(one.Part), &tried
	}
	return o, nil
}

// without takes the parts that are left out of a rendered configuration.
func (d *desired) without(o *omissions) error {
	if o == nil || len(o.list) == 0 {
		return nil
	}
	text, left, ok := plan.Without(d.text.Reveal(), o.base, o.parts())
	if !ok {
		return errors.New("what is declared cannot run without what FRR refuses of it")
	}
	d.text, d.left, d.omitted = render.TextOf(text), left, o
	d.fingerprint += "-" + o.key()
	return nil
}

// fieldOfPart is the field of the spec that a part comes from, "" if it comes from
// none.
func (d *desired) fieldOfPart(p plan.Part, untaken []plan.Command) string {
	for _, c := range untaken {
		if field := d.fieldOf(c); field != "" {
			return field
		}
	}
	switch p.Kind {
	case plan.PeerPart:
		return d.fieldOf(plan.Command{Context: []string{"router bgp 0 vrf " + p.VRF}, Line: "neighbor " + p.Name})
	case plan.RouteMapPart:
		return policyOf(d.config, p.Name)
	case plan.RangePart:
		for _, i := range d.config.Instances() {
			for _, rg := range i.Ranges {
				if i.Device == p.VRF && rg.Prefix.String() == p.Name {
					return rg.Path
				}
			}
		}
	}
	return ""
}

// inPart is the refusal of what is left out of a configuration that runs otherwise.
func (d *desired) inPart() *refusal {
	r := &refusal{outcome: status.OutcomeRefusedInPart, final: true}
	var sentences []string
	for _, one := range d.omitted.list {
		sentences = append(sentences, one.said)
	}
	slices.Sort(sentences)
	instead := map[plan.Instead]string{plan.Nothing: "is left out", plan.Previous: "stays as it was", plan.RejectAll: "exchanges no routes in that direction"}
	var whats []string
	for _, l := range d.left {
		field := d.fieldOfPart(l.Part, nil)
		said := ""
		for _, one := range d.omitted.list {
			if one.Part == l.Part {
				field, said = cmp.Or(field, one.field), one.said
			}
		}
		r.left = append(r.left, status.LeftOut{Field: field, Part: l.Part.String(), Instead: string(l.Instead), Message: cmp.Or(said, sentences[0])})
		name := l.Part.String()
		if field != "" {
			name = field + " (" + name + ")"
		}
		whats = append(whats, name+" "+instead[l.Instead])
	}
	const most = 5
	if len(whats) > most {
		whats = append(whats[:most], fmt.Sprintf("and %d more", len(d.left)-most))
	}
	r.err = errors.New(strings.Join(whats, ", ") + ": " + strings.Join(slices.Compact(sentences), "; "))
	return r
}

// tried is a part that is being tried again, for the how manieth time.
type tried struct {
	plan.Part
	times int
}

// tryAgain says that a part is tried again, once for each time.
func (s *Supervisor) tryAgain(d *desired) {
	if d.trial == nil {
		return
	}
	if now := (tried{d.trial.Part, d.trial.times}); s.tried != now {
		s.tried = now
		s.Log.Info("trying again what FRR refused", "generation", d.generation(), "refusals", d.trial.times, "lines", sayAll(d.trial.untaken))
	}
}
