package supervise

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/k8frr/k8frr/supervise/plan"
	"github.com/k8frr/k8frr/supervise/regular"
)

// operatorLines are the operator's lines that templates had FRR run. What no
// template prints any more is removed; lines that were entered manually are not.
// They are kept in a file, for an agent that comes later; frr.conf does not
// tell, because FRR's `write memory` puts everything there.
type operatorLines struct {
	path  string
	lines string // what the file holds
	// clean is the configuration for which nothing is left to take back.
	clean string
	// tries is how often FRR kept what it was told to take back.
	tries int
}

func (o *operatorLines) load() {
	text, _ := regular.Read(o.path, largestFile)
	o.lines = string(text)
}

// add remembers the operator's lines of a configuration, before FRR gets them.
func (o *operatorLines) add(text string) error { return o.keep(plan.Operator(o.lines, text)) }

// keep has the file hold the lines. Only its owner may read them.
func (o *operatorLines) keep(lines string) error {
	if lines == o.lines {
		return nil
	}
	if err := replacePrivate(o.path, []byte(lines)); err != nil {
		return fmt.Errorf("the lines that templates add could not be kept: %w", err)
	}
	o.lines, o.clean = lines, ""
	return nil
}

// takeBack removes from FRR, which runs what is wanted, the operator's lines
// that are not wanted any more. What FRR keeps all the same is told and left.
func (s *Supervisor) takeBack(ctx context.Context, running, wanted string) error {
	o := &s.operator
	if o.clean == wanted {
		return nil
	}
	if p := plan.TakeBack(running, o.lines, wanted); !p.Empty() {
		var err error
		if o.tries > 0 { // mgmtd (10.x) takes nothing back that it has lost, and bgpd or zebra has; both in one script would be no change to it
			err = s.Router.Apply(ctx, p.Inverse().Script())
		}
		err = errors.Join(err, s.Router.Apply(ctx, p.Script()))
		s.forget()
		if isLocked(err) || ctx.Err() != nil {
			return err
		}
		after, readErr := s.read(ctx)
		if readErr != nil {
			return readErr
		}
		left := plan.TakeBack(after, o.lines, wanted)
		if !left.Empty() {
			most := mostUnheard
			if errors.As(err, new(refusedCommand)) {
				most = 1 // for what stood behind a refused line
			}
			if o.tries++; o.tries <= most {
				return errors.Join(errors.New("FRR keeps lines that no template prints any more, and is told again"), err)
			}
			s.Log.Warn("FRR keeps lines that no template prints any more; remove them manually", "lines", strings.TrimSpace(left.String()), "error", err)
		} else {
			s.Log.Info("taken back what no template prints any more", "lines", len(p.Steps))
		}
	}
	if err := o.keep(plan.Operator(wanted)); err != nil {
		return err
	}
	o.clean, o.tries = wanted, 0
	return nil
}
