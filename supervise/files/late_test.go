package files

import (
	"testing"
	"time"
)

// TestLateReading checks that files which are read for long are waited for once.
func TestLateReading(t *testing.T) {
	r := &reading{done: make(chan struct{})}
	const looks = 1000
	start := time.Now()
	for range looks {
		if r.within(readWithin) {
			t.Fatal("what is still being read is there")
		}
	}
	if took := time.Since(start); took > looks*readWithin/2 {
		t.Errorf("%d looks waited for %v", looks, took)
	}
	close(r.done)
	if !r.within(readWithin) {
		t.Error("what has been read is not there")
	}
}
