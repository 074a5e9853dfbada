//go:build linux

package secrets

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// Followed is what the children of a process, and theirs, have shown to everybody on the machine.
type Followed struct {
	// Shown are their command lines and environments, each once, with how often they were seen.
	Shown map[string]int
	// Looks is how often it was looked.
	Looks int

	stop context.CancelFunc
	done chan struct{}
}

// pace is how often it is looked: a vtysh lives for some ms.
const pace = time.Millisecond

// Follow looks at the descendants of a process, which may be another one every time, until End.
func Follow(pid func() int) *Followed {
	ctx, stop := context.WithCancel(context.Background())
	f := &Followed{Shown: map[string]int{}, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(f.done)
		tick := time.NewTicker(pace)
		defer tick.Stop()
		for ; ctx.Err() == nil; <-tick.C {
			f.Looks++
			f.look(pid())
		}
	}()
	return f
}

// End ends it, and returns all that was shown.
func (f *Followed) End() []byte {
	f.stop()
	<-f.done
	var all bytes.Buffer
	for shown, times := range f.Shown {
		fmt.Fprintf(&all, "%d times: %s\n", times, shown)
	}
	return all.Bytes()
}

// look keeps what a process and its descendants show. A process is a child of the thread that has started it (proc(5)).
func (f *Followed) look(pid int) {
	for _, file := range []string{"cmdline", "environ"} {
		if text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file)); len(text) > 0 {
			f.Shown[file+": "+strings.ReplaceAll(string(text), "\x00", " ")]++
		}
	}
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, thread := range threads {
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		for _, child := range strings.Fields(string(children)) {
			var id int
			if _, err := fmt.Sscan(child, &id); err == nil {
				f.look(id)
			}
		}
	}
}
