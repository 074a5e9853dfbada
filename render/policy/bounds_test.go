package policy

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// allocated returns how many bytes a function allocates, which is more than it
// ever holds and does not depend on the machine.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// repeated is a regular expression that takes length bytes and, written out,
// three hundred times as many nodes.
func repeated(length int) string {
	var b strings.Builder
	for i := 0; b.Len() < length; i++ {
		fmt.Fprintf(&b, "%d{999}", i%10)
	}
	return b.String()
}

// TestExpressionsAreBounded checks what a regular expression costs before it is
// refused, of each kind that can hold one.
func TestExpressionsAreBounded(t *testing.T) {
	many := func(n int, one string) []string {
		var list []string
		for i := range n {
			list = append(list, one+fmt.Sprint(i))
		}
		return list
	}
	var alternatives []string
	for i := range 30 {
		alternatives = append(alternatives, fmt.Sprint(64512+i))
	}
	slow := "^" + strings.Repeat("(1|23)", 40) + "(" + strings.Join(alternatives, "|") + ")*"
	for name, list := range map[string][]string{
		"one long":          {repeated(18_000)},
		"many short":        many(300, repeated(480)),
		"nested":            many(300, "((((1{9}){9}){9}){9}){9}"),
		"alternatives":      many(300, "("+strings.Repeat("1|", 250)+"2){2}"),
		"optional":          many(300, strings.Repeat("1?", 250)),
		"accepted and slow": many(300, slow),
		"separators":        many(300, strings.Repeat("_", 35)),
		"classes":           many(300, strings.Repeat(`\pL`, 160)),
		"fewer classes":     many(300, strings.Repeat(`\pL`, 30)),
	} {
		for _, kind := range []string{pathSet} {
			set := v1.DefinedSet{Type: kind, Name: "s"}
			for _, member := range list {
				if kind == extSet {
					member = "rt:" + member
				}
				set.List = append(set.List, member)
			}
			spec := &v1.BGPConfigurationSpec{DefinedSets: []v1.DefinedSet{set}}
			var problems []Problem
			if took := allocated(func() { problems = Check(spec) }); took > 500<<20 {
				t.Errorf("%s in a set of type %s: %d MB allocated", name, kind, took>>20)
			}
			if len(problems) > mostProblems {
				t.Errorf("%s in a set of type %s: %d problems", name, kind, len(problems))
			}
		}
	}
}

// TestLongSets checks that sets that a router may need are within the bounds: 1,500 members of 400
// bytes each.
func TestLongSets(t *testing.T) {
	set := v1.DefinedSet{Type: pathSet, Name: "s"}
	for i := range 1500 {
		set.List = append(set.List, fmt.Sprintf("^%s(%s)*_%d$", strings.Repeat("(1|23)", 40), strings.Repeat("64512|", 29)+"64999", 64512+i))
	}
	if problems := Check(&v1.BGPConfigurationSpec{DefinedSets: []v1.DefinedSet{set}}); len(problems) > 0 {
		t.Errorf("%d problems, the first is %v", len(problems), problems[0])
	}
}

// TestRefusedExpressions checks that bounds say what they refuse.
func TestRefusedExpressions(t *testing.T) {
	w := newWork()
	if _, err := w.readPath(repeated(18_000)); !errors.Is(err, errTooLong) {
		t.Errorf("a long one: %v", err)
	}
	if _, err := w.readPath(repeated(480)); !errors.Is(err, errTooLong) {
		t.Errorf("one with many repetitions: %v", err)
	}
	if _, err := w.readPath("("); err == nil || !strings.HasPrefix(err.Error(), "is not a regular expression") {
		t.Errorf("a wrong one: %v", err)
	}
	w.expressions = 10
	if _, err := w.readPath("^65001_"); !errors.Is(err, errTooMuch) {
		t.Errorf("without anything left to spend: %v", err)
	}
}

// TestCompilationIsBounded checks the policies of many sessions, and that a
// subject which policies do not look at costs nothing.
func TestCompilationIsBounded(t *testing.T) {
	var statements []v1.Statement
	for i := range 128 {
		statements = append(statements, v1.Statement{Name: fmt.Sprint(i), Actions: v1.Actions{LocalPref: uint32(i + 1)}})
	}
	p, problems := Read(nil, []v1.PolicyDefinition{{Name: "p", Statements: statements}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	once := &v1.PolicyAssignment{Policies: []string{"p"}}
	subject := Subject{Direction: Import, Family: v1.IPv4Unicast, External: true, LocalASN: 65000}
	if _, problems := p.Compile(once, subject, nil); len(problems) > 0 {
		t.Fatal(problems)
	}
	left := p.work.entries
	subject.Peer = somePeer["ip"]
	if _, problems := p.Compile(once, subject, nil); len(problems) > 0 || p.work.entries != left {
		t.Errorf("a neighbor that no statement looks at took %d entries: %v", left-p.work.entries, problems)
	}
	names := strings.Split(strings.Repeat("p ", 23_000), " ") // 69 kB
	repeated := &v1.PolicyAssignment{Policies: names[:23_000]}
	var m Map
	if took := allocated(func() { m, problems = p.Compile(repeated, subject, nil) }); took > 300<<20 {
		t.Errorf("%d MB allocated", took>>20)
	}
	if len(problems) != 1 || problems[0].Text != tooManyEntries || len(m.Entries) > 0 {
		t.Errorf("%d entries, problems %v", len(m.Entries), problems)
	}
}
