//go:build linux

package plan_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/k8frr/k8frr/integration/lab"
)

// TestCases replays each testdata/*.txtar, a transition between from.conf and
// to.conf that went wrong once. A name that ends in -frr-VERSION is for that
// version only.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test cases", err)
	}
	eachVersion(t, func(t *testing.T, v lab.Version) {
		n := start(t, lab.New(t).Host("node"), v)
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".txtar")
			if _, only, limited := strings.Cut(name, "-frr-"); limited && only != v.Name {
				continue
			}
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(name, func(t *testing.T) {
				from, to := string(archive.Files[0].Data), string(archive.Files[1].Data)
				if err := n.transition(t, from, to); err != nil {
					t.Error(err)
				}
				if err := n.transition(t, to, from); err != nil {
					t.Errorf("back: %v", err)
				}
			})
		}
	})
}
