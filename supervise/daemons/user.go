//go:build linux

package daemons

import (
	"fmt"
	"os"
	"os/user"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// User is the one that FRR's daemons run as when they have started.
type User struct {
	uid, gid uint32
	groups   []uint32
}

// LookupUser finds a user and the groups that it is in.
func LookupUser(name string) (User, error) {
	found, err := user.Lookup(name)
	if err != nil {
		return User{}, fmt.Errorf("FRR's daemons run as user %s: %w", name, err)
	}
	ids, err := found.GroupIds()
	if err != nil {
		return User{}, fmt.Errorf("the groups of user %s: %w", name, err)
	}
	var u User
	for _, id := range append([]string{found.Uid, found.Gid}, ids...) {
		n, err := strconv.ParseUint(id, 10, 32)
		if err != nil {
			return User{}, fmt.Errorf("user %s has an id that is no number: %w", name, err)
		}
		u.groups = append(u.groups, uint32(n))
	}
	u.uid, u.gid, u.groups = u.groups[0], u.groups[1], u.groups[2:]
	return u, nil
}

// credential is for a program that the user runs.
func (u User) credential() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	return &syscall.Credential{Uid: u.uid, Gid: u.gid, Groups: u.groups}
}

// As runs fn with the user's rights. A root without capabilities may neither
// read the user's files nor reach its sockets nor end its processes, but it may
// become the user: so it needs neither DAC_OVERRIDE nor KILL. Files and sockets
// that fn opens stay open.
//
// To the kernel a user is a thread's, so this one is never used again.
func (u User) As(fn func() error) error {
	if os.Geteuid() != 0 {
		return fn()
	}
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err := u.become()
		if err == nil {
			err = fn()
		}
		done <- err
	}()
	return <-done
}

// become changes the effective user of this thread, and of no other.
func (u User) become() error {
	const keep = ^uintptr(0)
	for _, id := range []struct{ call, id uintptr }{{unix.SYS_SETRESGID, uintptr(u.gid)}, {unix.SYS_SETRESUID, uintptr(u.uid)}} {
		if _, _, errno := unix.RawSyscall(id.call, keep, id.id, keep); errno != 0 {
			return fmt.Errorf("become FRR's user %d: %w; it takes the capabilities SETUID and SETGID", u.uid, errno)
		}
	}
	return nil
}
