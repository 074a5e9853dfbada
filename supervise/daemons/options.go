//go:build linux

package daemons

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"github.com/k8frr/k8frr/supervise/regular"
)

// Options say where FRR is, and who it is.
type Options struct {
	// DaemonDir has the daemons' executables.
	DaemonDir string
	// ConfigDir has frr.conf and the file daemons, which the agent writes.
	ConfigDir string
	// SocketDir has the daemons' sockets.
	SocketDir string
	// Vtysh is the executable that loads frr.conf.
	Vtysh string
	User  User
	Log   *slog.Logger
}

// Files in ConfigDir and SocketDir.
const (
	frrConf     = "frr.conf"
	daemonsFile = "daemons"
	vtyshConf   = "vtysh.conf"
	// agentLock is what an agent holds locked while it keeps this FRR.
	agentLock = "k8frr-agent.lock"
	// drained is there from a drain to the next start.
	drained = "k8frr-drained"
)

// has reports whether this FRR has a daemon.
func (o *Options) has(name string) bool {
	_, err := os.Stat(filepath.Join(o.DaemonDir, name))
	return err == nil
}

// wanted are the daemons that have to run now, and what the file daemons says
// that none is started with.
func (o *Options) wanted() (wanted []Daemon, dropped []string) {
	return Wanted(o.read(daemonsFile, largestFile), o.has)
}

// largestConf is how long a frr.conf may be: more than any object can declare.
const largestConf = 32 << 20

// read is the text of a file in ConfigDir, "" if there is none. Whoever can write
// there can have it be anything: a file that is none, or one without end.
func (o *Options) read(name string, limit int64) string {
	var text []byte
	err := o.User.As(func() (err error) {
		text, err = regular.Read(filepath.Join(o.ConfigDir, name), limit)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		o.Log.Warn("an FRR file cannot be read", "error", err)
	}
	return string(text)
}

// prepare makes what FRR wants to find: vtysh complains of each command without
// a vtysh.conf.
func (o *Options) prepare() error {
	return o.User.As(func() error {
		_ = os.Remove(filepath.Join(o.SocketDir, drained))
		f, err := os.OpenFile(filepath.Join(o.ConfigDir, vtyshConf), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
		if errors.Is(err, fs.ErrExist) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = f.WriteString("service integrated-vtysh-config\n")
		return errors.Join(err, f.Close())
	})
}

// lockedOut runs fn while no agent keeps this FRR, and none begins to; it does
// not run it if one does. Two that enter configuration at the same time spoil
// each other's work in mgmtd.
func (o *Options) lockedOut(fn func() error) (ran bool, err error) {
	var lock *os.File
	err = o.User.As(func() (err error) {
		lock, err = os.OpenFile(filepath.Join(o.ConfigDir, agentLock), os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
		return err
	})
	if err != nil {
		return false, err
	}
	defer lock.Close()
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, fn()
}
