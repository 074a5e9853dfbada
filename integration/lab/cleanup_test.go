//go:build linux

package lab_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// crashEnv makes this test binary a program that builds a lab, names it on standard output, and waits to be killed.
const crashEnv = "K8FRR_LAB_UNTIL_KILLED"

func TestMain(m *testing.M) {
	if os.Getenv(crashEnv) != "" {
		l := busyLab(&program{})
		fmt.Println(filepath.Base(l.Dir()))
		select {}
	}
	os.Exit(m.Run())
}

// program is a lab.TB that is no test.
type program struct{ cleanups []func() }

func (*program) Helper()                 {}
func (*program) Failed() bool            { return false }
func (*program) Logf(f string, a ...any) { fmt.Fprintf(os.Stderr, f+"\n", a...) }
func (p *program) Errorf(f string, a ...any) {
	p.Logf(f, a...)
}
func (p *program) Fatalf(f string, a ...any) {
	p.Logf(f, a...)
	os.Exit(1)
}
func (p *program) Cleanup(f func()) { p.cleanups = append(p.cleanups, f) }

// busyLab has some of everything that could be left behind.
func busyLab(tb lab.TB) *lab.Lab {
	l := lab.New(tb)
	node, tor := l.Host("node"), l.Host("tor")
	l.LAN(node.Port("eth0", "10.1.0.2/24"), tor.Port("eth0", "10.1.0.1/24"))
	node.FRR(lab.FRR103).Start()
	tor.FRR(lab.FRR84).Start()
	tor.Start("shell", "sh", "-c", "setsid sleep 300 & sleep 300")
	return l
}

// leftovers lists the namespaces, mounts, directories and processes of a lab.
func leftovers(t *testing.T, id string) []string {
	var found []string
	for _, pattern := range []string{"/run/netns/" + id + "-*", "/run/k8frr-lab/" + id} {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, matches...)
	}
	for line := range strings.Lines(read(t, "/proc/self/mountinfo")) {
		if strings.Contains(line, id) {
			found = append(found, "mount "+line)
		}
	}
	// Every process of a lab has the lab's directory as a standard stream, or its id on the command line.
	files, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range files {
		command, _ := os.ReadFile(dir + "/cmdline")
		output, _ := os.Readlink(dir + "/fd/1")
		if strings.Contains(string(command)+output, id) {
			found = append(found, "process "+string(command))
		}
	}
	return found
}

func TestCleanupLeavesNothing(t *testing.T) {
	t.Parallel()
	if lab.Short() {
		t.Skip("needs root and a lab; not run with -short")
	}
	var id string
	t.Run("lab", func(t *testing.T) {
		id = filepath.Base(busyLab(t).Dir())
		if n := len(leftovers(t, id)); n < 12 {
			t.Errorf("only %d things are found while the lab is there: %q", n, leftovers(t, id))
		}
	})
	if found := leftovers(t, id); len(found) > 0 {
		t.Errorf("left behind: %q", found)
	}
}

func TestKilledTestLeavesNothing(t *testing.T) {
	t.Parallel()
	owner, id := startOwner(t)
	owner.Kill()
	eventually(t, func() string { return strings.Join(leftovers(t, id), "\n") })
}

func TestNextRunRemovesWhatNobodyReaped(t *testing.T) {
	t.Parallel()
	owner, id := startOwner(t)
	reaper, err := exec.Command("pgrep", "-P", fmt.Sprint(owner.Pid), "-f", "reap "+id).Output()
	if err != nil {
		t.Fatalf("no reaper: %v", err)
	}
	var pid int
	fmt.Sscan(string(reaper), &pid)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	owner.Kill()
	owner.Wait()
	lab.New(t)
	if found := leftovers(t, id); len(found) > 0 {
		t.Errorf("left behind: %q", found)
	}
}

// startOwner starts a process that owns a busy lab.
func startOwner(t *testing.T) (*os.Process, string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), crashEnv+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return cmd.Process, strings.TrimSpace(line)
}
