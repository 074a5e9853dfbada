package render

import (
	"fmt"
	"strings"
	"testing"
)

func TestNotesAreFolded(t *testing.T) {
	var n notes
	for range 2 { // each is told once
		for i := range mostAlike {
			n.add(Note{Path: fmt.Sprintf("spec.neighbors[%d]", i), Reason: "NotApplied", Message: "has no effect"})
		}
	}
	if got := n.folded(); len(got) != mostAlike {
		t.Fatalf("%d notes, want %d", len(got), mostAlike)
	}
	for i := range 600_000 {
		n.add(Note{Path: fmt.Sprintf("spec.more[%d]", i), Reason: "NotApplied", Message: "has no effect"})
	}
	got := n.folded()
	if len(got) != mostAlike+1 {
		t.Fatalf("%d notes, want %d", len(got), mostAlike+1)
	}
	if last := got[mostAlike]; last.Path != "spec" || last.Message != "600000 more: has no effect" || last.Reason != "NotApplied" {
		t.Errorf("the last note is %+v", last)
	}
	for i := range 10 * mostNotes {
		n.add(Note{Path: "spec", Reason: "PolicyRefused", Message: fmt.Sprint(i) + strings.Repeat("x", 10*longestNote)})
	}
	total := 0
	got = n.folded()
	for _, note := range got {
		total += len(note.Message)
	}
	if len(got) > mostNotes+10 || total > mostNotes*(longestNote+100) {
		t.Errorf("%d notes of %d bytes", len(got), total)
	}
	if last := got[len(got)-1]; last.Reason != "PolicyRefused" || !strings.Contains(last.Message, "too many notes") {
		t.Errorf("the last note is %+v", last)
	}
}
