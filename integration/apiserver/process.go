package apiserver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// A process is a child that cannot outlive this one. A nil process has ended.
type process struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{} // closed when it has ended
}

// run starts a program in a directory, where it also logs.
func run(dir, program string, args ...string) (*process, error) {
	p := &process{
		cmd:  exec.Command(program, args...),
		log:  filepath.Join(dir, filepath.Base(program)+".log"),
		done: make(chan struct{}),
	}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, log, log
	p.cmd.Env = append(os.Environ(), "GOGC=400") // a third less time to start, for some memory
	p.cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig: syscall.SIGKILL,
		Setpgid:   true, // an interrupt at the terminal is the test's to handle
	}

	// The kernel sends the death signal when the *thread* that forked ends (prctl(2),
	// PR_SET_PDEATHSIG), and Go ends threads that were locked for a visit to another
	// namespace. So a thread of its own forks the child and stays until it has ended.
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return p, nil
}

// endTimeout is how long a process may take to heed a signal. kube-apiserver waits for
// requests in flight.
const endTimeout = 30 * time.Second

// end signals the process and waits until it is gone; past endTimeout it is killed.
func (p *process) end(signal syscall.Signal) error {
	if p == nil {
		return nil
	}
	if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end %s: %w", p.cmd.Path, err)
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(endTimeout):
		p.cmd.Process.Kill()
		<-p.done
		return p.failure(fmt.Sprintf("had to be killed %s after %v", endTimeout, signal))
	}
}

// failure is an error that quotes the end of the log.
func (p *process) failure(what string) error {
	const quoted = 4096
	log, err := os.ReadFile(p.log)
	if err != nil {
		log = []byte(err.Error())
	}
	return fmt.Errorf("%s %s; its log ends:\n%s", filepath.Base(p.cmd.Path), what, log[max(0, len(log)-quoted):])
}
