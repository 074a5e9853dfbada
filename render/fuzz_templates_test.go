package render_test

import (
	"io/fs"
	"testing"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/templates"
)

// FuzzOverrides: whatever an operator's template says, it is taken or refused.
func FuzzOverrides(f *testing.F) {
	files, err := fs.Glob(templates.FS, "*.tmpl")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(templates.FS, file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file, string(text))
	}
	f.Add("bgp.tmpl", `{{define "x"}}{{template "x"}}{{end}}{{template "x"}}`)
	f.Add("\x1b.tmpl", "{{/*\xff*/}}{{ .\u202e }}")
	f.Add("", "{{if}}{{end}}{{block \"\" .}}")
	f.Fuzz(func(t *testing.T, name, text string) {
		overrides := map[string]string{name: text}
		r, err := render.NewRenderer(overrides)
		if (r == nil) != (err != nil) {
			t.Errorf("%v and %v", r, err)
		}
		if err == nil && r.Overrides()[name] != text {
			t.Errorf("the override %q is another", name)
		}
	})
}
