package render

import (
	"maps"
	"slices"

	"github.com/k8frr/k8frr/render/policy"
)

// effects collects what the statements of policies do for the neighbors that
// they are applied to.
type effects struct {
	// matching reports of each statement that was compiled whether it can match
	// a route of any neighbor.
	matching map[string]bool
	asksPath map[string]bool
	futile   []policy.Problem
}

func newEffects() *effects { return &effects{matching: map[string]bool{}, asksPath: map[string]bool{}} }

// Statement is called by the compiler.
func (e *effects) Statement(field string, canMatch, asksPath bool) {
	e.matching[field] = e.matching[field] || canMatch
	e.asksPath[field] = asksPath
}

// Futile is called by the compiler.
func (e *effects) Futile(p policy.Problem) { e.futile = append(e.futile, p) }

// noteFutile adds a note for each statement and action without effect.
func (r *resolver) noteFutile(e *effects) {
	for _, field := range slices.Sorted(maps.Keys(e.matching)) {
		if e.matching[field] {
			continue
		}
		hint := ""
		if e.asksPath[field] {
			hint = ": on export to an external neighbor the AS path is compared as that one receives it, the own AS first"
		}
		r.note("spec."+field, "NoEffect", "matches no route of the neighbors that it is applied to%s", hint)
	}
	for _, p := range e.futile {
		r.note("spec."+p.Field, "NoEffect", "%s", p.Text)
	}
}
