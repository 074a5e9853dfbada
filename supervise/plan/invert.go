package plan

import (
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// Irreversible are the steps that Inverse does not take back, in their order.
// The opening of an address family is none: what is entered in it takes itself
// back.
func (p *Plan) Irreversible() []Command {
	undone := map[string]bool{}
	for _, s := range p.Steps {
		for _, u := range s.Undo {
			undone[u.id()] = true
		}
	}
	var list []Command
	for _, s := range p.Steps {
		back := Command{s.Context, negate(s.Line)} // of an address family that goes, the last step takes all back
		if len(s.Undo) == 0 && !(s.Opens && isFamily(s.Line)) && !undone[back.id()] {
			list = append(list, s.Command)
		}
	}
	return list
}

// Operators are the steps that are about the operator's lines.
func (p *Plan) Operators() *Plan {
	theirs := &Plan{}
	for _, s := range p.Steps {
		if isForeign(s.Context, strings.TrimPrefix(s.Line, "no ")) {
			theirs.Steps = append(theirs.Steps, s)
		}
	}
	return theirs
}

// Mirror parts a plan into what the kernel asks for, whatever is declared, and
// the rest: mirrored routes, and entries of the list of those that only a list
// lets through, where another wanted configuration agrees. Where it does not,
// what is imported is about to change, which is part of the rest.
func (p *Plan) Mirror(other string) (mirror, rest *Plan) {
	mirror, rest = &Plan{}, &Plan{}
	var agreed *node // read when it is needed
	for _, s := range p.Steps {
		part := rest
		if s.mirrors() {
			if agreed == nil {
				agreed = parse(other)
			}
			if s.agrees(agreed) {
				part = mirror
			}
		}
		part.Steps = append(part.Steps, s)
	}
	return mirror, rest
}

// Relics enters what the plan takes back and is no part of a BGP instance. From
// 10.x on mgmtd takes nothing back that it does not know, and after its restart
// it knows less than zebra has: what it is told once more it can take back. It
// has to be a script of its own, as mgmtd weighs one as a whole.
func (p *Plan) Relics() *Plan {
	relics := &Plan{}
	for _, s := range p.Steps {
		if strings.HasPrefix(s.Line, "no ") && (len(s.Context) == 0 || partOf(s.Context[0]) != instances) && partOf(strings.TrimPrefix(s.Line, "no ")) != instances {
			relics.Steps = append(relics.Steps, s.Undo...)
		}
	}
	return relics
}

// Without is the plan less some of its commands.
func (p *Plan) Without(list []Difference) *Plan {
	if len(list) == 0 {
		return p
	}
	less := map[string]bool{}
	for _, d := range list {
		less[d.id()] = true
	}
	return &Plan{Steps: slices.DeleteFunc(slices.Clone(p.Steps), func(s Step) bool { return less[difference(s).id()] })}
}

// Differences says what the plan changes.
func (p *Plan) Differences() []Difference {
	var list []Difference
	for _, s := range p.Steps {
		list = append(list, difference(s))
	}
	return list
}

func difference(s Step) Difference {
	if positive, isNo := strings.CutPrefix(s.Line, "no "); isNo {
		if len(s.Undo) > 0 && strings.HasPrefix(s.Undo[0].Line, positive+" ") {
			positive = s.Undo[0].Line // the whole of what is there
		}
		return Difference{Command: Command{s.Context, positive}}
	}
	return Difference{Command: s.Command, Missing: true}
}

func (d Difference) id() string {
	if d.Missing {
		return d.Command.id()
	}
	return "no " + d.Command.id()
}

func (c Command) id() string { return strings.Join(append(slices.Clone(c.Context), c.Line), "\n") }

// Routes parts a plan into the mirrored routes that it takes back and the rest.
func (p *Plan) Routes() (gone, rest *Plan) {
	gone, rest = &Plan{}, &Plan{}
	for _, s := range p.Steps {
		if positive, isNo := strings.CutPrefix(s.Line, "no "); isNo && partOf(positive) == statics {
			gone.Steps = append(gone.Steps, s)
		} else {
			rest.Steps = append(rest.Steps, s)
		}
	}
	return gone, rest
}

// Portions are the plan in its order, with mirrored routes by themselves and at
// most so many of them at a time. A plan with no more than that is one portion.
func (p *Plan) Portions(most int) []*Plan {
	isRoute := func(s Step) bool { return partOf(strings.TrimPrefix(s.Line, "no ")) == statics }
	routes := 0
	for _, s := range p.Steps {
		if isRoute(s) {
			routes++
		}
	}
	if routes <= most {
		return []*Plan{p}
	}
	var list []*Plan
	for from := 0; from < len(p.Steps); {
		of := isRoute(p.Steps[from])
		to := from
		for to < len(p.Steps) && isRoute(p.Steps[to]) == of && (!of || to < from+most) {
			to++
		}
		list = append(list, &Plan{Steps: p.Steps[from:to]})
		from = to
	}
	return list
}

// Batches are the plan in pieces of at most so many steps.
func (p *Plan) Batches(most int) []*Plan {
	var list []*Plan
	for steps := range slices.Chunk(p.Steps, most) {
		list = append(list, &Plan{Steps: steps})
	}
	return list
}

// mirrors reports whether a step is about a mirrored route, or about an entry of
// the list that lets some of them through.
func (s Step) mirrors() bool {
	if len(s.Context) > 1 || len(s.Context) == 1 && !holds(s.Context[0]) {
		return false
	}
	line := strings.TrimPrefix(s.Line, "no ")
	_, list := listOf(line)
	return partOf(line) == statics || strings.HasPrefix(list, render.NamePrefix+"LISTED")
}

// agrees reports whether a configuration holds the line that a step enters, or
// lacks the one that it takes back.
func (s Step) agrees(with *node) bool {
	line, isNo := s.Line, strings.HasPrefix(s.Line, "no ")
	if isNo && len(s.Undo) > 0 {
		line = s.Undo[0].Line // the whole of it
	}
	for _, c := range s.Context {
		with = with.find(c)
	}
	return (with.find(line) == nil) == isNo
}

// Equal reports whether two differences are the same.
func (d Difference) Equal(other Difference) bool {
	return d.Missing == other.Missing && d.Line == other.Line && slices.Equal(d.Context, other.Context)
}
