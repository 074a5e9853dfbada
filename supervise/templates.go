package supervise

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/k8frr/k8frr/render"
)

// Templates are what frr.conf is made with.
type Templates interface {
	// Renderer returns the one of the templates as they are now.
	Renderer(context.Context) (*render.Renderer, error)
	// Warnings are sentences about what is wrong, while Renderer works.
	Warnings() []string
	// Watch calls notify after every change, until the context ends.
	Watch(ctx context.Context, notify func()) error
}

// embedded are this project's own templates.
type embedded struct{}

var ownRenderer = sync.OnceValues(func() (*render.Renderer, error) { return render.NewRenderer(nil) })

func (embedded) Renderer(context.Context) (*render.Renderer, error) { return ownRenderer() }

func (embedded) Warnings() []string { return nil }

func (embedded) Watch(context.Context, func()) error { return nil }

// declared is what the text of frr.conf follows from, besides the kernel.
type declared struct {
	objects render.Objects
	// renderer may be nil as long as there is no configuration to render.
	renderer *render.Renderer
	// without are the parts of it that FRR does not take; nil if it runs as a whole.
	without *omissions
}

// overridden says of lines that FRR does not take which templates they may come
// from; "" if they are this project's own.
func (d *desired) overridden(lines []string) string {
	overrides := d.renderer.Overrides()
	if d.config == nil || len(overrides) == 0 {
		return ""
	}
	own, err := ownRenderer()
	if err != nil {
		return ""
	}
	text, err := own.Text(d.config)
	if err != nil {
		return ""
	}
	known := map[string]bool{}
	for line := range strings.Lines(text.Reveal()) {
		known[strings.TrimSpace(line)] = true
	}
	if !slices.ContainsFunc(lines, func(l string) bool { return !known[strings.TrimSpace(l)] }) {
		return ""
	}
	var names []string
	for file := range overrides {
		names = append(names, path.Base(file))
	}
	slices.Sort(names)
	return "this is not of k8frr's own templates but of those that override them (" + strings.Join(names, ", ") +
		"), where a line has to be as FRR's show running-config shows it"
}
