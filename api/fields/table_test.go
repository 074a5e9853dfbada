package fields

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/fields.md")

const root = "../.."

func TestEveryFieldHasOneRow(t *testing.T) {
	rows := map[string]int{}
	for _, r := range Rows() {
		for _, f := range r.Fields {
			rows[f]++
		}
	}
	for _, name := range Names() {
		if rows[name] != 1 {
			t.Errorf("%s has %d rows", name, rows[name])
		}
		delete(rows, name)
	}
	for name := range rows {
		t.Errorf("%s is no field", name)
	}
}

func TestEveryRowSaysWhatBecomesOfItsFields(t *testing.T) {
	for _, r := range Rows() {
		if r.Becomes == "" || len(r.Proof) == 0 || r.Fate == Partly && r.Said == "" {
			t.Errorf("the row of %s is not complete", r.Fields[0])
		}
	}
}

// A proof is a file, or a test function in one.
func TestProofsExist(t *testing.T) {
	for _, r := range Rows() {
		for _, proof := range r.Proof {
			file, function, named := strings.Cut(proof, "#")
			text, err := os.ReadFile(filepath.Join(root, file))
			if err != nil {
				t.Errorf("%s: %v", r.Fields[0], err)
			} else if named && !strings.Contains(string(text), "func "+function+"(") {
				t.Errorf("%s: %s has no %s", r.Fields[0], file, function)
			}
		}
	}
}

// A proof mentions the fields that it is about, or is about all fields.
func TestProofsMentionTheirFields(t *testing.T) {
	for _, r := range Rows() {
		var text strings.Builder
		for _, proof := range r.Proof {
			file, _, _ := strings.Cut(proof, "#")
			content, _ := os.ReadFile(filepath.Join(root, file))
			text.Write(content)
		}
		for _, f := range r.Fields {
			name := f[strings.LastIndex(f, ".")+1:]
			if !strings.Contains(text.String(), name) && !strings.Contains(text.String(), "range fields.Names()") && !strings.Contains(text.String(), goName(f)) {
				t.Errorf("%s: no proof mentions it: %s", f, strings.Join(r.Proof, ", "))
			}
		}
	}
}

// goName is what a field may be called in Go.
func goName(field string) string {
	name := field[strings.LastIndex(field, ".")+1:]
	return strings.ToUpper(name[:1]) + name[1:]
}

func TestPage(t *testing.T) {
	file := filepath.Join(root, "docs/fields.md")
	if *update {
		if err := os.WriteFile(file, []byte(Page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), Page()); diff != "" {
		t.Errorf("docs/fields.md is not what the table says; go test ./api/fields -update (-page +table):\n%s", diff)
	}
}
