//go:build linux

package vtysh_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/supervise/vtysh"
)

// Every kind of refusal that a script can meet: what FRR says must come back with its line, and good lines must be there.
func TestRefusals(t *testing.T) {
	password := strings.Repeat("hunter2", 12) // more than the 80 bytes that FRR takes
	cases := []struct {
		name   string
		script string
		line   int // of the refusal; 0 where FRR does not say
		status int
		says   string
		kept   string // a good line of the same script
	}{
		{"unknown", "ip prefix-list A seq 5 permit any\nnonsense\nip prefix-list A seq 10 deny any", 2, 2, "Unknown command", "ip prefix-list A seq 10 deny any"},
		{"incomplete", "router bgp 65000\n neighbor 10.9.0.2\n neighbor 10.9.0.2 remote-as 65001\nexit", 2, 4, "incomplete", "neighbor 10.9.0.2 remote-as 65001"},
		{"bad mask", "ip route 10.60.0.0/33 Null0\nip prefix-list B seq 5 permit any", 1, 2, "Unknown command", "ip prefix-list B seq 5 permit any"},
		{"bad neighbor", "router bgp 65000\n neighbor 10.9.0.999 remote-as 65001\n neighbor 10.9.0.3 remote-as 65001\nexit", 2, 13, "", "neighbor 10.9.0.3 remote-as 65001"},
		{"no such neighbor", "router bgp 65000\n address-family ipv4 unicast\n  neighbor 10.9.0.9 activate\n exit-address-family\nexit", 3, 13, "remote-as", ""},
		{"long password", "router bgp 65000\n neighbor 10.9.0.2 password " + password + "\nexit", 2, 13, "Invalid value", ""},
		{"password with a space", "router bgp 65000\n neighbor 10.9.0.2 password " + password + " x\nexit", 2, 2, "Unknown command", ""},
		{"northbound", "ip prefix-list C seq 5 permit 10.0.0.0/8 ge 4", 0, 0, "Invalid prefix range", ""},
		{"yang", "ip prefix-list " + strings.Repeat("N", 300) + " seq 5 permit any", -1, -1, "Failed to edit configuration", ""},
		{"other AS", "router bgp 65055\nexit\nip prefix-list D seq 5 permit any", 1, 13, "already running", ""},
	}
	eachVersion(t, func(t *testing.T, f frr) {
		apply(t, f, "router bgp 65000", "exit")
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				err := f.Apply(t.Context(), strings.Split(c.script, "\n"))
				rs := refusals(t, err)
				first := rs[0]
				if (c.line >= 0 && first.Line != c.line) || (c.status >= 0 && first.Status != c.status) || !strings.Contains(first.Message, c.says) {
					t.Errorf("got %+v, want line %d, status %d, %q", first, c.line, c.status, c.says)
				}
				if first.Status == 13 && first.Daemon == "" {
					t.Errorf("no daemon in %+v", first)
				}
				if strings.Contains(err.Error(), "hunter2") {
					t.Errorf("the password is in the error: %v", err)
				}
				if c.kept != "" && !hasLine(running(t, f), c.kept) {
					t.Errorf("%q is not in\n%s", c.kept, running(t, f))
				}
			})
		}
	})
}

// A refused context takes the rest of the script with it; the refusals say from where on.
func TestRefusedContext(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		apply(t, f, "router bgp 65000", "exit")
		rs := refusals(t, f.Apply(t.Context(), []string{
			"router bgp 65055", " neighbor 10.9.0.3 remote-as 1", "exit", "ip prefix-list A seq 5 permit any", "ip prefix-list A seq 10 permit any",
		}))
		last := rs[len(rs)-1]
		if rs[0].Line != 1 || !strings.Contains(last.Message, "were not run") || last.Line < 3 || last.Line > 4 {
			t.Errorf("got %v", rs)
		}
		if text := running(t, f); strings.Contains(text, "prefix-list") || strings.Contains(text, "10.9.0.3") {
			t.Errorf("something was run:\n%s", text)
		}
	})
}

func TestAcceptedScripts(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		script := strings.Split(`router bgp 65000
 neighbor 10.9.0.2 remote-as 65001
 neighbor 10.9.0.2 password s3cret
 ! a comment
 address-family ipv4 unicast
  neighbor 10.9.0.2 route-map NOT-THERE-YET out
 exit-address-family
exit
ip prefix-list A seq 5 permit any
ip route 10.1.0.0/24 kube-lb0 tag 7473
route-map NOT-THERE-YET permit 10
 match tag 7473
exit`, "\n")
		for range 2 { // entering it again is no error
			apply(t, f, script...)
			text := running(t, f)
			for _, line := range script {
				if line = strings.TrimSpace(line); line != "! a comment" && !hasLine(text, line) {
					t.Errorf("%q is not in\n%s", line, text)
				}
			}
		}
		apply(t, f, "no ip route 10.99.0.0/24 kube-lb0", "no route-map ABSENT permit 10") // nor is removing what is not there
	})
}

