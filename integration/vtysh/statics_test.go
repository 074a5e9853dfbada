//go:build linux

package vtysh_test

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// kernelRoutes counts the routes over kube-lb0 that zebra has installed.
func kernelRoutes(t *testing.T, f frr, family string) int {
	t.Helper()
	text, err := f.Host.Exec(t.Context(), "ip", family, "route", "show", "dev", "kube-lb0", "proto", "196") // RTPROT_ZSTATIC
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(text, "\n")
}

func TestStatics(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		t.Run("one", func(t *testing.T) {
			apply(t, f, "ip route 10.1.0.0/24 kube-lb0 tag 7473")
			apply(t, f, "ipv6 route fd00:1::/64 kube-lb0 tag 7473")
			within(t, "both are in the kernel", func() bool { return kernelRoutes(t, f, "-4") == 1 && kernelRoutes(t, f, "-6") == 1 })
			apply(t, f, "no ip route 10.1.0.0/24 kube-lb0 tag 7473", "no ipv6 route fd00:1::/64 kube-lb0 tag 7473")
			within(t, "neither is", func() bool { return kernelRoutes(t, f, "-4")+kernelRoutes(t, f, "-6") == 0 })
		})
		t.Run("thousand", func(t *testing.T) {
			apply(t, f, statics("ip route", 1000)...)
			within(t, "all are in the kernel", func() bool { return kernelRoutes(t, f, "-4") == 1000 })
			if n := strings.Count(running(t, f), "\nip route "); n != 1000 {
				t.Errorf("%d in the running configuration", n)
			}
			apply(t, f, statics("ip route", 1000)...) // again
			apply(t, f, statics("no ip route", 1000)...)
			within(t, "none is", func() bool { return kernelRoutes(t, f, "-4") == 0 })
			apply(t, f, statics("no ip route", 1000)...) // again
		})
		t.Run("refused", func(t *testing.T) {
			for _, n := range []int{0, 1, 500} { // good lines around the bad one
				script := append(append(statics("ip route", n), "! a comment", " ip route 10.0.0.0/33 kube-lb0"), statics("no ip route", n)...)
				rs := refusals(t, f.Apply(t.Context(), script))
				if len(rs) != 1 || rs[0].Line != n+2 || rs[0].Status != 2 || rs[0].Command != "ip route 10.0.0.0/33 kube-lb0" {
					t.Errorf("%d good lines: %+v", n, rs[0])
				}
			}
			rs := refusals(t, f.Apply(t.Context(), []string{"ip route 10.1.0.0/24 kube-lb0", "ip route nonsense kube-lb0", "ip route 10.2.0.0/24 kube-lb0"}))
			if len(rs) != 1 || rs[0].Line != 2 {
				t.Errorf("%v", rs)
			}
			within(t, "the good ones are in the kernel", func() bool { return kernelRoutes(t, f, "-4") == 2 })
		})
	})
}

func TestStaticsAfterRestart(t *testing.T) {
	eachVersion(t, func(t *testing.T, f frr) {
		for range 3 {
			if text := running(t, f); strings.Contains(text, "ip route") {
				t.Fatalf("FRR did not start empty:\n%s", text)
			}
			apply(t, f, statics("ip route", 2)...)
			if n := strings.Count(running(t, f), "\nip route "); n != 2 {
				t.Errorf("%d routes", n)
			}
			f.KillAll()
			f.Start()
		}
	})
}

// vty is somebody else's connection.
type vty struct{ net.Conn }

func (v vty) ask(t *testing.T, command string) string {
	t.Helper()
	v.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(v, "%s\x00", command)
	text := make([]byte, 4096)
	n, err := v.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(text[:n])
}

// While somebody else enters something, nothing is applied, and nothing that he has entered is lost.
func TestLocked(t *testing.T) {
	f := start(t, lab.FRR103) // 8.4's daemons take no lock over their sockets
	conn, err := net.Dial("unix", filepath.Join(f.SocketDir, "mgmtd.vty"))
	if err != nil {
		t.Fatal(err)
	}
	other := vty{conn}
	defer other.Close()
	other.ask(t, "enable")
	scripts := map[string][]string{
		"one static": statics("ip route", 1), "statics": statics("ip route", 20),
		"script": {"router bgp 65000", "exit", "ip prefix-list A seq 5 permit any"},
	}
	// mgmtd holds the lock itself for a moment after its start.
	within(t, "the lock is taken", func() bool {
		return !strings.Contains(other.ask(t, "configure terminal file-lock"), "%")
	})
	other.ask(t, "XFRR_start_configuration")
	for i := range 50 {
		other.ask(t, fmt.Sprintf("ip route 10.77.%d.0/24 Null0", i))
	}
	for name, script := range scripts {
		began := time.Now()
		if err := f.Apply(t.Context(), script); !errors.Is(err, vtysh.ErrLocked) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > time.Minute { // vtysh by itself would try for 200
			t.Errorf("%s: took %s to find out", name, took)
		}
	}
	if text := running(t, f); strings.Contains(text, "bgp 65000") || strings.Contains(text, "ip route") {
		t.Errorf("something was applied:\n%s", text)
	}
	other.ask(t, "XFRR_end_configuration")
	other.ask(t, "end")
	within(t, "all that the other one has entered is there", func() bool { return strings.Count(running(t, f), "\nip route 10.77.") == 50 })
	for _, script := range scripts {
		apply(t, f, script...)
	}
	within(t, "no lock is left behind", func() bool {
		return !strings.Contains(other.ask(t, "configure terminal file-lock"), "%")
	})
}
