// Package plan finds the way from the configuration that FRR runs to the one
// that it should run: the fewest commands, in an order that hurts no one, each
// with its inverse and with what it does to sessions.
//
// Both sides are texts, because texts are what FRR takes and gives. A plan is
// made from what was observed, never from what is remembered, so that it is
// empty exactly when there is nothing to do.
package plan

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// Command is a configuration command and the contexts, from the outside in,
// that it is entered in. It may carry a password and prints redacted.
type Command struct {
	Context []string
	Line    string
}

// String returns the command as an operator would write it down, on one line.
func (c Command) String() string {
	return render.Redact(strings.Join(append(slices.Clone(c.Context), c.Line), " / "))
}

// Format keeps every verb from showing a password.
func (c Command) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue implements slog.LogValuer.
func (c Command) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText keeps JSON, and what logs in JSON, from showing a password.
func (c Command) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Step is one command of a plan.
type Step struct {
	Command
	// Opens says that the command enters a context of its own.
	Opens bool
	// Undo takes the step back.
	Undo []Step
	// parting says that a peer goes with this step, last of its instance. It
	// comes back last, too, when the instance's defaults are as they were.
	parting bool
	// hold has edited policies wait for the rest of the plan, from this step on.
	hold bool
	// pace, unless "", is the command for bgpd's usual delay before an edited
	// policy acts, which is skipped once after this step.
	pace string
	// Effects are what the step does to sessions, sorted by peer.
	Effects []Effect
}

// Plan is a list of steps in the order in which they are taken.
type Plan struct{ Steps []Step }

// Empty says that there is nothing to do.
func (p *Plan) Empty() bool { return len(p.Steps) == 0 }

// Inverse is the plan that takes this one back.
func (p *Plan) Inverse() *Plan {
	inverse, parting := &Plan{}, &Plan{}
	for _, s := range slices.Backward(p.Steps) {
		to := inverse
		if s.parting {
			to = parting
		}
		to.Steps = append(to.Steps, s.Undo...)
	}
	inverse.Steps = append(inverse.Steps, parting.Steps...)
	return inverse
}

// Parts are the plan in two: up to where a session ends permanently, and the rest.
// What FRR refuses of the first then costs no session of the second. A plan
// that ends none is one part.
func (p *Plan) Parts() []*Plan {
	ends := func(s Step) bool {
		return slices.ContainsFunc(s.Effects, func(e Effect) bool { return e.Kind == Removed })
	}
	if i := slices.IndexFunc(p.Steps, ends); i > 0 {
		return []*Plan{{Steps: p.Steps[:i]}, {Steps: p.Steps[i:]}}
	}
	return []*Plan{p}
}

// Script returns the plan as lines for vtysh, entering each context once for
// all steps in a row that need it. It may carry passwords.
func (p *Plan) Script() []string {
	var script, at []string
	leaveTo := func(depth int) {
		for len(at) > depth {
			script = append(script, strings.Repeat(" ", len(at)-1)+exit(at[len(at)-1]))
			at = at[:len(at)-1]
		}
	}
	enter := func(line string) {
		script = append(script, strings.Repeat(" ", len(at))+line)
		at = append(at, line)
	}
	for _, s := range p.Steps {
		if s.hold {
			leaveTo(0)
			script = append(script, hold)
		}
		common := 0
		for common < len(at) && common < len(s.Context) && at[common] == s.Context[common] {
			common++
		}
		if s.Opens && common == len(s.Context) && len(at) > common && at[common] == s.Line {
			continue // already within the context that this would open
		}
		leaveTo(common)
		for _, c := range s.Context[common:] {
			enter(c)
		}
		if s.Opens {
			enter(s.Line)
		} else {
			script = append(script, strings.Repeat(" ", len(at))+s.Line)
		}
		if s.pace != "" { // to set no delay is to have it over
			leaveTo(0)
			script = append(script, noPace, s.pace)
		}
	}
	leaveTo(0)
	return script
}

// The delay before an edited policy acts, in seconds: none, which has the one
// that runs over, and more than a plan takes.
const (
	noPace = "bgp route-map delay-timer 0"
	hold   = "bgp route-map delay-timer 60"
)

// exit is the command that leaves a context.
func exit(context string) string {
	if isFamily(context) {
		return "exit-address-family"
	}
	return "exit"
}

// OnlyBGP says that the plan changes nothing but BGP instances, of which no
// daemon but bgpd knows.
func (p *Plan) OnlyBGP() bool {
	for _, s := range p.Steps {
		outermost := strings.TrimPrefix(s.Line, "no ")
		if len(s.Context) > 0 {
			outermost = s.Context[0]
		}
		if partOf(outermost) != instances {
			return false
		}
	}
	return !p.Empty()
}

// String lists the steps, each with its effects, passwords redacted.
func (p *Plan) String() string {
	var out strings.Builder
	for _, s := range p.Steps {
		fmt.Fprintf(&out, "%s", s.Command)
		for _, e := range s.Effects {
			fmt.Fprintf(&out, "  (%s)", e)
		}
		out.WriteByte('\n')
	}
	return out.String()
}
