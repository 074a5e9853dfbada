//go:build linux

// Package thread runs functions on operating system threads of their own, where they may enter namespaces.
package thread

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Run runs enter and then fn on an operating system thread of their own, which ends with them: whatever namespaces enter
// changes, no other goroutine ever runs there. Files, sockets and processes that fn makes belong to the namespaces of the
// thread, and stay there; goroutines that it starts are elsewhere.
//
// It is never the main thread. That one does not end, and its namespaces are taken for those of the process: whoever ends
// all processes of a namespace would end this one.
func Run(enter, fn func() error) error {
	err := errors.New("the function did not return")
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the runtime ends the thread with the goroutine
		if unix.Gettid() == os.Getpid() {
			err = Run(enter, fn)
			runtime.UnlockOSThread()
			return
		}
		if refused := enter(); refused != nil {
			err = refused
			return
		}
		err = fn()
	}()
	<-done
	return err
}

// Enter moves the calling thread into the namespace that f stands for, of a kind such as unix.CLONE_NEWNET. It is for Run's
// first function.
func Enter(f *os.File, kind int) error {
	if err := unix.Setns(int(f.Fd()), kind); err != nil {
		return fmt.Errorf("enter namespace %s: %w", f.Name(), err)
	}
	return nil
}
