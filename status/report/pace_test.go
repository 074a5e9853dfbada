package report

import (
	"testing"
	"time"
)

func TestSpreadOf(t *testing.T) {
	for nodes, want := range map[int]time.Duration{-1: 0, 0: 0, 1: 2 * time.Millisecond, 1000: 2 * time.Second, 5000: 10 * time.Second, 50_000: 10 * time.Second} {
		if got := SpreadOf(nodes); got != want {
			t.Errorf("of %d nodes the spread is %v, not %v", nodes, got, want)
		}
	}
}

// A node's turn comes once, within the spread, and the reporter wakes for it.
func TestTurn(t *testing.T) {
	var at turn
	if !at.come(0) {
		t.Error("no spread, and the turn does not come at once")
	}
	early := 0
	for range 1000 {
		at = turn{}
		began := time.Now()
		if at.come(time.Hour) {
			t.Fatal("the turn comes in the first moment of an hour")
		}
		if wait := at.at.Sub(began); wait < 0 || wait > time.Hour+time.Minute {
			t.Fatalf("the turn comes in %v", wait)
		} else if wait < 30*time.Minute {
			early++
		}
		was := at.at
		if at.come(time.Hour); at.at != was {
			t.Fatal("the turn is another when it is asked for again")
		}
		if other := began.Add(2 * time.Hour); at.before(other) != was || at.before(was.Add(-time.Nanosecond)) == was {
			t.Fatal("the reporter does not wake for whatever is first")
		}
	}
	if early < 400 || early > 600 {
		t.Errorf("of 1,000 turns %d are in the first half", early)
	}
	passed := turn{time.Now().Add(-time.Second)}
	if other := time.Now().Add(time.Hour); !passed.come(time.Hour) || passed.before(other) != other {
		t.Error("a turn that has come is waited for")
	}
}
