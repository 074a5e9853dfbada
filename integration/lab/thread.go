//go:build linux

package lab

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// onThread runs enter and then fn on an operating system thread of their own, which ends with them: whatever
// namespaces enter changes, no other goroutine ever runs there. Files, sockets and processes that fn makes belong to the
// namespaces of the thread, and stay there.
func onThread(enter, fn func() error) error {
	err := errors.New("the function did not return")
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the runtime ends the thread with the goroutine
		if unix.Gettid() == os.Getpid() {
			// The main thread does not end, and its namespaces are taken for the process's. Take another.
			err = onThread(enter, fn)
			runtime.UnlockOSThread()
			return
		}
		if err = enter(); err == nil {
			err = fn()
		}
	}()
	<-done
	return err
}

// setns moves the calling thread into the namespace that f stands for.
func setns(f *os.File, kind int) error {
	if err := unix.Setns(int(f.Fd()), kind); err != nil {
		return fmt.Errorf("enter namespace %s: %w", f.Name(), err)
	}
	return nil
}
