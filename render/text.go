package render

import (
	"bufio"
	"fmt"
	"io/fs"
	"strings"
	"text/template"

	"github.com/k8frr/k8frr/render/token"
	"github.com/k8frr/k8frr/templates"
)

// Text is a whole frr.conf. It may hold passwords, so that it prints redacted.
type Text struct{ text string }

// Reveal returns frr.conf as FRR must read it, passwords included.
func (t Text) Reveal() string { return t.text }

// String returns frr.conf with its passwords redacted.
func (t Text) String() string { return Redact(t.text) }

// Format implements fmt.Formatter, so that no verb shows a password.
func (t Text) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, t.String()) }

// Renderer turns resolved configurations into text.
type Renderer struct{ root *template.Template }

// NewRenderer parses templates: those of this project if sources is nil.
func NewRenderer(sources fs.FS) (*Renderer, error) {
	if sources == nil {
		sources = templates.FS
	}
	root, err := template.New("").Funcs(functions()).Option("missingkey=error").ParseFS(sources, "*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	if root.Lookup(templates.Root) == nil {
		return nil, fmt.Errorf("templates: none is named %q", templates.Root)
	}
	return &Renderer{root}, nil
}

// Text renders a configuration. The same configuration gives the same bytes.
func (r *Renderer) Text(c *Config) (Text, error) {
	var out strings.Builder
	if err := r.root.ExecuteTemplate(&out, templates.Root, newDocument(c)); err != nil {
		return Text{}, fmt.Errorf("templates: %w", err)
	}
	text := out.String()
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for n := 1; lines.Scan(); n++ {
		if err := token.Line(lines.Text()); err != nil {
			return Text{}, fmt.Errorf("frr.conf line %d: %q %w", n, Redact(lines.Text()), err)
		}
	}
	return Text{text}, nil
}
