//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/k8frr/k8frr/integration/lab"
)

// stage is the lab.TB of a program that is no test.
type stage struct {
	cleanups []func()
	failed   bool
	errors   []error
}

var _ lab.TB = (*stage)(nil)

// onStage runs play with a stage, and clears the stage however play ends.
func onStage(play func(lab.TB) error) (err error) {
	s := &stage{}
	defer func() {
		s.failed = err != nil && !errors.Is(err, context.Canceled)
		for _, cleanup := range slices.Backward(s.cleanups) {
			cleanup()
		}
		err = errors.Join(append([]error{err}, s.errors...)...)
	}()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case fatal:
			err = r
		default:
			panic(r)
		}
	}()
	return play(s)
}

// fatal is what Fatalf panics with.
type fatal struct{ error }

func (s *stage) Helper()                   {}
func (s *stage) Failed() bool              { return s.failed }
func (s *stage) Cleanup(f func())          { s.cleanups = append(s.cleanups, f) }
func (s *stage) Logf(f string, a ...any)   { fmt.Fprintf(os.Stderr, f+"\n", a...) }
func (s *stage) Errorf(f string, a ...any) { s.errors = append(s.errors, fmt.Errorf(f, a...)) }
func (s *stage) Fatalf(f string, a ...any) { panic(fatal{fmt.Errorf(f, a...)}) }
