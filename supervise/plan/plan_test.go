package plan

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the plans into testdata")

// TestPlans makes the plan of each testdata/*.txtar. An archive holds
//
//	running    what FRR shows
//	wanted     what it should run
//	plan       the steps with their effects, as an operator sees them
//	script     what FRR is told
//	inverse    what it is told to take that back
func TestPlans(t *testing.T) {
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
			text := map[string]string{}
			for _, f := range archive.Files {
				text[f.Name] = string(f.Data)
			}
			p := Between(text["running"], text["wanted"])
			got := map[string]string{
				"plan":    p.String(),
				"script":  joined(p.Script()),
				"inverse": joined(p.Inverse().Script()),
			}
			m := &model{parse(text["running"])}
			m.run(t, p.Script())
			if rest := Between(shuffled(nil, m.root, 0), text["wanted"]); !rest.Empty() {
				t.Errorf("after the plan there is more to do:\n%s", rest)
			}
			m.run(t, p.Inverse().Script())
			expect(t, "before", (&model{parse(text["running"])}).lines(), "after the inverse", m.lines())
			if *update {
				archive.Files = archive.Files[:2]
				for _, name := range []string{"plan", "script", "inverse"} {
					archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
				}
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for name, is := range got {
				if is != text[name] {
					t.Errorf("%s", diff.Diff("expected "+name, []byte(text[name]), name, []byte(is)))
				}
			}
		})
	}
}

func joined(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// BFD begins with its own profile, and not with the times that FRR has without one.
func TestProfileBeforeBFD(t *testing.T) {
	const wanted = "bfd\n profile K8FRR-BFD-1\n  transmit-interval 400\n exit\nexit\nrouter bgp 65000\n neighbor 10.0.0.1 remote-as 65001\n" +
		" neighbor 10.0.0.1 bfd profile K8FRR-BFD-1\n neighbor 10.0.0.1 bfd\nexit\n"
	p := Between("router bgp 65000\n neighbor 10.0.0.1 remote-as 65001\nexit\n", wanted)
	in := func(plan string, lines ...string) (places []int) {
		for _, line := range lines {
			places = append(places, strings.Index(plan, line))
		}
		return places
	}
	for name, places := range map[string][]int{
		"plan":    in(p.String(), "profile K8FRR-BFD-1", "neighbor 10.0.0.1 bfd profile K8FRR-BFD-1", "neighbor 10.0.0.1 bfd\n"),
		"inverse": in(p.Inverse().String(), "no neighbor 10.0.0.1 bfd profile", "no neighbor 10.0.0.1 bfd\n", "no profile K8FRR-BFD-1"),
	} {
		if !slices.IsSorted(places) || places[0] < 0 {
			t.Errorf("the %s is in another order: %v\n%s", name, places, p)
		}
	}
	if list := p.Irreversible(); len(list) > 0 {
		t.Errorf("irreversible is %v", list)
	}
}
