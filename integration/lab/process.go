//go:build linux

package lab

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Process is a long-running program on a host. Its output goes to a file, the end of which is printed if the test fails.
type Process struct {
	Name string
	Log  string // path of the file with its standard output and error

	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Start starts a program on the host under a name of the test's choice, which may be used again once it has ended. It
// runs until it ends by itself, is killed, or the lab is closed.
func (h *Host) Start(name string, argv ...string) *Process {
	h.lab.tb.Helper()
	return h.StartCmd(name, exec.Command(argv[0], argv[1:]...))
}

// StartCmd is Start for a command that has an environment or a directory of its own. Its output is the lab's.
func (h *Host) StartCmd(name string, cmd *exec.Cmd) *Process {
	h.lab.tb.Helper()
	p, err := h.start(h.Do, name, cmd)
	if err != nil {
		h.fatal("start "+name, err)
	}
	return p
}

func (h *Host) start(do func(func() error) error, name string, cmd *exec.Cmd) (*Process, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if old := h.procs[name]; old != nil && old.Running() {
		return nil, fmt.Errorf("it is running already, with process id %d", old.PID())
	}
	p := &Process{Name: name, Log: filepath.Join(h.dir, name+".log"), cmd: cmd, done: make(chan struct{})}
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true // the terminal's Ctrl-C is for the test, which then ends it
	if err := do(cmd.Start); err != nil {
		return nil, err
	}
	h.procs[name] = p
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// PID is the process id, also inside the namespace.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Running reports whether the process has not ended.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Err is how the process ended, nil for exit status 0. It waits for the end.
func (p *Process) Err() error {
	<-p.done
	return p.err
}

// Signal sends a signal and does not wait for what it does.
func (p *Process) Signal(sig syscall.Signal) error { return p.cmd.Process.Signal(sig) }

// Process is the one that was last started under that name, or nil.
func (h *Host) Process(name string) *Process {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.procs[name]
}

// Kill sends a signal to the process of that name. If it is one that ends it (SIGKILL, SIGTERM, SIGINT), Kill waits
// until it has.
func (h *Host) Kill(name string, sig syscall.Signal) {
	h.lab.tb.Helper()
	if err := h.kill(name, sig); err != nil {
		h.fatal(fmt.Sprintf("send %v to %s", sig, name), err)
	}
}

func (h *Host) kill(name string, sig syscall.Signal) error {
	p := h.Process(name)
	if p == nil {
		return fmt.Errorf("no process of this name was started")
	}
	if err := p.Signal(sig); err != nil {
		return err
	}
	switch sig {
	case syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT:
	default:
		return nil
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("process %d still runs %v later", p.PID(), patience)
	}
}

// dumpLogs prints the last lines of each log, for a failed test.
func (h *Host) dumpLogs() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.procs {
		if text, err := os.ReadFile(p.Log); err == nil && len(text) > 0 {
			h.lab.tb.Logf("--- %s: %s: end of the log\n%s", h.Name, p.Name, lastLines(text, 60))
		}
	}
}

func lastLines(text []byte, n int) []byte {
	text = bytes.TrimRight(text, "\n")
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '\n' {
			if n--; n == 0 {
				return text[i+1:]
			}
		}
	}
	return text
}
