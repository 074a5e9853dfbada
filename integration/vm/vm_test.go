//go:build linux

package vm

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var whole = flag.Bool("whole", false, "also kill a machine beside another, and have the agent import from a dummy device")

// doomed is set in a process that starts a machine and is killed.
const doomed = "VM_TEST_DOOMED"

func TestMachine(t *testing.T) {
	if os.Getenv(doomed) != "" {
		fmt.Println(Start(t).qemu.cmd.Process.Pid)
		time.Sleep(patience)
		return
	}
	files := t.TempDir()
	t.Setenv("TMPDIR", files)
	var pid int
	t.Run("lives", func(t *testing.T) {
		m := Start(t)
		pid = m.qemu.cmd.Process.Pid
		t.Run("devices", m.testDevices)
		t.Run("commands", m.testCommands)
		t.Run("files", m.testFiles)
		if *whole {
			t.Run("killed beside another", testKilled)
			t.Run("import", m.testImport)
		}
	})
	gone(t, pid)
	if left, err := os.ReadDir(files); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// gone waits for the end of a process, whether or not somebody collects what it leaves.
func gone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the machine, process %d, still runs", pid)
		}
	}
}

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func (m *VM) testDevices(t *testing.T) {
	for _, kind := range []string{"dummy", "vrf table 100", "ifb", "bridge", "veth"} {
		argv := append([]string{"ip", "link", "add", "x0", "type"}, strings.Fields(kind)...)
		if _, err := m.Exec(deadline(t), argv...); err != nil {
			t.Error(err)
		}
		if _, err := m.Exec(deadline(t), "ip", "link", "del", "x0"); err != nil {
			t.Error(err)
		}
	}
	if _, err := m.Exec(deadline(t), "modprobe", "-a", "mpls_router", "mpls_iptunnel"); err != nil {
		t.Error(err)
	}
}

func (m *VM) testCommands(t *testing.T) {
	out, err := m.Exec(deadline(t), "sh", "-c", "echo said; echo complained >&2; exit 3")
	if out != "said\n" || err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "complained") {
		t.Errorf("got %q and %v", out, err)
	}
	if _, err := m.Exec(deadline(t), "/nowhere"); err == nil {
		t.Error("a program that is not there was run")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := m.Exec(ctx, "sleep", "1000"); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("a command that takes too long: %v", err)
	}
	if out, err := m.Exec(deadline(t), "pgrep", "-x", "sleep"); err == nil {
		t.Errorf("it still runs: %s", out)
	}
}

// The machine's files are this machine's, but what it writes is its own.
func (m *VM) testFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("here"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := m.Exec(deadline(t), "cat", path); err != nil || out != "here" {
		t.Errorf("the machine reads %q (%v)", out, err)
	}
	m.Put(path, []byte("there"), 0o600)
	if out, err := m.Exec(deadline(t), "cat", path); err != nil || out != "there" {
		t.Errorf("the machine reads %q (%v) after it was written there", out, err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "here" {
		t.Errorf("the machine has written this machine's file: %q (%v)", text, err)
	}
}

// testKilled starts a machine from a process that is killed.
func testKilled(t *testing.T) {
	ctx := deadline(t)
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run", "^TestMachine$")
	cmd.Env = append(os.Environ(), doomed+"=1")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	_, err = fmt.Fscan(bufio.NewReader(stdout), &pid)
	cmd.Process.Signal(syscall.SIGKILL)
	cmd.Wait()
	if err != nil {
		t.Fatalf("the second machine did not start: %v", err)
	}
	gone(t, pid)
}

// testImport has k8frr-agent import from a real dummy, by all doors.
func (m *VM) testImport(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), lifetime)
	defer cancel()
	out, err := m.Test(ctx, Suite{
		Package:  "integration/agent",
		Run:      "^TestDoors$/^10.3$",
		Programs: []string{"cmd/k8frr-agent"},
	})
	if err != nil || !strings.Contains(out, "--- PASS: TestDoors/10.3") {
		t.Errorf("%v\n%s", err, out)
	}
	t.Log(out)
}
