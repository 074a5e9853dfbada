package policy

import (
	"cmp"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
)

var update = flag.Bool("update", false, "write what is compiled into testdata")

// source is what the tests compile.
type source struct {
	DefinedSets       []v1.DefinedSet
	PolicyDefinitions []v1.PolicyDefinition
	ApplyPolicy       v1.ApplyPolicy

	// The subject, where it is not an external IPv4 neighbor of FRR 10.
	Family   v1.Family
	Peer     string
	Internal bool
	FRR8     bool
	Tail     bool
}

func (s source) compile() (Map, []Problem) {
	policies, problems := Read(s.DefinedSets, s.PolicyDefinitions)
	if len(problems) > 0 {
		return Map{}, problems
	}
	subject := Subject{
		Direction: Import, Family: cmp.Or(s.Family, v1.IPv4Unicast), External: !s.Internal, LocalASN: 65001, Tag: 7473,
		Learned: Learned{External: true}, Dialect: Dialect{DeletesExtCommunities: !s.FRR8},
	}
	if s.Peer != "unnumbered" {
		subject.Peer = netip.MustParseAddr(cmp.Or(s.Peer, "192.0.2.1"))
	}
	chain := s.ApplyPolicy.ImportPolicy
	if s.ApplyPolicy.ExportPolicy != nil {
		chain, subject.Direction = s.ApplyPolicy.ExportPolicy, Export
	}
	if chain == nil {
		chain = new(v1.PolicyAssignment)
	}
	var tail []Entry
	if s.Tail {
		tail = []Entry{{"permit", 60000, []string{"match community K8FRR-C-x", "set tag 5"}}, {"permit", 60010, nil}}
	}
	return policies.Compile(chain, subject, tail)
}

// show writes a map, or the problems, as a golden has it.
func show(m Map, problems []Problem) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintln(&b, p.Error())
	}
	for _, l := range m.Lists {
		for _, e := range l.Entries {
			fmt.Fprintln(&b, l.Line(e))
		}
	}
	for _, e := range m.Entries {
		fmt.Fprintf(&b, "route-map %s %s %d\n", m.Name, e.Action, e.Seq)
		for _, line := range e.Lines {
			fmt.Fprintf(&b, " %s\n", line)
		}
		b.WriteString("exit\n")
	}
	return b.String()
}

// TestGolden compiles each testdata/*.txtar: policy.yaml (a source) into frr.conf.
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
			got := show(parseSource(t, archive.Files[0].Data).compile())
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "frr.conf", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if wanted := string(archive.Files[1].Data); got != wanted {
				t.Errorf("%s", diff.Diff("expected", []byte(wanted), "compiled", []byte(got)))
			}
		})
	}
}

func parseSource(t testing.TB, data []byte) source {
	t.Helper()
	var s source
	if err := yaml.UnmarshalStrict(data, &s); err != nil {
		t.Fatal(err)
	}
	return s
}
