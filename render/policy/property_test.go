package policy

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/k8frr/k8frr/render/token"
)

// sources are the test cases.
func sources(t testing.TB) map[string]source {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test cases", err)
	}
	out := map[string]source{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[file] = parseSource(t, txtar.Parse(data).Files[0].Data)
	}
	return out
}

// The order of sets, and of members within sets, means nothing.
func TestShuffledSetsCompileTheSame(t *testing.T) {
	for file, s := range sources(t) {
		wanted := show(s.compile())
		if strings.Contains(wanted, "definedSets[") {
			continue // problems name members by their place
		}
		for seed := range uint64(20) {
			r := rand.New(rand.NewPCG(seed, 1))
			r.Shuffle(len(s.DefinedSets), func(i, j int) {
				s.DefinedSets[i], s.DefinedSets[j] = s.DefinedSets[j], s.DefinedSets[i]
			})
			for _, set := range s.DefinedSets {
				r.Shuffle(len(set.Prefixes), func(i, j int) { set.Prefixes[i], set.Prefixes[j] = set.Prefixes[j], set.Prefixes[i] })
				all := strings.Contains(file, "all")
				if !all { // each expression is an entry of its own, in the order of the set
					r.Shuffle(len(set.List), func(i, j int) { set.List[i], set.List[j] = set.List[j], set.List[i] })
				}
			}
			if got := show(s.compile()); got != wanted {
				t.Errorf("%s: with seed %d it is\n%s\nnot\n%s", file, seed, got, wanted)
			}
		}
	}
}

// A member that goes takes its own line along, and touches no other.
func TestAMemberThatGoesTakesItsLine(t *testing.T) {
	const policy = `
definedSets:
- {type: prefix, name: p, prefixes: [{ipPrefix: 10.0.0.0/8}, {ipPrefix: 10.1.0.0/16, maskLengthMin: 24}, {ipPrefix: 10.2.0.0/16}]}
- {type: community, name: c, list: ["65000:1", "65000:2", "no-export"]}
- {type: community, name: x, list: ["65000:1", "^65001:"]}
- {type: as-path, name: a, list: [_65002_, ^65003$, '^\d+$']}
- {type: large-community, name: l, list: ["1:2:3", "4:5:6"]}
- {type: ext-community, name: e, list: ["rt:65000:1", "soo:65000:1"]}
policyDefinitions:
- name: all
  statements:
  - conditions: {prefixSet: {name: p}, communitySet: {name: c}, asPathSet: {name: a}, largeCommunitySet: {name: l}, extCommunitySet: {name: e}}
    actions: {routeAction: reject}
  - conditions: {communitySet: {name: x, match: invert}}
    actions: {localPref: 5}
applyPolicy: {importPolicy: {policies: [all]}}`
	lines := func(s source) (string, []string) {
		m, problems := s.compile()
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		var out []string
		for _, l := range m.Lists {
			for _, e := range l.Entries {
				out = append(out, l.Line(e))
			}
		}
		return m.Name, out
	}
	name, before := lines(parseSource(t, []byte(policy)))
	for i := range 6 {
		for j := range 2 {
			s := parseSource(t, []byte(policy))
			set := &s.DefinedSets[i]
			if set.Type == prefixSet {
				set.Prefixes = slices.Delete(set.Prefixes, j, j+1)
			} else {
				set.List = slices.Delete(set.List, j, j+1)
			}
			newName, after := lines(s)
			if set.Name == "x" && j == 1 {
				continue // without its expression the list is of another kind
			}
			if newName != name {
				t.Errorf("%s %s: the map becomes %s", set.Type, set.Name, newName)
			}
			gone := slices.DeleteFunc(slices.Clone(before), func(l string) bool { return slices.Contains(after, l) })
			if len(gone) != 1 || len(after) != len(before)-1 {
				t.Errorf("%s %s: member %d takes %q along; %d of %d lines are left", set.Type, set.Name, j, gone, len(after), len(before))
			}
		}
	}
}

// wellFormed complains about what FRR could misread.
func wellFormed(t *testing.T, m Map) {
	t.Helper()
	if _, err := token.Word(m.Name); err != nil && len(m.Entries) > 0 {
		t.Errorf("name %q %v", m.Name, err)
	}
	if !strings.HasPrefix(m.Name, prefix) {
		t.Errorf("name %q is not ours", m.Name)
	}
	last := uint32(0)
	for _, e := range m.Entries {
		if e.Seq <= last || e.Seq > LastSeq && e.Seq < 60000 {
			t.Errorf("number %d after %d", e.Seq, last)
		}
		last = e.Seq
		for _, line := range e.Lines {
			if err := token.Line(line); err != nil || strings.Join(strings.Fields(line), " ") != line {
				t.Errorf("line %q %v", line, err)
			}
		}
	}
	if len(m.Entries) == 0 {
		t.Error("a map without entries permits everything or nothing")
	}
	for _, l := range m.Lists {
		if _, err := token.Word(l.Name); err != nil {
			t.Errorf("name %q %v", l.Name, err)
		}
		if len(l.Entries) == 0 {
			t.Errorf("%s is empty", l.Name)
		}
		for _, e := range l.Entries {
			if err := token.Line(l.Line(e)); err != nil || strings.Join(strings.Fields(l.Line(e)), " ") != l.Line(e) {
				t.Errorf("line %q %v", l.Line(e), err)
			}
		}
	}
}

func TestGoldensAreWellFormed(t *testing.T) {
	for file, s := range sources(t) {
		if m, problems := s.compile(); len(problems) == 0 {
			t.Run(filepath.Base(file), func(t *testing.T) { wellFormed(t, m) })
		}
	}
}

func TestTooManyEntries(t *testing.T) {
	s := parseSource(t, []byte(`
policyDefinitions: [{name: p, statements: [{conditions: {origin: egp}, actions: {localPref: 5}}]}]
applyPolicy: {importPolicy: {name: long}}`))
	for range LastSeq {
		s.ApplyPolicy.ImportPolicy.Policies = append(s.ApplyPolicy.ImportPolicy.Policies, "p")
	}
	if _, problems := s.compile(); len(problems) != 1 || !strings.Contains(problems[0].Text, "does not fit a route map") {
		t.Error(problems)
	}
	s.ApplyPolicy.ImportPolicy.Policies = s.ApplyPolicy.ImportPolicy.Policies[:LastSeq/2]
	m, problems := s.compile()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	wellFormed(t, m)
}
