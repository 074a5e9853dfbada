//go:build linux

package daemons

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/prometheus/procfs"
)

// TestHealthy checks that a daemon that does not answer is healthy as long as it works, and only then.
func TestHealthy(t *testing.T) {
	o := &Options{SocketDir: t.TempDir()}
	const name = "k8frr-silent"
	listener, err := net.Listen("unix", filepath.Join(o.SocketDir, name+".vty")) // without accepting
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if err := o.healthy(t.Context(), name); !silent(err) {
		t.Errorf("a daemon that does not answer and does not run: %v", err)
	}

	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	if shell, err = filepath.EvalSymlinks(shell); err != nil {
		t.Fatal(err)
	}
	executable := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(shell, executable); err != nil {
		t.Fatal(err)
	}
	busy := exec.Command(executable, "-c", "while :; do :; done")
	if err := busy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = busy.Process.Kill()
		_ = busy.Wait()
	})
	if err := o.healthy(t.Context(), name); err != nil {
		t.Errorf("a daemon that works: %v", err)
	}
	if err := busy.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for stopped := false; !stopped; {
		p, err := procfs.NewProc(busy.Process.Pid)
		if err != nil {
			t.Fatal(err)
		}
		stat, err := p.Stat()
		if err != nil {
			t.Fatal(err)
		}
		stopped = stat.State == "T"
	}
	if err := o.healthy(t.Context(), name); !silent(err) {
		t.Errorf("a daemon that hangs: %v", err)
	}
	listener.Close()
	if err := o.healthy(t.Context(), name); err == nil || silent(err) {
		t.Errorf("a daemon that does not run: %v", err)
	}
}
