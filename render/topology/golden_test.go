package topology_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/k8frr/k8frr/api/manifest"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/render/topology"
)

var update = flag.Bool("update", false, "write what is drawn into testdata")

// TestGolden draws each testdata/*.txtar: input.yaml in every format.
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
			input := archive.Files[0]
			if input.Name != "input.yaml" {
				t.Fatalf("the first file is %s", input.Name)
			}
			drawn := build(t, string(input.Data))
			got := []txtar.File{
				input,
				{Name: "problems", Data: lines(drawn.Problems())},
				{Name: "graph.dot", Data: []byte(drawn.Dot())},
				{Name: "graph.mmd", Data: []byte(drawn.Mermaid())},
				{Name: "graph.svg", Data: []byte(drawn.SVG())},
			}
			if *update {
				out := txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: got})
				if err := os.WriteFile(file, out, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want := map[string][]byte{}
			for _, f := range archive.Files {
				want[f.Name] = f.Data
			}
			for _, f := range got {
				if d := diff.Diff("want", want[f.Name], "got", f.Data); d != nil {
					t.Errorf("%s:\n%s", f.Name, d)
				}
			}
		})
	}
}

func lines(s []string) []byte {
	var b bytes.Buffer
	for _, line := range s {
		b.WriteString(line + "\n")
	}
	return b.Bytes()
}

// build makes the topology of documents, a class for each node.
func build(t *testing.T, text string) *topology.Topology {
	t.Helper()
	documents, err := manifest.Read(strings.NewReader(text), "input.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := manifest.Collect(documents, "purelb-system")
	if err != nil {
		t.Fatal(err)
	}
	return topology.Build(set.Configurations[0], classes(t, set))
}

func classes(t *testing.T, set manifest.Set) []topology.Class {
	t.Helper()
	dialect, err := render.DialectOf("10.3")
	if err != nil {
		t.Fatal(err)
	}
	declared := render.Declared{Configurations: set.Configurations, Nodes: set.Nodes, Secrets: set.Secrets}
	var out []topology.Class
	for _, n := range set.Nodes {
		config, notes, err := render.Resolve(render.Input{
			Objects: declared.For(n.Name, "purelb-system", "default"), Dialect: dialect,
		})
		out = append(out, topology.Class{Nodes: set.Nodes[len(out) : len(out)+1], Config: config, Notes: notes, Err: err})
	}
	return out
}
