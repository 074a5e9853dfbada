package supervise

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/k8frr/k8frr/render"
)

// discretion takes the passwords of the sessions out of whatever this package
// says: logs, status, events. It knows those of what is declared, and those of
// what was declared before, which FRR may still run.
type discretion struct {
	mu          sync.Mutex
	now, before []render.Secret
}

// learn is told every configuration that is rendered.
func (d *discretion) learn(c *render.Config) {
	passwords := render.Passwords(c)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case slices.Equal(passwords, d.now):
	case slices.Equal(passwords, d.before): // it is gone back to the last good one
		d.now, d.before = d.before, d.now
	default:
		d.now, d.before = passwords, d.now
	}
}

// hide takes the passwords out of a text.
func (d *discretion) hide(text string) string {
	d.mu.Lock()
	secrets := slices.Concat(d.now, d.before)
	d.mu.Unlock()
	return render.Conceal(text, secrets)
}

// hideIn takes them out of notes.
func (d *discretion) hideIn(notes []render.Note) []render.Note {
	hidden := slices.Clone(notes)
	for i := range hidden {
		hidden[i].Message = d.hide(hidden[i].Message)
	}
	return hidden
}

// discreetLog takes the passwords out of log records before they are written.
type discreetLog struct {
	slog.Handler
	*discretion
}

// Handle implements slog.Handler.
func (l discreetLog) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, l.hide(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(l.attribute(a))
		return true
	})
	return l.Handler.Handle(ctx, clean)
}

// WithAttrs implements slog.Handler.
func (l discreetLog) WithAttrs(list []slog.Attr) slog.Handler {
	var clean []slog.Attr
	for _, a := range list {
		clean = append(clean, l.attribute(a))
	}
	return discreetLog{l.Handler.WithAttrs(clean), l.discretion}
}

// WithGroup implements slog.Handler.
func (l discreetLog) WithGroup(name string) slog.Handler {
	return discreetLog{l.Handler.WithGroup(name), l.discretion}
}

// attribute makes what is shown of a value a text, if it may have a password.
func (l discreetLog) attribute(a slog.Attr) slog.Attr {
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, l.hide(v.String()))
	case slog.KindAny:
		return slog.String(a.Key, l.hide(fmt.Sprint(v.Any())))
	default:
		return a
	}
}
