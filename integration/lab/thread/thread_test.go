//go:build linux

package thread

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

func unshare() error { return unix.Unshare(unix.CLONE_NEWNET) }

// However many threads enter namespaces at once, the main thread, by which the kernel judges the process, enters none.
func TestTheProcessStays(t *testing.T) {
	before := namespace(t, "self")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				err := Run(unshare, func() error {
					if namespace(t, "thread-self") == before {
						t.Error("the function runs outside")
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if after := namespace(t, "self"); after != before {
		t.Errorf("the process was in %s and is in %s", before, after)
	}
	for range 100 {
		all.Go(func() {
			if here := namespace(t, "thread-self"); here != before {
				t.Errorf("a goroutine runs in %s, not in %s", here, before)
			}
		})
	}
	all.Wait()
}

// namespace is the network namespace of /proc/self or /proc/thread-self.
func namespace(t *testing.T, who string) string {
	link, err := os.Readlink("/proc/" + who + "/ns/net")
	if err != nil {
		t.Error(err)
	}
	return link
}

func TestErrors(t *testing.T) {
	refused := errors.New("refused")
	nothing := func() error { return nil }
	if err := Run(func() error { return refused }, func() error { t.Error("entered nothing, ran all the same"); return nil }); err != refused {
		t.Errorf("enter's error becomes %v", err)
	}
	if err := Run(nothing, func() error { return refused }); err != refused {
		t.Errorf("fn's error becomes %v", err)
	}
	if err := Run(nothing, func() error { runtime.Goexit(); return nil }); err == nil || !strings.Contains(err.Error(), "did not return") {
		t.Errorf("a function that ends its goroutine: %v", err)
	}
}
