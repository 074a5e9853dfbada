package plan

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"
)

// rendered are all configurations that package render has as examples.
func rendered(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../render/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	texts := map[string]string{"nothing": "frr defaults traditional\n"}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if strings.HasSuffix(f.Name, ".conf") {
				texts[filepath.Base(file)+" "+f.Name] = string(f.Data)
			}
		}
	}
	return texts
}

// eachPair calls a test for pairs of rendered configurations: each with itself,
// and some hundreds of the others, each with many.
func eachPair(t *testing.T, test func(t *testing.T, from, to string)) {
	texts := rendered(t)
	names := sorted(texts)
	stride := 1 + len(names)*len(names)/400
	for i, a := range names {
		for j, b := range names {
			if i == j || (i*len(names)+j)%stride == 0 {
				t.Run(a+" to "+b, func(t *testing.T) { test(t, texts[a], texts[b]) })
			}
		}
	}
}

func TestPlansComeTrue(t *testing.T) {
	eachPair(t, func(t *testing.T, from, to string) {
		p := Between(from, to)
		if (from == to) != p.Empty() {
			t.Fatalf("the plan is\n%s", p)
		}
		m := &model{parse(from)}
		m.run(t, p.Script())
		expect(t, "wanted", (&model{parse(to)}).lines(), "after the plan", m.lines())
		m.run(t, p.Inverse().Script())
		expect(t, "before", (&model{parse(from)}).lines(), "after the inverse", m.lines())
	})
}

// FRR shows commands in an order of its own.
func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, text := range rendered(t) {
		t.Run(name, func(t *testing.T) {
			if p := Between(shuffled(r, parse(text), 0), text); !p.Empty() {
				t.Errorf("the plan is\n%s", p)
			}
		})
	}
}

// shuffled is the text of a configuration with its lines in any order, but as
// they are if r is nil.
func shuffled(r *rand.Rand, n *node, depth int) string {
	var text strings.Builder
	children := slices.Clone(n.children)
	if r != nil {
		r.Shuffle(len(children), func(i, j int) { children[i], children[j] = children[j], children[i] })
	}
	for _, c := range children {
		text.WriteString(strings.Repeat(" ", depth) + c.line + "\n" + shuffled(r, c, depth+1))
	}
	return text.String()
}

// A route map is there while something refers to it, and so is a list.
func TestMakeBeforeBreak(t *testing.T) {
	eachPair(t, func(t *testing.T, from, to string) {
		p := Between(from, to)
		m := &model{parse(from)}
		for i, s := range p.Steps {
			m.run(t, (&Plan{Steps: []Step{s}}).Script())
			if missing := dangling(m.root); missing != "" {
				t.Fatalf("after step %d there is no %s:\n%s", i+1, missing, p)
			}
		}
	})
}

// dangling returns a route map or list that is referred to and is not there.
func dangling(root *node) string {
	there, used := map[string]bool{}, []string{}
	var walk func(*node)
	walk = func(n *node) {
		words := strings.Fields(n.line)
		for i, w := range words {
			if i+1 == len(words) {
				break
			}
			switch what := w + " " + words[i+1]; {
			case w == "route-map" && i == 0:
				there[what] = true
			case w == "prefix-list" && i == 1:
				there[words[0]+" "+what] = true
			case w == "route-map":
				used = append(used, what)
			case w == "prefix-list":
				used = append(used, words[1]+" "+what)
			}
		}
		for _, c := range n.children {
			walk(c)
		}
	}
	walk(root)
	for _, u := range used {
		if !there[u] && u != "route-map delay-timer" {
			return u
		}
	}
	return ""
}

func TestNoPasswordIsShown(t *testing.T) {
	const secret = "hunter2"
	text := func(password string) string {
		return "router bgp 65001\n neighbor 10.0.0.1 remote-as 65000\n neighbor 10.0.0.1 password " + password + "\nexit\n"
	}
	for _, pair := range [][2]string{{"", text(secret)}, {text(secret), ""}, {text(secret), text("other")}, {text("other"), text(secret)}} {
		p := Between(pair[0], pair[1])
		var said strings.Builder
		for _, what := range []any{p, *p, p.Steps, p.Steps[len(p.Steps)-1], p.Inverse(), p.Inverse().Steps, p.Effects(), Differences(pair[0], pair[1]), Differences(pair[0], pair[1])[0]} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
				fmt.Fprintf(&said, verb+"\n", what)
			}
			slog.New(slog.NewTextHandler(&said, nil)).Info("text", "what", what)
			slog.New(slog.NewJSONHandler(&said, nil)).Info("JSON", "what", what)
		}
		for line := range strings.Lines(said.String()) {
			if strings.Contains(line, secret) || strings.Contains(line, fmt.Sprintf("%x", secret)) {
				t.Errorf("the password is in %s", line)
			}
		}
		script := strings.Join(append(p.Script(), p.Inverse().Script()...), "\n")
		if !strings.Contains(script, secret) {
			t.Errorf("the password is not in the scripts:\n%s", script)
		}
	}
}

func expect(t *testing.T, wantName string, want []string, gotName string, got []string) {
	t.Helper()
	text := func(lines []string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }
	if d := diff.Diff(wantName, text(want), gotName, text(got)); d != nil {
		t.Errorf("%s", d)
	}
}