func TestCheck(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		good := "frr defaults traditional\nrouter bgp 65000\n neighbor 10.9.0.2 remote-as 65001\n neighbor 10.9.0.2 password s3cret\nexit\n"
		bad := good + "router bgp 65000\n neighbor 10.9.0.3 password hunter2 x\n neighbor 10.9.0.2\nexit\nip route 10.0.0.0/44 Null0\n"
		f.StopAll() // a check needs no daemon
		if err := f.Check(t.Context(), good); err != nil {
			t.Errorf("a good configuration: %v", err)
		}
		err := f.Check(t.Context(), bad)
		rs := refusals(t, err)
		if len(rs) != 3 || rs[0].Line != 7 || rs[1].Line != 8 || rs[2].Line != 10 || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a bad one: %v", err)
		}
	})
}

// What would hang vtysh, or smuggle in a command, never reaches it.
func TestDangerousLines(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		for _, line := range []string{
			"interface kube-lb0\n shutdown", "router bgp 65000\x00exit", "interface " + strings.Repeat("x", 5000), "description a | b",
		} {
			rs := refusals(t, f.Apply(t.Context(), []string{"ip prefix-list A seq 5 permit any", line}))
			if rs[0].Line != 2 {
				t.Errorf("%.40q: %v", line, rs)
			}
		}
		if text := running(t, f); strings.Contains(text, "prefix-list") {
			t.Errorf("a line of a refused script was run:\n%s", text)
		}
		// The longest line that is let through does not hang.
		apply(t, f, "interface kube-lb0", " description "+strings.Repeat("x", 3900), "exit")
	})
}

func TestNoDaemons(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		f.KillAll()
		for name, err := range map[string]error{
			"statics": f.Apply(t.Context(), statics("ip route", 1)),
			"script":  f.Apply(t.Context(), []string{"router bgp 65000", "exit"}),
			"running": func() error { _, err := f.Running(t.Context()); return err }(),
		} {
			if err == nil {
				t.Errorf("%s: no error though nothing runs", name)
			}
		}
	})
}

// Nothing that vtysh was given is found on disk or on a command line.
func TestSecretsLeaveNoTrace(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		secret, seen, began := rand.Text(), make(chan string, 1), time.Now().Add(-time.Second) // a file's time may be that of the last tick
		go func() {
			for ctx.Err() == nil {
				lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
				for _, path := range lines {
					if text, _ := os.ReadFile(path); strings.Contains(string(text), secret) {
						select {
						case seen <- string(text):
						default:
						}
					}
				}
			}
		}()
		for range 5 {
			apply(t, f, "router bgp 65000", " neighbor 10.9.0.2 remote-as 65001", " neighbor 10.9.0.2 password "+secret, "exit")
		}
		cancel()
		select {
		case text := <-seen:
			t.Errorf("on a command line: %q", text)
		default:
		}
		for _, dir := range []string{f.Host.Dir(), os.TempDir()} {
			filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
				if info, statErr := os.Stat(path); err == nil && statErr == nil && info.Mode().IsRegular() && info.Size() < 1<<20 && info.ModTime().After(began) {
					if text, _ := os.ReadFile(path); strings.Contains(string(text), secret) {
						t.Errorf("in %s", path)
					}
				}
				return nil
			})
		}
	})
}

// An Apply that is given up leaves neither a process nor a lock.
func TestApplyGivenUp(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		for name, script := range map[string][]string{
			"statics": statics("ip route", 2000),
			"script":  append([]string{"ip prefix-list A seq 5 permit any"}, statics("ip route", 2000)...),
		} {
			t.Run(name, func(t *testing.T) {
				within(t, "it begins", func() bool { // FRR's own start may hold the lock
					ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
					defer cancel()
					err := f.Apply(ctx, script)
					if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, vtysh.ErrLocked) {
						t.Fatalf("got %v", err)
					}
					return errors.Is(err, context.DeadlineExceeded)
				})
				within(t, "the configuration can be changed again", func() bool {
					err := f.Apply(t.Context(), statics("ip route", 3))
					if err != nil && !errors.Is(err, vtysh.ErrLocked) {
						t.Fatal(err)
					}
					return err == nil
				})
				apply(t, f, "ip prefix-list B seq 5 permit any")
			})
		}
	})
}
