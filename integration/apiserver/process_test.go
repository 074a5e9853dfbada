package apiserver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// A victim is this test's own binary, which starts a process, says where, and waits to
// be killed.
const victim = "K8FRR_APISERVER_VICTIM"

func beVictim() {
	dir, err := makeDir()
	if err != nil {
		panic(err)
	}
	p, err := run(dir, "sleep", "600")
	if err != nil {
		panic(err)
	}
	fmt.Println(dir, p.cmd.Process.Pid)
	<-p.done
}

func TestKilledTestLeavesNothing(t *testing.T) {
	self := exec.CommandContext(t.Context(), os.Args[0])
	self.Env = append(os.Environ(), victim+"=1")
	stdout, err := self.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Start(); err != nil {
		t.Fatal(err)
	}
	var dir string
	var child int
	if _, err := fmt.Fscan(stdout, &dir, &child); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(child, 0); err != nil {
		t.Fatalf("the victim's process %d: %v", child, err)
	}
	self.Process.Kill()
	self.Wait()

	for deadline := time.Now().Add(patience); running(child); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("process %d has outlived the test that started it", child)
		}
	}
	next, err := makeDir()
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(next)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s: %v, want it swept", dir, err)
	}
	if _, err := os.Stat(server.dir); err != nil {
		t.Errorf("the directory of a running server was swept: %v", err)
	}
}

// running reports whether a process exists and is not just waiting to be reaped: an orphan
// may find nobody in a hurry to do that.
func running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	var id int
	var name, state string
	fmt.Sscan(string(stat), &id, &name, &state)
	return state != "Z"
}

// TestProcessOutlivesThread starts a process from a thread that ends at once: a process
// tied to that thread would die with it.
func TestProcessOutlivesThread(t *testing.T) {
	type result struct {
		*process
		error
	}
	started := make(chan result)
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends
		p, err := run(t.TempDir(), "sleep", "600")
		started <- result{p, err}
	}()
	p := <-started
	if p.error != nil {
		t.Fatal(p.error)
	}
	select {
	case <-p.done:
		t.Error("the process has died with the thread")
	case <-time.After(200 * time.Millisecond):
	}
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := syscall.Kill(p.cmd.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("after its end: %v", err)
	}
}
