package report

import (
	"testing"
	"time"
)

// An answer is good for half a minute, for longer if there are many to ask for, and never if the table is another.
func TestGood(t *testing.T) {
	for _, tc := range []struct {
		age  time.Duration
		n    int
		good bool
	}{
		{29 * time.Second, 1, true}, {31 * time.Second, 1, false},
		{29 * time.Second, 1000, true}, {31 * time.Second, 1000, false},
		{4 * time.Minute, 10_000, true}, {6 * time.Minute, 10_000, false},
	} {
		k := known[int]{table: "1", at: time.Now().Add(-tc.age)}
		if k.goodAmong("1", tc.n) != tc.good || tc.n == 1 && k.good("1") != tc.good {
			t.Errorf("after %v, one of %d: good is %v", tc.age, tc.n, !tc.good)
		}
		if k.goodAmong("2", tc.n) {
			t.Errorf("after %v, one of %d is good though the table is another", tc.age, tc.n)
		}
	}
}
