package lab

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

// Program runs a program that is no test with what a Lab wants of one: run may
// end itself by Fatalf, which becomes the error, and everything is cleaned up
// when it has ended. What it logs goes to standard error.
func Program(run func(TB)) (err error) {
	p := &program{}
	defer func() { err = errors.Join(p.errs...) }()
	defer p.cleanUp()
	defer func() {
		if r := recover(); r != nil && r != (fatal{}) {
			panic(r)
		}
	}()
	run(p)
	return nil
}

// program is the TB of a program.
type program struct {
	mu       sync.Mutex
	errs     []error
	cleanups []func()
}

// fatal ends a program from within, after its error is kept.
type fatal struct{}

func (p *program) Helper() {}

func (p *program) Logf(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

func (p *program) Errorf(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.errs = append(p.errs, fmt.Errorf(format, args...))
}

func (p *program) Fatalf(format string, args ...any) {
	p.Errorf(format, args...)
	panic(fatal{})
}

func (p *program) Failed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.errs) > 0
}

func (p *program) Cleanup(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cleanups = append(p.cleanups, f)
}

func (p *program) cleanUp() {
	for len(p.cleanups) > 0 {
		last := p.cleanups[len(p.cleanups)-1]
		p.cleanups = p.cleanups[:len(p.cleanups)-1]
		last()
	}
}
