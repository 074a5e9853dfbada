package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const minimal = "apiVersion: bgp.purelb.io/v1\nkind: BGPConfiguration\nmetadata: {name: default}\nspec: {global: {asn: 65000}}\n"

// Whatever is in a file, the answer is a sentence about it, soon.
func TestOddFiles(t *testing.T) {
	big := strings.Repeat("# "+strings.Repeat("x", 1022)+"\n", 50<<10)
	for name, odd := range map[string]struct {
		text string
		says string // of the error; "" for none
	}{
		"empty":              {"", "there is no BGPConfiguration"},
		"only comments":      {"# nothing\n---\n# here\n", "there is no BGPConfiguration"},
		"not UTF-8":          {minimal + "# caf\xe9\n", "odd.yaml:5: is not UTF-8 text"},
		"UTF-16":             {"\xff\xfek\x00i\x00n\x00d\x00", "odd.yaml:1: is not UTF-8 text"},
		"NUL":                {"kind: \x00\n", "odd.yaml:1: is not YAML"},
		"tabs":               {"kind:\n\tx\n", "odd.yaml:2: is not YAML: found character that cannot start any token"},
		"CRLF":               {strings.ReplaceAll(minimal, "\n", "\r\n"), ""},
		"byte order mark":    {"\xef\xbb\xbf" + minimal, ""},
		"duplicate key":      {minimal + "kind: BGPConfiguration\n", `odd.yaml:5: is not YAML: key "kind" already set in map`},
		"list of nothing":    {"[]", "odd.yaml:1: is not a Kubernetes object"},
		"a number":           {"42", "odd.yaml:1: is not a Kubernetes object"},
		"no kind":            {"a: b\n", "odd.yaml:1: is not a Kubernetes object: apiVersion and kind are required"},
		"another version":    {strings.Replace(minimal, "/v1", "/v9", 1), `no kind "BGPConfiguration" in "bgp.purelb.io/v9"`},
		"unknown field":      {strings.Replace(minimal, "asn", "asm", 1), `odd.yaml:4: BGPConfiguration default: unknown field "spec.global.asm", did you mean asn?`},
		"a wrong type":       {strings.Replace(minimal, "65000", "[]", 1), "odd.yaml:4: BGPConfiguration default: spec.global.asn: "},
		"bombs of aliases":   {"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n", "excessive aliasing"},
		"deep nesting":       {strings.Repeat("[", 20000), "is not YAML"},
		"foreign objects":    {"{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {whatever: [1]}}\n---\n{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization}\n---\n" + minimal, ""},
		"50 MB of comments":  {big + minimal, ""},
		"50 MB in one value": {"kind: ConfigMap\napiVersion: v1\ndata:\n  x: |\n" + strings.Repeat("    "+strings.Repeat("y", 1019)+"\n", 50<<10) + "---\n" + minimal, ""},
		"50 MB of a mistake": {"kind: &a b: c\n" + big, "odd.yaml:1: is not YAML"},
		"Helm's braces":      {"{{- if .Values.bgp }}\n" + minimal + "{{- end }}\n", "odd.yaml:1: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "odd.yaml")
			if err := os.WriteFile(file, []byte(odd.text), 0o600); err != nil {
				t.Fatal(err)
			}
			commands := []string{"validate --node n -f", "render --node n -f", "diff --node n " + file, "graph --node n -f"}
			if len(odd.text) > 1<<20 {
				commands = commands[:1]
			}
			for _, command := range commands {
				var stdout, stderr bytes.Buffer
				begun := time.Now()
				status := run(append(strings.Fields(command), file), nil, &stdout, &stderr)
				if took := time.Since(begun); took > 2*time.Minute {
					t.Errorf("%s: took %s", command, took)
				}
				said := stderr.String() + stdout.String()
				switch {
				case strings.Contains(said, "goroutine "):
					t.Fatalf("%s: %s", command, said)
				case odd.says == "" && status != statusOK:
					t.Errorf("%s: status %d: %s", command, status, said)
				case odd.says != "" && (status == statusOK || !mentions(said, odd.says)):
					t.Errorf("%s: status %d, said %.300s, want %s", command, status, said, odd.says)
				}
			}
		})
	}
}

// mentions looks for a sentence, in which validate says the column and its
// severity, too.
func mentions(said, sentence string) bool {
	place, rest, located := strings.Cut(sentence, ": ")
	return strings.Contains(said, sentence) || located && strings.Contains(said, place+":") && strings.Contains(said, strings.TrimSpace(rest))
}

// A directory may hold anything.
func TestOddDirectory(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"bgp.yaml": minimal, "node.yml": "{apiVersion: v1, kind: Node, metadata: {name: first}}", "values.json": `{"kind": "ConfigMap", "apiVersion": "v1"}`,
		"README.md": "\xff", ".hidden.yaml": "kind: x\napiVersion: v1\n", "below/deeper/node.yaml": "{apiVersion: v1, kind: Node, metadata: {name: second}}",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for flags, nodes := range map[string]int{"": 1, "-R ": 2} {
		var stdout, stderr bytes.Buffer
		if status := run(strings.Fields(fmt.Sprintf("render %s-f %s", flags, dir)), nil, &stdout, &stderr); status != statusOK {
			t.Fatal(stderr.String())
		}
		if got := strings.Count(stdout.String(), "! frr.conf of node"); got != nodes {
			t.Errorf("render %s: %d nodes, want %d", flags, got, nodes)
		}
	}
}
