//go:build linux

package daemons

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/k8frr/k8frr/supervise/listen"
)

// process is a daemon that was started.
type process struct {
	Daemon
	// listens are the options of Listen that the daemon was started with.
	listens listen.Options
	cmd     *exec.Cmd
	started time.Time
	ended   chan struct{} // closed after err is set
	err     error
}

// start starts a daemon with its arguments and more that are no reason to start
// it again. ended is told when it has ended.
func (o *Options) start(d Daemon, ended chan<- *process, listens listen.Options, more ...string) (*process, error) {
	p := &process{Daemon: d, listens: listens, started: time.Now(), ended: make(chan struct{})}
	p.cmd = exec.Command(o.executable(d.Name), slices.Concat(d.Args, more)...)
	log := o.Log.With("daemon", d.Name)
	said := &lines{each: func(line string) { log.Info("daemon output", "line", line) }}
	p.cmd.Stdout, p.cmd.Stderr = said, said
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's Ctrl-C is for the keeper
	p.cmd.WaitDelay = time.Second
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s cannot be started: %w", d.Name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
		ended <- p
	}()
	return p, nil
}

func (o *Options) executable(daemon string) string { return filepath.Join(o.DaemonDir, daemon) }

func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// signal sends a signal: a daemon is root's at first, and soon FRR's user's.
func (o *Options) signal(p *process, s os.Signal) error {
	err := p.cmd.Process.Signal(s)
	if errors.Is(err, syscall.EPERM) {
		err = o.User.As(func() error { return p.cmd.Process.Signal(s) })
	}
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// end sends a signal that ends a daemon, and kills it if that takes too long.
func (o *Options) end(p *process, s os.Signal) {
	if err := o.signal(p, s); err != nil {
		o.Log.Warn("a daemon cannot be ended", "daemon", p.Name, "error", err)
		return
	}
	select {
	case <-p.ended:
		return
	case <-time.After(ending):
		o.Log.Warn("a daemon does not end and is killed", "daemon", p.Name, "after", ending)
	}
	if err := o.signal(p, syscall.SIGKILL); err != nil {
		o.Log.Warn("a daemon cannot be ended", "daemon", p.Name, "error", err)
		return
	}
	<-p.ended
}

// ending is how long a daemon may take to end: there are up to five, most of
// them end together, and a pod has 30 s.
const ending = 5 * time.Second
