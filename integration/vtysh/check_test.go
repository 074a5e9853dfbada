//go:build linux

package vtysh_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestSpareVtysh checks again and again, with the vtysh that was started beforehand, without it, and after its death.
func TestSpareVtysh(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		check := func(when string) {
			t.Helper()
			if err := f.Check(t.Context(), "router bgp 65000\n neighbor 10.0.0.1 remote-as 65001\nexit\n"); err != nil {
				t.Errorf("%s: %v", when, err)
			}
			rs := refusals(t, f.Check(t.Context(), "ip route 10.0.0.0/8 Null0\nno such line\n"))
			if len(rs) != 1 || rs[0].Line != 2 || rs[0].Command != "no such line" {
				t.Errorf("%s: %v", when, rs)
			}
		}
		spare := func() (pid int) {
			t.Helper()
			within(t, "a spare vtysh waits", func() bool {
				pids := children(t, "vtysh -C")
				if len(pids) == 1 {
					pid = pids[0]
				}
				return len(pids) == 1
			})
			return pid
		}
		check("first")
		spare()
		check("with a spare one")
		if err := syscall.Kill(spare(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		check("after its death")
		long := strings.Repeat("ip prefix-list P permit any\n", 100_000)
		spare()
		if err := f.Check(t.Context(), long); err != nil {
			t.Errorf("a long configuration: %v", err)
		}
		spare()
		if err := f.Client.Close(); err != nil {
			t.Fatal(err)
		}
		if left := children(t, "vtysh -C"); len(left) > 0 {
			t.Errorf("these processes are left: %v", left)
		}
		check("after it was closed")
	})
}

// TestKnownConfiguration changes a configuration that was checked before: what is new, and no more, is judged, and the
// lines that are refused have the numbers that they have in the whole.
func TestKnownConfiguration(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		const routes, instance = "! a comment\nip route 10.0.0.0/8 Null0\nip route 11.0.0.0/8 Null0\n", "router bgp 65000\n neighbor 10.0.0.1 remote-as 65001\n"
		for _, text := range []string{
			routes + instance + "exit\n",
			routes + instance + "exit\n",
			instance + " bgp cluster-id 1.2.3.4\nexit\n" + routes,
			routes + instance + "neighbor 10.0.0.2 remote-as 65001\nexit\n",
			routes + instance + "neighbor 10.0.0.3 remote-as 65001\nexit\n", // belongs to what is known, and is not indented
		} {
			if err := f.Check(t.Context(), text); err != nil {
				t.Errorf("%v in\n%s", err, text)
			}
		}
		for text, line := range map[string]int{
			routes + instance + " no such line\nexit\n":                 6,
			routes + "no such line\n" + instance + "exit\n":             4,
			routes + instance + "exit\n neighbor 10.0.0.2 shutdown\n":   7,
			"ip route 10.0.0.0/8\n" + routes + instance + "exit\n":      1,
			routes + "neighbor 10.0.0.3 remote-as 65001\n" + instance:   4,
			"neighbor 10.0.0.4 remote-as 65001\n" + instance + "exit\n": 1,
		} {
			if rs := refusals(t, f.Check(t.Context(), text)); rs[0].Line != line {
				t.Errorf("%v, want line %d, in\n%s", rs, line, text)
			}
		}
	})
}

// children are this process's children whose command line begins with a program and an argument, in that order.
func children(t *testing.T, what string) (pids []int) {
	t.Helper()
	program, argument, _ := strings.Cut(what, " ")
	files, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(files) == 0 {
		t.Fatal("the kernel does not list a process's children", err)
	}
	for _, file := range files {
		list, _ := os.ReadFile(file)
		for _, word := range strings.Fields(string(list)) {
			line, _ := os.ReadFile("/proc/" + word + "/cmdline")
			if strings.Contains(string(line), program+"\x00") && strings.Contains(string(line), "\x00"+argument+"\x00") {
				pid, _ := strconv.Atoi(word)
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
