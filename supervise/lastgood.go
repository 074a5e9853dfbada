package supervise

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/plan"
	"github.com/k8frr/k8frr/supervise/regular"
)

// lastGood keeps what FRR last ran with success in a file, for an agent that
// starts while what is declared cannot be had: FRR refuses it, a template is
// broken, or the API server is away. What kube-lb0 loses must not stay announced then.
type lastGood struct {
	path string
	// kept is what the file holds, as far as this process knows.
	kept *declared
}

// inTheOpen is declared with the secrets in the open, and the templates as texts.
type inTheOpen struct {
	Configuration *v1.BGPConfiguration         `json:"configuration,omitempty"`
	Node          *corev1.Node                 `json:"node,omitempty"`
	Secrets       map[string]map[string]string `json:"secrets,omitempty"`
	// SecretSelector is the one that the Secrets were read under.
	SecretSelector string            `json:"secretSelector,omitempty"`
	Templates      map[string]string `json:"templates,omitempty"`
	Without        *omittedInTheOpen `json:"without,omitempty"`
}

// omittedInTheOpen are omissions with the passwords that the base and commands have.
type omittedInTheOpen struct {
	Fingerprint string              `json:"fingerprint"`
	Base        string              `json:"base,omitempty"`
	Parts       []omissionInTheOpen `json:"parts"`
}

type omissionInTheOpen struct {
	plan.Part
	Field   string     `json:"field,omitempty"`
	Said    string     `json:"said,omitempty"`
	Untaken [][]string `json:"untaken,omitempty"` // each the contexts and the line
}

func (o *omissions) inTheOpen() *omittedInTheOpen {
	if o == nil {
		return nil
	}
	out := &omittedInTheOpen{Fingerprint: o.fingerprint, Base: o.base}
	for _, one := range o.list {
		p := omissionInTheOpen{Part: one.Part, Field: one.field, Said: one.said}
		for _, c := range one.untaken {
			p.Untaken = append(p.Untaken, append(slices.Clone(c.Context), c.Line))
		}
		out.Parts = append(out.Parts, p)
	}
	return out
}

// omissions are the parts as an agent that comes later has them: each is tried when
// the rest runs.
func (o *omittedInTheOpen) omissions() *omissions {
	if o == nil || len(o.Parts) == 0 {
		return nil
	}
	out := &omissions{fingerprint: o.Fingerprint, base: o.Base}
	for _, p := range o.Parts {
		one := omission{Part: p.Part, field: p.Field, said: p.Said, times: 1}
		for _, words := range p.Untaken {
			if last := len(words) - 1; last >= 0 {
				one.untaken = append(one.untaken, plan.Command{Context: words[:last], Line: words[last]})
			}
		}
		out.list = append(out.list, one)
	}
	return out
}

// load returns what an agent kept that ran before; nil if there is nothing
// that can be understood.
func (l *lastGood) load() *declared {
	text, err := regular.Read(l.path, largestFile)
	if err != nil {
		return nil
	}
	var g inTheOpen
	if err := json.Unmarshal(text, &g); err != nil {
		return nil
	}
	renderer, err := render.NewRenderer(g.Templates)
	if err != nil {
		return nil
	}
	o := render.Objects{Configuration: g.Configuration, Node: g.Node, Secrets: map[string]map[string]render.Secret{}, SecretSelector: g.SecretSelector}
	for name, values := range g.Secrets {
		o.Secrets[name] = make(map[string]render.Secret, len(values))
		for key, value := range values {
			o.Secrets[name][key] = render.NewSecret(value)
		}
	}
	l.kept = &declared{o, renderer, g.Without.omissions()}
	return l.kept
}

// keep has the file hold what is declared. Only its owner may read it.
func (l *lastGood) keep(d *declared) error {
	if l.kept != nil && reflect.DeepEqual(l.kept.objects, d.objects) && maps.Equal(l.kept.renderer.Overrides(), d.renderer.Overrides()) &&
		reflect.DeepEqual(l.kept.without.inTheOpen(), d.without.inTheOpen()) {
		return nil
	}
	o := d.objects
	g := inTheOpen{Configuration: o.Configuration, Node: o.Node, Secrets: make(map[string]map[string]string, len(o.Secrets)),
		SecretSelector: o.SecretSelector, Templates: d.renderer.Overrides(), Without: d.without.inTheOpen()}
	for name, values := range o.Secrets {
		g.Secrets[name] = make(map[string]string, len(values))
		for key, value := range values {
			if render.IsPassword(value) { // what is none has no business on the node
				g.Secrets[name][key] = value.Reveal()
			}
		}
	}
	text, err := json.Marshal(g)
	if err == nil {
		err = replacePrivate(l.path, text)
	}
	if err != nil {
		return fmt.Errorf("the objects that FRR runs could not be kept: %w", err)
	}
	l.kept = d
	return nil
}
