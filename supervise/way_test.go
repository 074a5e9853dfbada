package supervise

import (
	"testing"
	"time"
)

// TestYielding checks that work in the background waits for a pass and not for one that waits for the work, and that
// passes without end do not hold it up permanently.
func TestYielding(t *testing.T) {
	var w way
	const most = 300 * time.Millisecond
	yield := w.yielding(most)
	yield() // no pass runs
	returned := make(chan struct{})
	w.begin()
	go func() { yield(); close(returned) }()
	select {
	case <-returned:
		t.Fatal("work continues while a pass runs")
	case <-time.After(20 * time.Millisecond):
	}
	w.end()
	<-returned
	w.pause()() // when no pass runs
	yield()
	w.begin()
	resume := w.pause()
	yield()
	resume()
	start := time.Now()
	for range 3 {
		yield() // of a pass that does not end
	}
	if took := time.Since(start); took < most/2 {
		t.Errorf("work continues after %v while a pass runs", took)
	}
	w.end()
}

// TestPassesDoNotWaitTwice checks that only the first pass waits for a configuration that is being checked.
func TestPassesDoNotWaitTwice(t *testing.T) {
	s := New(Options{ConfigDir: t.TempDir()})
	slow := expensive(1)
	s.prepared.coming = &preparing{configuration: slow.Configuration, node: slow.Node, done: make(chan struct{})}
	const passes = 1000
	start := time.Now()
	for range passes {
		if s.ready(slow) {
			t.Fatal("it is ready, and unchecked")
		}
	}
	if took := time.Since(start); took > passes*preparedWithin/2 {
		t.Errorf("%d passes waited for %v", passes, took)
	}
}

// TestCheckMakesWay checks that the check of a configuration makes way for a pass while it runs.
func TestCheckMakesWay(t *testing.T) {
	s := New(Options{ConfigDir: t.TempDir()})
	s.prepared.passes.begin()
	coming := s.prepared.start(expensive(1), func() {})
	select {
	case <-coming.done:
		t.Error("it is checked while a pass runs")
	case <-time.After(100 * time.Millisecond):
	}
	s.prepared.passes.end()
	<-coming.done
}
