package render

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
)

var update = flag.Bool("update", false, "write what is rendered into testdata")

// TestGolden renders each testdata/*.txtar. An archive holds
//
//	input.yaml       BGPConfiguration, Node and Secret documents
//	kernel.yaml      what the kernel carries (optional)
//	frr.conf         what is expected for FRR 10.3, passwords included
//	frr-8.4.conf     what is expected for FRR 8.4 where it is not the same
//	notes            the expected notes, a line each
//	notes-8.4        those for FRR 8.4 where they are not the same
//	error            the expected error, in place of frr.conf
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			wanted, in := map[string]string{}, Input{}
			inputs := &txtar.Archive{Comment: archive.Comment}
			for _, f := range archive.Files {
				switch f.Name {
				case "input.yaml":
					in.Objects = parseObjects(t, f.Data)
				case "kernel.yaml":
					parseKernel(t, f.Data, &in)
				default:
					wanted[f.Name] = string(f.Data)
					continue
				}
				inputs.Files = append(inputs.Files, f)
			}
			got := renderCase(t, in)
			if *update {
				for _, name := range []string{"error", "notes", "notes-8.4", "frr.conf", "frr-8.4.conf"} {
					if text, ok := got[name]; ok {
						inputs.Files = append(inputs.Files, txtar.File{Name: name, Data: []byte(text)})
					}
				}
				if err := os.WriteFile(file, txtar.Format(inputs), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, name := range []string{"error", "notes", "notes-8.4", "frr.conf", "frr-8.4.conf"} {
				if got[name] != wanted[name] {
					t.Errorf("%s", diff.Diff("expected "+name, []byte(wanted[name]), "rendered "+name, []byte(got[name])))
				}
			}
		})
	}
}

// renderCase returns what a test case gives, by file name.
func renderCase(t *testing.T, in Input) map[string]string {
	t.Helper()
	got := map[string]string{}
	in.Dialect = FRR10
	config, notes, err := Resolve(in)
	if len(notes) > 0 {
		got["notes"] = noteLines(notes)
	}
	if err != nil {
		got["error"] = err.Error() + "\n"
		return got
	}
	got["frr.conf"] = mustText(t, config).Reveal()
	in.Dialect = FRR8
	config, notes, err = Resolve(in)
	if err != nil {
		t.Fatal(err)
	}
	if old := noteLines(notes); old != got["notes"] {
		got["notes-8.4"] = old
	}
	if old := mustText(t, config).Reveal(); old != got["frr.conf"] {
		got["frr-8.4.conf"] = old
	}
	return got
}

func noteLines(notes []Note) string {
	var lines strings.Builder
	for _, n := range notes {
		lines.WriteString(n.Reason + " " + n.String() + "\n")
	}
	return lines.String()
}

var renderer = sync.OnceValues(func() (*Renderer, error) { return NewRenderer(nil) })

func mustText(t testing.TB, c *Config) Text {
	t.Helper()
	r, err := renderer()
	if err != nil {
		t.Fatal(err)
	}
	text, err := r.Text(c)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func mustRender(t testing.TB, in Input) string {
	t.Helper()
	config, _, err := Resolve(in)
	if err != nil {
		t.Fatal(err)
	}
	return mustText(t, config).Reveal()
}

// parseObjects reads the documents of a test case. A field that does not exist
// is a mistake in the case.
func parseObjects(t testing.TB, data []byte) Objects {
	t.Helper()
	objects := Objects{Secrets: map[string]map[string]Secret{}}
	for _, document := range strings.Split(string(data), "---\n") {
		var kind metav1.TypeMeta
		strict := func(into any) {
			if err := yaml.UnmarshalStrict([]byte(document), into); err != nil {
				t.Fatal(err)
			}
		}
		if err := yaml.Unmarshal([]byte(document), &kind); err != nil {
			t.Fatal(err)
		}
		switch kind.Kind {
		case "BGPConfiguration":
			objects.Configuration = new(v1.BGPConfiguration)
			strict(objects.Configuration)
		case "Node":
			objects.Node = new(corev1.Node)
			strict(objects.Node)
		case "Secret":
			var s corev1.Secret
			strict(&s)
			values := map[string]Secret{}
			for k, v := range s.StringData {
				values[k] = NewSecret(v)
			}
			objects.Secrets[s.Name] = values
		default:
			t.Fatal(errors.New("no such kind: " + kind.Kind))
		}
	}
	return objects
}

// parseKernel reads what the kernel carries, and the router ID that sessions
// run on.
func parseKernel(t testing.TB, data []byte, in *Input) {
	t.Helper()
	var kernel struct {
		Links []Link
		Held  RouterID
	}
	if err := yaml.UnmarshalStrict(data, &kernel); err != nil {
		t.Fatal(err)
	}
	in.Links, in.Held = kernel.Links, kernel.Held
}
