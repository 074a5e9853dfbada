//go:build linux

package vtysh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// scriptPath is where vtysh finds the script: the memory file that it inherits as file descriptor 3. It has a path
// because vtysh opens it by name, and no directory: nothing is left behind, whoever is killed.
const (
	scriptPath = "/proc/self/fd/3"
	scriptName = "k8frr-script"
)

// output is what a vtysh process printed. A run with a script has both streams in stdout, in order.
type output struct {
	stdout, stderr []byte
	status         int
}

// failure is a run's error where the output names no refusal.
func (o *output) failure() error {
	text := string(o.stdout)
	if len(o.stderr) > 0 {
		text = string(o.stderr)
	}
	var said []string
	for line := range strings.Lines(text) {
		if !noise.MatchString(strings.TrimSpace(line)) {
			said = append(said, line)
		}
	}
	return fmt.Errorf("vtysh ended with status %d: %s", o.status, redact(message(strings.Join(said, ""))))
}

// run runs vtysh to its end; with a script (not nil), the last of args is the option that takes the script's path. If ctx
// ends first, or the configuration proves to be locked, vtysh is killed with all its children.
func (c *Client) run(ctx context.Context, script []byte, args ...string) (*output, error) {
	var file *os.File
	if script != nil {
		var err error
		if file, err = memoryFile(script); err != nil {
			return nil, fmt.Errorf("cannot hand vtysh its script: %w", err)
		}
		defer file.Close()
	}
	p, err := c.start(ctx, file, args...)
	if err != nil {
		return nil, err
	}
	return p.wait()
}

// process is a vtysh that runs.
type process struct {
	cmd            *exec.Cmd
	ctx            context.Context // which it ends with
	end            context.CancelCauseFunc
	stdout, stderr *tape
	began          time.Time
}

// start starts vtysh as run does; it reads the script, if there is one, from a file.
func (c *Client) start(ctx context.Context, script *os.File, args ...string) (*process, error) {
	ctx, end := context.WithCancelCause(ctx)
	argv := []string{"--vty_socket", c.opt.SocketDir}
	if c.opt.ConfigDir != "" {
		argv = append(argv, "--config_dir", c.opt.ConfigDir)
	}
	argv = append(argv, args...)
	p := &process{ctx: ctx, end: end, stdout: &tape{limit: c.opt.MaxAnswer, stop: end}, stderr: &tape{limit: c.opt.MaxAnswer, stop: end}}
	cmd := exec.CommandContext(ctx, c.opt.Path)
	cmd.Stdout, cmd.Stderr = p.stdout, p.stderr
	if script != nil {
		argv = append(argv, scriptPath)
		cmd.ExtraFiles = []*os.File{script}
		cmd.Stderr = p.stdout
		p.stdout.untilLocked = true
	}
	cmd.Args = append(cmd.Args, argv...)
	// No history: vtysh keeps -c commands in a file of the user's home. And no pager, not even cat: 8.4 starts it for
	// every line of a script, 9 ms each.
	cmd.Env = append(slices.DeleteFunc(os.Environ(), isPager), "VTYSH_HISTFILE=/dev/null")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	p.cmd, p.began = cmd, time.Now()
	if err := cmd.Start(); err != nil {
		defer end(nil)
		return nil, p.explain(err)
	}
	go progressOf(ctx).follow(ctx, cmd.Process.Pid)
	return p, nil
}

func isPager(variable string) bool { return strings.HasPrefix(variable, "VTYSH_PAGER=") }

// wait waits until the process has ended.
func (p *process) wait() (*output, error) {
	defer p.end(nil)
	err := p.cmd.Wait()
	if p.ctx.Err() != nil {
		return nil, p.explain(err)
	}
	out := &output{stdout: p.stdout.text.Bytes(), stderr: p.stderr.text.Bytes()}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Exited() {
		out.status = exit.ExitCode()
	} else if err != nil {
		return nil, p.explain(err)
	}
	return out, nil
}

// explain says why a process did not run to its end.
func (p *process) explain(err error) error {
	if p.ctx.Err() == nil {
		return fmt.Errorf("cannot run %s: %w", p.cmd.Path, err)
	}
	cause := context.Cause(p.ctx)
	if errors.Is(cause, ErrLocked) || errors.As(cause, new(tooLarge)) {
		return cause
	}
	return fmt.Errorf("vtysh was ended after %s: %w", time.Since(p.began).Round(time.Millisecond), cause)
}

// memoryFile is an anonymous file with that content, positioned at its beginning.
func memoryFile(content []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate(scriptName, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "k8frr-script")
	if _, err := file.WriteAt(content, 0); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// tape records what a process prints, and has it killed when that is too much or says that the configuration is locked:
// vtysh itself would try again for 200 seconds.
type tape struct {
	text        bytes.Buffer
	limit       int
	untilLocked bool
	stop        context.CancelCauseFunc
}

func (t *tape) Write(p []byte) (int, error) {
	if t.text.Len()+len(p) > t.limit {
		t.stop(tooLarge(t.limit))
		return len(p), nil
	}
	t.text.Write(p)
	if t.untilLocked && locked.Match(t.text.Bytes()[max(0, t.text.Len()-len(p)-100):]) {
		t.stop(ErrLocked)
	}
	return len(p), nil
}

// flags are the options that this vtysh has, asked once.
type flags struct {
	mu   sync.Mutex
	help string
}

func (c *Client) hasFlag(ctx context.Context, flag string) (bool, error) {
	c.flags.mu.Lock()
	defer c.flags.mu.Unlock()
	if c.flags.help == "" {
		out, err := c.run(ctx, nil, "--help")
		if err != nil {
			return false, err
		}
		if out.status != 0 {
			return false, out.failure()
		}
		c.flags.help = string(out.stdout) + string(out.stderr)
	}
	return strings.Contains(c.flags.help, flag), nil
}
