//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/k8frr/k8frr/integration/lab"
)

// bin has k8frr, k8frr-agent and demo.
var bin string

func TestMain(m *testing.M) {
	if flag.Parse(); testing.Short() {
		os.Exit(0) // the demo needs root and FRR
	}
	os.Exit(func() int {
		var err error
		if bin, err = os.MkdirTemp("", "k8frr-demo"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(bin)
		build := exec.Command("go", "build", "-o", bin, "../../cmd/k8frr", "../../cmd/k8frr-agent", ".")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// Both versions run at once, so this also shows that two demos do not meet.
func TestDemo(t *testing.T) {
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			d := start(t, "", "--bin", bin, "--frr", version.Name)
			d.wait(t, 0)
			for _, want := range []string{"FRRouting " + version.Name, "10. ", "are identical", "Nothing of it is left"} {
				if !strings.Contains(d.output, want) {
					t.Errorf("the output has no %q", want)
				}
			}
			if strings.Contains(d.output, "\x1b") {
				t.Error("there are colours although this is no terminal")
			}
			for line := range strings.Lines(d.output) {
				if width := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "     ")) - 1; width > 80 {
					t.Errorf("a line is %d columns wide: %s", width, line)
				}
			}
			if t.Failed() {
				t.Log(d.output)
			}
		})
	}
}

func TestShell(t *testing.T) {
	t.Parallel()
	d := start(t, `node-b ip address del 203.0.113.10/32 dev kube-lb0
		while tor ip route show 203.0.113.10 | grep -q nexthop; do sleep 0.1; done
		client connect -n 20 http://203.0.113.10/
		node-a vtysh -c 'show bgp summary' | grep BGP
		tor birdc show status
		exit 7
		`, "--bin", bin, "--shell")
	d.wait(t, 0)
	_, shell, _ := strings.Cut(d.output, "Leave the shell")
	for _, want := range []string{"20 answered by node-a", "0 failed", "local AS number 65000", "BIRD 2"} {
		if !strings.Contains(shell, want) {
			t.Errorf("the shell printed no %q: %s", want, shell)
		}
	}
}

func TestInterruptedDemoLeavesNothing(t *testing.T) {
	for _, s := range []struct {
		signal syscall.Signal
		status int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 130}, {syscall.SIGKILL, -1}} {
		t.Run(s.signal.String(), func(t *testing.T) {
			t.Parallel()
			d := start(t, "", "--bin", bin)
			d.await(t, "5. The client connects")
			if err := d.cmd.Process.Signal(s.signal); err != nil {
				t.Fatal(err)
			}
			d.wait(t, s.status)
		})
	}
}

// An agent that does nothing makes a demo that says so.
func TestFailureIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Link(filepath.Join(bin, "k8frr"), filepath.Join(dir, "k8frr")); err != nil {
		t.Fatal(err)
	}
	if err := script(filepath.Join(dir, "k8frr-agent"), "echo no licence to route; exit 3\n"); err != nil {
		t.Fatal(err)
	}
	d := start(t, "", "--bin", dir)
	d.wait(t, 1)
	last := d.output[strings.LastIndex(d.output, "demo: "):]
	for _, want := range []string{"step 3", "k8frr-agent has ended", "exit status 3", "no licence to route"} {
		if !strings.Contains(last, want) {
			t.Errorf("the last sentence has no %q: %s", want, last)
		}
	}
}

// run is a running demo.
type run struct {
	cmd    *exec.Cmd
	stdout *bufio.Reader
	id     string // of its lab
	output string
}

func start(t *testing.T, stdin string, args ...string) *run {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	t.Cleanup(cancel)
	d := &run{cmd: exec.CommandContext(ctx, filepath.Join(bin, "demo"), args...)}
	d.cmd.Stdin = strings.NewReader(stdin)
	d.cmd.Env = append(os.Environ(), "SHELL=/bin/sh")
	d.cmd.WaitDelay = 5 * time.Second
	pipe, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.cmd.Stderr = d.cmd.Stdout
	d.stdout = bufio.NewReader(pipe)
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d.await(t, "1. ")
	d.id = labOf(t, d.cmd.Process.Pid)
	return d
}

var labID = regexp.MustCompile(`k8frr-[0-9a-f]{6}`)

// labOf finds the lab of a process by the reaper that it has started.
func labOf(t *testing.T, pid int) string {
	out, err := exec.Command("pgrep", "-a", "-P", fmt.Sprint(pid), "-f", "reap k8frr-").Output()
	id := labID.Find(out)
	if err != nil || id == nil {
		t.Fatalf("no lab of process %d: %s (%v)", pid, out, err)
	}
	return string(id)
}

// await reads what the demo prints until a line starts so.
func (d *run) await(t *testing.T, prefix string) {
	for {
		line, err := d.stdout.ReadString('\n')
		d.output += line
		if strings.HasPrefix(line, prefix) {
			return
		}
		if err != nil {
			t.Fatalf("the demo ended before %q: %s", prefix, d.output)
		}
	}
}

// wait waits for the end, which is to have that status and to leave nothing behind.
func (d *run) wait(t *testing.T, status int) {
	rest, err := io.ReadAll(d.stdout)
	if err != nil {
		t.Fatal(err)
	}
	d.output += string(rest)
	var exit *exec.ExitError
	if err := d.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := d.cmd.ProcessState.ExitCode(); got != status {
		t.Errorf("the demo ended with status %d instead of %d: %s", got, status, d.output)
	}
	// Of a killed demo the reaper removes all in a moment; otherwise nothing is there any more.
	patience := time.Duration(0)
	if status < 0 {
		patience = 2 * time.Minute
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		left := d.leftovers(t)
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left behind: %q", left)
		}
	}
}

// leftovers are the namespaces, directories and processes of the demo's lab.
func (d *run) leftovers(t *testing.T) []string {
	var left []string
	for _, pattern := range []string{"/run/netns/" + d.id + "-*", "/run/k8frr-lab/" + d.id} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		left = append(left, found...)
	}
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range processes {
		command, _ := os.ReadFile(dir + "/cmdline")
		output, _ := os.Readlink(dir + "/fd/1")
		if strings.Contains(string(command)+output, d.id) {
			left = append(left, "process "+string(command))
		}
	}
	return left
}
