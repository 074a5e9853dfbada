//go:build linux

package lab

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// labsDir has one directory per lab, each with a file that its owner keeps locked: the kernel drops the lock when the
// owner dies, so a lock that can be had marks what a crash left behind, and a reused process id deceives nobody.
const (
	labsDir  = "/run/k8frr-lab"
	lockName = "lock"
)

//go:embed reap.sh
var reapScript string

// reaper is a process in a session of its own that holds the read end of a pipe from this process. When the pipe ends,
// by intention or because this process was killed, it kills all that runs in the lab's namespaces and removes them.
// (A parent-death signal would not do: FRR's daemons lose it when they change to user frr.)
type reaper struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	stderr bytes.Buffer
}

func startReaper(id, dir string) (*reaper, error) {
	r := &reaper{cmd: reapCommand(id, dir)}
	r.cmd.Stderr = &r.stderr
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // out of reach of the terminal's Ctrl-C
	stdin, err := r.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	r.stdin = stdin
	return r, r.cmd.Start()
}

func reapCommand(id, dir string) *exec.Cmd {
	return exec.Command("/bin/sh", "-c", reapScript, "reap", id, dir)
}

// finish has the lab removed now.
func (r *reaper) finish() error {
	r.stdin.Close()
	timer := time.AfterFunc(patience, func() { r.cmd.Process.Kill() })
	defer timer.Stop()
	err := r.cmd.Wait()
	if err != nil || r.stderr.Len() > 0 {
		return fmt.Errorf("the reaper said: %s (%v)", bytes.TrimSpace(r.stderr.Bytes()), err)
	}
	return nil
}

// sweep removes the labs whose owners are dead. The caller holds lockLabs.
func sweep() error {
	entries, err := os.ReadDir(labsDir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		dir := filepath.Join(labsDir, entry.Name())
		lock, err := os.Open(filepath.Join(dir, lockName))
		switch {
		case errors.Is(err, fs.ErrNotExist): // half removed
		case err != nil:
			return err
		default:
			held := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil
			lock.Close()
			if held {
				continue
			}
		}
		if out, err := reapCommand(entry.Name(), dir).CombinedOutput(); err != nil {
			return fmt.Errorf("cannot remove %s, left by a run that died: %s (%w)", dir, out, err)
		}
	}
	return nil
}

// lockLabs lets one process at a time make or sweep labs.
func lockLabs() (unlock func(), err error) {
	if err := os.MkdirAll(labsDir, 0o755); err != nil {
		return nil, err
	}
	f, err := lockFile(filepath.Join(labsDir, lockName))
	if err != nil {
		return nil, err
	}
	return func() { f.Close() }, nil
}

func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}
