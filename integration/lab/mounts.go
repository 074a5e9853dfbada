//go:build linux

package lab

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/integration/lab/thread"
)

// bind shows directory From at the path At.
type bind struct{ From, At string }

// privateMounts makes a mount namespace in which the binds hold, and nowhere else: nothing is mounted on the machine,
// and the kernel drops the mounts with the last process that sees them.
func privateMounts(binds []bind) (*os.File, error) {
	var namespace *os.File
	unshare := func() error {
		// Slave, not private: a network namespace that is deleted outside must not stay mounted in here.
		if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
			return fmt.Errorf("unshare the mount namespace: %w", err)
		}
		return unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, "")
	}
	err := thread.Run(unshare, func() error {
		for _, b := range binds {
			if err := os.MkdirAll(b.At, 0o755); err != nil {
				return err
			}
			if err := unix.Mount(b.From, b.At, "", unix.MS_BIND, ""); err != nil {
				return fmt.Errorf("bind %s to %s: %w", b.From, b.At, err)
			}
		}
		var err error
		namespace, err = os.Open("/proc/thread-self/ns/mnt")
		return err
	})
	return namespace, err
}

// doMounted is Do within a mount namespace.
func (h *Host) doMounted(mounts *os.File, fn func() error) error {
	return thread.Run(func() error {
		if err := thread.Enter(h.ns, unix.CLONE_NEWNET); err != nil {
			return err
		}
		// A thread that shares its working directory with others may not change its mount namespace.
		if err := unix.Unshare(unix.CLONE_FS); err != nil {
			return err
		}
		return thread.Enter(mounts, unix.CLONE_NEWNS)
	}, fn)
}
