//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/integration/vm/control"
)

// serve answers the host until it hangs up.
func serve() error {
	conn, err := port()
	if err != nil {
		return err
	}
	if err := os.Setenv("PATH", searchPath); err != nil {
		return err
	}
	server := rpc.NewServer()
	if err := server.RegisterName("Guest", &guest{programs: map[int]*program{}}); err != nil {
		return err
	}
	server.ServeConn(conn)
	return nil
}

// guest is what the host can call. Every method has the form that net/rpc wants.
type guest struct {
	mu       sync.Mutex
	programs map[int]*program
}

// program is one that runs, or has run.
type program struct {
	cmd            *exec.Cmd
	mu             sync.Mutex
	changed        *sync.Cond
	stdout, stderr bytes.Buffer
	done           bool
	err            error
}

// Hello tells that the guest is up.
func (g *guest) Hello(struct{}, *struct{}) error { return nil }

// Start starts a program and returns its process id.
func (g *guest) Start(c control.Command, pid *int) error {
	if len(c.Argv) == 0 {
		return errors.New("there is no command")
	}
	p := &program{}
	p.changed = sync.NewCond(&p.mu)
	p.cmd = exec.Command(c.Argv[0], c.Argv[1:]...)
	p.cmd.Dir = c.Dir
	p.cmd.Env = append([]string{"PATH=" + searchPath, "HOME=/root", "LANG=C.UTF-8"}, c.Env...)
	p.cmd.Stdout, p.cmd.Stderr = part{p, &p.stdout}, part{p, &p.stderr}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.WaitDelay = time.Second
	if err := p.cmd.Start(); err != nil {
		return err
	}
	*pid = p.cmd.Process.Pid
	g.mu.Lock()
	g.programs[*pid] = p
	g.mu.Unlock()
	limit := time.AfterFunc(c.Limit, func() { unix.Kill(-p.cmd.Process.Pid, unix.SIGKILL) })
	go func() {
		err := p.cmd.Wait()
		limit.Stop()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.done, p.err = true, err
		p.changed.Broadcast()
	}()
	return nil
}

// part is one of a program's two outputs.
type part struct {
	*program
	to *bytes.Buffer
}

func (w part) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.changed.Broadcast()
	return w.to.Write(text)
}

// Read waits until a program has printed something or has ended, and takes what there is.
func (g *guest) Read(pid int, out *control.Output) error {
	g.mu.Lock()
	p := g.programs[pid]
	g.mu.Unlock()
	if p == nil {
		return fmt.Errorf("no program %d was started", pid)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.stdout.Len() == 0 && p.stderr.Len() == 0 && !p.done {
		p.changed.Wait()
	}
	out.Stdout, out.Stderr = bytes.Clone(p.stdout.Bytes()), bytes.Clone(p.stderr.Bytes())
	p.stdout.Reset()
	p.stderr.Reset()
	if out.Done = p.done; !p.done {
		return nil
	}
	g.mu.Lock()
	delete(g.programs, pid)
	g.mu.Unlock()
	out.Status = p.cmd.ProcessState.ExitCode()
	var exit *exec.ExitError
	if p.err != nil && (!errors.As(p.err, &exit) || out.Status < 0) {
		out.Failure = p.err.Error()
	}
	return nil
}

// Kill ends a program, and all that it has started in its process group.
func (g *guest) Kill(pid int, _ *struct{}) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.programs[pid] == nil {
		return nil
	}
	return unix.Kill(-pid, unix.SIGKILL)
}

// Put writes a file, and makes the directories that it is in.
func (g *guest) Put(f control.File, _ *struct{}) error {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(f.Path, f.Data, fs.FileMode(f.Mode)); err != nil {
		return err
	}
	return os.Chmod(f.Path, fs.FileMode(f.Mode))
}
