//go:build linux

package daemons

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// backends asks mgmtd (10.x) which daemons it configures. It keeps one
// connection: when any is closed, mgmtd forgets what another one has entered and
// not committed, or has its backends read memory that it has freed.
type backends struct {
	*Options
	conn *vty
}

// serves is an error while mgmtd does not answer, or does not know a daemon
// that it configures.
func (b *backends) serves(ctx context.Context) error {
	if b.conn == nil {
		conn, err := b.dial(ctx, "mgmtd")
		if err != nil {
			return err
		}
		b.conn = conn
	}
	answer, err := b.conn.ask(ctx, "enable", "show mgmt backend-adapter all")
	if err != nil {
		b.close()
		return err
	}
	var errs []error
	for _, daemon := range []string{"zebra", "staticd"} {
		if !strings.Contains(answer, daemon) {
			errs = append(errs, fmt.Errorf("%s has no connection to mgmtd", daemon))
		}
	}
	return errors.Join(errs...)
}

// locked is an error while mgmtd's configuration is locked though none of its sessions has the lock, which 10.3 comes to when
// a vtysh is killed, or a backend leaves, in the middle of a commit. To find out it takes the lock for a moment if no session
// has it. It keeps the connection when it is refused.
func (b *backends) locked(ctx context.Context) error {
	const sessions = "show mgmt frontend-adapter all"
	answer, err := b.conn.ask(ctx, "enable", sessions)
	if err != nil || locks(answer) {
		return b.lost(err)
	}
	_, err = b.conn.ask(ctx, "configure terminal file-lock")
	if no := (*refused)(nil); errors.As(err, &no) {
		// Another session may have been faster.
		if answer, err = b.conn.ask(ctx, sessions); err != nil || locks(answer) {
			return b.lost(err)
		}
		return fmt.Errorf("no session of mgmtd has its lock, and %w", no)
	}
	if err == nil {
		_, err = b.conn.ask(ctx, "end")
	}
	return b.lost(err)
}

// lost closes the connection after an error.
func (b *backends) lost(err error) error {
	if err != nil {
		b.close()
	}
	return err
}

// locks reports whether mgmtd's list of sessions has one that locks a datastore, or is none that this program knows.
func locks(list string) bool {
	within, known := false, false
	for line := range strings.Lines(list) {
		switch word := strings.TrimSpace(line); {
		case word == "DS-Locks:":
			within, known = true, true
		case strings.Contains(word, ":"):
			within = false
		case within && slices.Contains([]string{"running", "candidate", "operational"}, word):
			return true
		}
	}
	return !known
}

func (b *backends) close() {
	if b.conn != nil {
		b.conn.Close()
		b.conn = nil
	}
}

const (
	// looking is how often the Keeper looks whether mgmtd serves.
	looking = 5 * time.Second
	// deaf is at how many looks in a row mgmtd may not, while all daemons run and it
	// has nothing else to do: they find it within 10 s. Time is no measure: the
	// Keeper does not look while it loads frr.conf.
	deaf = 4
	// locking is at every how many looks the Keeper looks for a lock that no session has, and at each once one was found.
	locking = 3
)

// guard ends an mgmtd that has not served for long, so that it is started again.
// mgmtd 10.3 can wait permanently for a transaction that a daemon has left: it then
// keeps its lock, and refuses that daemon; or it keeps the lock of a session that is
// gone, and refuses everybody. Nothing else helps, and no session of BGP is lost by it.
func (k *Keeper) guard(ctx context.Context) {
	p := k.processes["mgmtd"]
	if p == nil {
		return
	}
	err := k.mgmtd.serves(ctx)
	if k.looked++; err == nil && (k.missed > 0 || k.looked%locking == 0) {
		err = k.mgmtd.locked(ctx)
	}
	before := k.worked
	k.worked = p.processorTime()
	busy := k.worked-before > looking/10 // with a large configuration it answers nobody
	if err == nil || busy || !k.settled() || ctx.Err() != nil {
		k.missed = 0
		return
	}
	if k.missed++; k.missed > deaf {
		k.Log.Error("mgmtd is ended, to be started again: zebra and staticd cannot be configured", "error", err, "looks", k.missed)
		k.mgmtd.close()
		k.end(p, syscall.SIGKILL)
		delete(k.processes, p.Name)
	}
}

// processorTime is what a daemon has had of it since its start; 0 if it is gone.
func (p *process) processorTime() time.Duration {
	const scheduled = 2 // of all threads of a process: clock_getcpuclockid(3)
	var t unix.Timespec
	if err := unix.ClockGettime(^int32(p.cmd.Process.Pid)<<3|scheduled, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// settled reports whether all that mgmtd configures runs, for long enough to have
// found it.
func (k *Keeper) settled() bool {
	for _, name := range []string{"mgmtd", "zebra", "staticd"} {
		if p := k.processes[name]; p == nil || time.Since(p.started) < starting {
			return false
		}
	}
	return true
}
