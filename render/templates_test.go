package render

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// overridden renders a small configuration with a user's templates.
func overridden(t *testing.T, overrides map[string]string) (string, error) {
	t.Helper()
	r, err := NewRenderer(overrides)
	if err != nil {
		return "", err
	}
	text, err := r.Text(small())
	return text.Reveal(), err
}

// small is a configuration with one neighbor that has a password.
func small() *Config {
	c := &Config{Node: "worker-1", ASN: 65000, RouterID: RouterID{Address: netip.MustParseAddr("10.0.0.1")}, Dialect: FRR10}
	c.Neighbors = []Neighbor{{ID: "192.0.2.1", Address: netip.MustParseAddr("192.0.2.1"), PeerASN: 65001,
		Session: Session{Password: NewSecret(`se"cret`)}}}
	return c
}

func TestOverrides(t *testing.T) {
	plain, err := overridden(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  func(plain string) string
	}{
		{"none", map[string]string{}, func(p string) string { return p }},
		{"a file that defines nothing", map[string]string{"dir/kernel.tmpl": "{{/* nothing */}}\n"}, func(p string) string { return p }},
		{"one block", map[string]string{"mine.tmpl": `{{define "operator"}}access-list {{.Node}} seq 5 permit any
{{end}}`},
			func(p string) string { return p + "access-list worker-1 seq 5 permit any\n" }},
		{"a block by the name of its file", map[string]string{"dir/operator.tmpl": "access-list {{.Node}} seq 5 permit any\n"},
			func(p string) string { return p + "access-list worker-1 seq 5 permit any\n" }},
		{"an empty block", map[string]string{"mine.tmpl": `{{define "kernel"}}{{end}}`},
			func(p string) string { return p[:strings.Index(p, "ip protocol bgp")] }},
		{"a block of the user's own", map[string]string{"a.tmpl": `{{define "operator"}}{{if .Node}}{{template "mine" .}}{{end}}{{end}}`,
			"b.tmpl": `{{define "mine"}}access-list MINE seq {{len .Node}} permit any{{"\n"}}{{end}}`},
			func(p string) string { return p + "access-list MINE seq 8 permit any\n" }},
		{"a block in place", map[string]string{"operator.tmpl": `{{block "extra" .}}access-list MINE seq 5 permit any` + "\n{{end}}"},
			func(p string) string { return p + "access-list MINE seq 5 permit any\n" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := overridden(t, tt.files)
			if err != nil {
				t.Fatal(err)
			}
			if want := tt.want(plain); got != want {
				t.Errorf("rendered\n%s\nnot\n%s", got, want)
			}
		})
	}
}

// What is wrong is said with file, line and, but for mistakes of syntax, column.
func TestBrokenOverrides(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"syntax", map[string]string{"dir/operator.tmpl": "{{define \"operator\"}}\n{{if}}\n{{end}}"},
			[]string{"dir/operator.tmpl:2: missing value for if"}},
		{"function", map[string]string{"operator.tmpl": "\n\n{{env \"HOME\"}}"},
			[]string{`operator.tmpl:3: function "env" not defined`}},
		{"name", map[string]string{"mine.tmpl": "\n {{define \"oprator\"}}x{{end}}"},
			[]string{`mine.tmpl:2:`, `nothing calls the block "oprator"`, "the blocks that can be replaced are address-family, ", " operator, "}},
		{"name of a file", map[string]string{"oprator.tmpl": "x"},
			[]string{`oprator.tmpl:1:0: nothing calls the block "oprator"`}},
		{"a call of nothing", map[string]string{"operator.tmpl": "{{with .Node}}{{else}}\n{{template \"mine\"}}{{end}}"},
			[]string{`operator.tmpl:2:11: there is no block "mine"`}},
		{"two files", map[string]string{"a.tmpl": `{{define "operator"}}a{{end}}`, "b.tmpl": `{{define "operator"}}b{{end}}`},
			[]string{`b.tmpl:1:21: the block "operator" is in a.tmpl as well`}},
		{"twice", map[string]string{"operator.tmpl": `{{define "operator"}}a{{end}} b`},
			[]string{`operator.tmpl: the block "operator" is defined, and there is text outside`}},
		{"field", map[string]string{"operator.tmpl": "\n  {{.Nod}}"},
			[]string{`operator.tmpl:2:4: executing`, "can't evaluate field Nod"}},
		{"panic", map[string]string{"operator.tmpl": "{{slice .Node 7 99}}"}, []string{`operator.tmpl:1:2: executing`}},
		{"endless", map[string]string{"operator.tmpl": "{{template \"operator\" .}}"}, []string{"operator.tmpl:1:0:", "blocks call each other more than 100 levels deep"}},
		{"line", map[string]string{"operator.tmpl": "access-list {{\"a\\rb\"}}\n"}, []string{`"access-list a\rb" contains a control character`}},
		{"pipe", map[string]string{"operator.tmpl": "banner | x\n"}, []string{"contains a | before a blank"}},
		{"long", map[string]string{"operator.tmpl": "{{repeat 5000 \"x\"}}\n"}, []string{"is 5000 bytes long"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, err := overridden(t, tt.files)
			if err == nil {
				t.Fatalf("rendered\n%s", text)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

// Errors keep passwords to themselves, whatever a template does with them.
func TestErrorsConcealPasswords(t *testing.T) {
	for _, how := range []string{
		`{{range .Config.Neighbors}}{{fail .Password.Reveal}}{{end}}`,
		`{{range .Config.Neighbors}}{{fail (quote .Password.Reveal)}}{{end}}`,
		`{{range .Config.Neighbors}}key {{.Password.Reveal}} | x{{end}}`,
	} {
		_, err := overridden(t, map[string]string{"operator.tmpl": how})
		if err == nil {
			t.Fatalf("%s is no error", how)
		}
		if !strings.Contains(err.Error(), Redacted) || strings.Contains(err.Error(), "cret") {
			t.Errorf("%s: %v", how, err)
		}
	}
}

// A template cannot change what it is given.
func TestTemplatesDoNotChangeTheDocument(t *testing.T) {
	r, err := NewRenderer(map[string]string{"operator.tmpl": "{{$x := sortAlpha .Import.Interfaces}}{{$y := reverse .Import.Interfaces}}"})
	if err != nil {
		t.Fatal(err)
	}
	c := small()
	c.Import.Interfaces = []string{"b", "c", "a"}
	if _, err := r.Text(c); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Import.Interfaces, []string{"b", "c", "a"}) {
		t.Errorf("the interfaces are now %v", c.Import.Interfaces)
	}
}
