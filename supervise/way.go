package supervise

import (
	"sync"
	"time"
)

// way has work in the background stop while a pass runs: the pass and FRR, which it
// talks to, then have the processor for themselves. The zero way has no pass.
type way struct {
	mu sync.Mutex
	// free is closed when the pass ends; nil if none runs.
	free chan struct{}
}

// begin says that a pass runs.
func (w *way) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.free == nil {
		w.free = make(chan struct{})
	}
}

// end says that no pass runs. It reports whether one ran.
func (w *way) end() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.free == nil {
		return false
	}
	close(w.free)
	w.free = nil
	return true
}

// pause lets the work continue while a pass waits for it, until the returned function is
// called.
func (w *way) pause() (resume func()) {
	if !w.end() {
		return func() {}
	}
	return w.begin
}

// mostYielded is how long work in the background may be held up in all: passes that
// follow each other without end must not keep it from ever being done.
const mostYielded = 10 * time.Second

// yielding returns a function for one piece of work, which returns when no pass runs.
// It waits no longer than most, in all its calls.
func (w *way) yielding(most time.Duration) func() {
	left := most
	return func() {
		w.mu.Lock()
		free := w.free
		w.mu.Unlock()
		if free == nil || left <= 0 {
			return
		}
		began := time.Now()
		select {
		case <-free:
		case <-time.After(left):
		}
		left -= time.Since(began)
	}
}
