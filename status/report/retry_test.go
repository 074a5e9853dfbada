package report

import (
	"errors"
	"testing"
	"time"
)

func TestRetry(t *testing.T) {
	var r retry
	if !r.now() || r.failing() {
		t.Error("it waits before the first failure")
	}
	for i, least := range []time.Duration{1, 2, 4, 8, 8, 8} {
		least *= time.Second / 2
		r.after(errors.New("no"))
		if wait := time.Until(r.next); wait < least-time.Second/2 || wait > least+least/2 {
			t.Errorf("failure %d: waits %s, not %s and up to half longer", i+1, wait, least)
		}
		if r.now() || !r.failing() {
			t.Errorf("failure %d: it does not wait", i+1)
		}
	}
	if r.after(nil); !r.now() || r.failing() {
		t.Error("it waits after a success")
	}
}
