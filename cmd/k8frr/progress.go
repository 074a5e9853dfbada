package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// patience is how long a command runs before it shows how far it is.
const patience = 500 * time.Millisecond

// progress is a bar on a terminal, for what takes long. Nothing is shown
// elsewhere.
type progress struct {
	to    io.Writer
	now   atomic.Pointer[stage]
	ended chan struct{}
	gone  chan struct{}
}

// stage is a part of the work, and how much of it is done.
type stage struct {
	name        string
	done, total atomic.Int64
}

// newProgress shows progress on a writer if that is a terminal. It must be
// stopped before anything else is written there.
func newProgress(to io.Writer) *progress {
	p := &progress{to: to}
	if f, ok := to.(*os.File); ok && isTerminal(f) {
		p.ended, p.gone = make(chan struct{}), make(chan struct{})
		go p.show()
	}
	return p
}

// stage begins a part of the work, and returns how it is told of what is done.
func (p *progress) stage(name string, total int) func(done int) {
	s := &stage{name: name}
	s.total.Store(int64(total))
	p.now.Store(s)
	return func(done int) { s.done.Add(int64(done)) }
}

// stop takes the bar away.
func (p *progress) stop() {
	if p.ended == nil {
		return
	}
	close(p.ended)
	<-p.gone
	p.ended = nil
}

func (p *progress) show() {
	defer close(p.gone)
	const clear = "\r\x1b[K"
	wait := time.NewTimer(patience)
	defer wait.Stop()
	for shown := false; ; shown = true {
		select {
		case <-p.ended:
			if shown {
				_, _ = io.WriteString(p.to, clear)
			}
			return
		case <-wait.C:
			_, _ = io.WriteString(p.to, clear+p.now.Load().bar())
			wait.Reset(100 * time.Millisecond)
		}
	}
}

// bar draws a stage: rendering [#####     ] 2500 of 5000.
func (s *stage) bar() string {
	if s == nil {
		return ""
	}
	done, total := s.done.Load(), s.total.Load()
	if total == 0 {
		return s.name + " …"
	}
	const width = 30
	full := int(min(done, total) * width / total)
	return fmt.Sprintf("%s [%s%s] %d of %d", s.name, strings.Repeat("#", full), strings.Repeat(" ", width-full), done, total)
}
