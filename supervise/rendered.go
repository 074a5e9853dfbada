package supervise

import (
	"reflect"

	"github.com/k8frr/k8frr/render"
)

// renderings are the last ones, so that a pass renders only what is another: the
// configuration without what the kernel has is another only if something else is
// declared.
type renderings struct {
	bare [2]*rendering // of what is declared, and of the last good
	full *rendering
}

// rendering is what became of an input.
type rendering struct {
	in       render.Input
	with     *render.Renderer
	routerID render.RouterID
	text     render.Text
	hash     string
	// config and notes are kept of a full one only: they are large.
	config *render.Config
	notes  []render.Note
}

func (r *rendering) of(in *render.Input, with *render.Renderer) bool {
	// Prepared are large, and made once for each configuration.
	return r != nil && r.with == with && r.in.Prepared == in.Prepared && r.in.Configuration == in.Configuration && reflect.DeepEqual(&r.in, in)
}

// renderBare renders an input without links.
func (s *Supervisor) renderBare(in render.Input, with *render.Renderer) (*rendering, error) {
	known := &s.renderings.bare
	for i, r := range known {
		if r.of(&in, with) {
			known[0], known[i] = r, known[0]
			return r, nil
		}
	}
	d, err := rendered(in, with)
	if err != nil {
		return nil, err
	}
	r := &rendering{in: in, with: with, routerID: d.config.RouterID, text: d.text, hash: d.text.Hash()}
	known[1], known[0] = known[0], r
	return r, nil
}

// renderFull renders an input.
func (s *Supervisor) renderFull(in render.Input, with *render.Renderer) (*desired, error) {
	r := s.renderings.full
	if !r.of(&in, with) {
		d, err := rendered(in, with)
		if err != nil {
			return nil, err
		}
		r = &rendering{in: in, with: with, text: d.text, config: d.config, notes: d.notes}
		s.renderings.full = r
	}
	return &desired{config: r.config, renderer: with, text: r.text, notes: r.notes}, nil
}
