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
// to.conf that went wrong once, with by-hand.conf entered before and stays.conf
// kept of it. A name that ends in -frr-VERSION is for that version only.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test cases", err)
	}
	eachVersion(t, func(t *testing.T, v lab.Version) {
		l := lab.New(t)
		planned, fresh := start(t, l.Host("planned"), v), start(t, l.Host("fresh"), v)
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".txtar")
			if _, only, limited := strings.Cut(name, "-frr-"); limited && only != v.Name {
				continue
			}
			t.Run(name, func(t *testing.T) {
				tr := parse(t, file)
				if err := tr.judge(t, planned, fresh); err != nil {
					t.Error(err)
				}
				back := &transition{from: tr.wanted, wanted: tr.from}
				if err := back.judge(t, planned, fresh); err != nil {
					t.Errorf("back: %v", err)
				}
			})
		}
	})
}

func parse(t *testing.T, file string) *transition {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, f := range archive.Files {
		text[f.Name] = string(f.Data)
	}
	return &transition{text["from.conf"], text["to.conf"], text["by-hand.conf"], text["stays.conf"]}
}
