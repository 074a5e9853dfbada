//go:build linux

package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// frugal has the garbage collector run when the heap has grown by half, and not only when it has doubled: the agent has
// time, and its memory is the pod's. GOGC and GOMEMLIMIT in the environment say otherwise.
func frugal() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(50)
	}
}

// slim gives back what only the start needed: garbage, and the pages of the program's own file that it read then and
// will hardly read again, which are the larger part. They count for the agent as long as they are mapped; whatever is
// used later comes back from the page cache by itself (madvise(2), MADV_DONTNEED: of a file that is mapped for reading
// nothing is lost).
func slim() error {
	debug.FreeOSMemory()
	self, err := procfs.Self()
	if err != nil {
		return err
	}
	maps, err := self.ProcMaps()
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	for _, m := range maps {
		if m.Pathname != program || m.Perms.Write {
			continue
		}
		if _, _, errno := unix.Syscall(unix.SYS_MADVISE, m.StartAddr, m.EndAddr-m.StartAddr, unix.MADV_DONTNEED); errno != 0 {
			return fmt.Errorf("madvise: %w", errno)
		}
	}
	return nil
}
