//go:build linux

package pod

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// asFRR runs a shell command on the pod's volumes with the rights of the agent, and of FRR's daemons: their user, and no
// capability.
func (n *node) asFRR(command string) error {
	cmd := exec.Command("/bin/sh", "-c", command)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "ETC=" + n.volumes["frr-config"], "RUN=" + n.volumes["frr-run"]}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 17473, Gid: 17473}}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", command, err, out)
	}
	return nil
}

func (n *node) mustFRR(command string) {
	n.t.Helper()
	if err := n.asFRR(command); err != nil {
		n.t.Fatal(err)
	}
}

// arguments are all that a daemon may be started with in this test.
var arguments = []string{"-F", "traditional", "-P", "0", "--log", "stdout", "-A", "127.0.0.1", "-s", "90000000", "-p",
	"--scriptdir", "/usr/lib/frr/no-scripts", ""}

// hostileLines are what whoever has the agent's user may put into the file daemons.
var hostileLines = []string{
	`bgpd_options="-A 127.0.0.1 -M /etc/frr/evil.so"`, `zebra_options="-u root -g root"`, `bgpd_options="-S"`, `staticd_options="-f /etc/shadow"`,
	`bgpd_options="-i /etc/frr/pid"`, `bgpd_options="--vty_socket /etc/frr"`, `bgpd_options="-P 2605 -A 0.0.0.0"`, `frr_global_options="-M /etc/frr/evil.so"`,
	`all_wrap="/bin/sh -c id"`, `watchfrr_options="--netns"`, `bgpd_options="$(touch /run/frr/pwned)"`, `touch /run/frr/pwned`, `LD_PRELOAD=/etc/frr/evil.so`,
	`zebra_options="--scriptdir /etc/frr/scripts"`, `k8frr_bgpd_options="-M /etc/frr/evil.so"`,
}

// hostileFiles are what may be in the place of the file daemons, and of frr.conf.
var hostileFiles = []string{
	"mkfifo $FILE", "ln -s /dev/zero $FILE", "ln -s /etc/shadow $FILE", "ln -s /proc/1/environ $FILE", "truncate -s 1T $FILE", "mkdir $FILE",
}

// Whoever has the user of the agent and of FRR's daemons gets no other user by what crosses to k8frr-frr, which is root and
// has capabilities, and does not stop it.
func TestBoundaries(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, heard := running(t, version, configuration)
		n.agent.stop(patience) // it would mend its file
		n.mustFRR("cp /lib/x86_64-linux-gnu/libc.so.6 $ETC/evil.so")

		// intact waits until each daemon runs, as FRR's user and without anything of ours in it. A file may have daemons
		// started again, which whoever writes it may do anyway.
		intact := func(what string) {
			t.Helper()
			for _, daemon := range version.Daemons {
				n.Until(daemon+" runs as FRR's user after "+what, func() bool {
					status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", n.frr.daemon(daemon)))
					return err == nil && strings.Contains(string(status), "\nUid:\t17473\t17473\t17473\t17473\n")
				}, func() any { return n.frr.log() })
				pid := n.frr.daemon(daemon)
				line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
				maps, _ := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
				for _, word := range strings.Split(string(line), "\x00")[1:] {
					if !slices.Contains(arguments, word) {
						t.Errorf("%s: %s runs with %q", what, daemon, line)
					}
				}
				if strings.Contains(string(maps), "evil.so") {
					t.Errorf("%s: %s has loaded evil.so", what, daemon)
				}
			}
			if _, err := os.Stat(filepath.Join(n.volumes["frr-run"], "pwned")); err == nil {
				t.Errorf("%s: a command of the file was run", what)
			}
		}
		dropped := func() int { return strings.Count(n.frr.log(), "are not allowed and are ignored") }
		for _, line := range hostileLines {
			before := dropped()
			n.mustFRR("cat >$ETC/daemons.new <<'EOF'\n" + line + "\nEOF\nmv $ETC/daemons.new $ETC/daemons")
			n.Until("k8frr-frr says what it drops of "+line, func() bool { return dropped() > before })
			intact(line)
		}
		unread := func() int { return strings.Count(n.frr.log(), "an FRR file cannot be read") }
		for _, file := range []string{"daemons", "frr.conf"} {
			n.mustFRR("mv $ETC/" + file + " $ETC/kept")
			for _, make := range hostileFiles {
				what, before := strings.ReplaceAll(make, "$FILE", file), unread()
				n.mustFRR(strings.ReplaceAll(make, "$FILE", "$ETC/"+file))
				if file == "frr.conf" { // it is read when a daemon is started
					n.Until("staticd runs", func() bool { return n.frr.daemon("staticd") != 0 })
					intact("before " + what)
					n.killDaemon("staticd")
				}
				n.Until("k8frr-frr does without "+what, func() bool { return unread() > before })
				intact(what)
				n.frr.must("k8frr-frr", "health")
				n.mustFRR("rm -rf $ETC/" + file)
			}
			n.mustFRR("mv $ETC/kept $ETC/" + file)
		}

		// A FIFO in the place of the mark of a drain, and of the lock, blocks nobody.
		n.mustFRR("mkfifo $RUN/k8frr-drained; rm -f $ETC/k8frr-agent.lock; mkfifo $ETC/k8frr-agent.lock")
		ctx, cancel := context.WithTimeout(t.Context(), patience/2)
		defer cancel()
		if _, err := n.frr.exec(ctx, "k8frr-frr", "drain", "--wait", "1ms"); err == nil || ctx.Err() != nil {
			t.Errorf("a drain by way of a FIFO ends with %v", err)
		}
		n.mustFRR("rm $RUN/k8frr-drained $ETC/k8frr-agent.lock")

		n.flood(t)
		n.script(t)
		for _, status := range []int{n.frr.first(), n.child()} {
			if kb, _ := strconv.Atoi(strings.TrimSuffix(statusOf(t, status, "VmHWM:"), " kB")); kb > 256<<10 {
				t.Errorf("process %d of k8frr-frr took %d KiB", status, kb)
			}
		}
		n.startAgent() // which gives the daemons what they lost without frr.conf
		n.Hears(heard, "10.9.9.9/32")
	})
}

// child is k8frr-frr below the container's first process, whichever thread of that has started it.
func (n *node) child() int {
	out, _ := exec.Command("pgrep", "--parent", strconv.Itoa(n.frr.first()), "--oldest").Output()
	pid, _ := strconv.Atoi(strings.TrimSpace(string(out)))
	return pid
}

// flood puts a socket that never stops answering in the place of a daemon's: the probe ends, and says so.
func (n *node) flood(t *testing.T) {
	t.Helper()
	socket := filepath.Join(n.volumes["frr-run"], "staticd.vty")
	n.mustFRR("mv $RUN/staticd.vty $RUN/kept.vty")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Chmod(socket, 0o777); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for junk := slices.Repeat([]byte{'x'}, 1<<20); ; {
					if _, err := conn.Write(junk); err != nil {
						return
					}
				}
			}()
		}
	}()
	ctx, cancel := n.Deadline()
	defer cancel()
	if _, err := n.frr.exec(ctx, "k8frr-frr", "health"); err == nil || !strings.Contains(err.Error(), "answers with more than") {
		t.Errorf("beside a socket that floods, the probe says %v", err)
	}
	_ = l.Close()
	n.mustFRR("rm -f $RUN/staticd.vty; mv $RUN/kept.vty $RUN/staticd.vty")
}

// script has zebra, of an FRR that can, run a script of the agent's user's: none is found.
func (n *node) script(t *testing.T) {
	t.Helper()
	n.mustFRR(`mkdir -p $ETC/scripts && echo 'io.open("/run/frr/pwned", "w"):close()' >$ETC/scripts/evil.lua`)
	ctx, cancel := n.Deadline()
	defer cancel()
	zebra := func(commands ...string) (string, error) { // root without capabilities may not open FRR's sockets
		argv := []string{"setpriv", "--reuid", "17473", "--regid", "17473", "--init-groups", "vtysh", "-d", "zebra"}
		for _, command := range commands {
			argv = append(argv, "-c", command)
		}
		return n.frr.exec(ctx, argv...)
	}
	for _, script := range []string{"evil", "../../../etc/frr/scripts/evil"} {
		out, err := zebra("configure terminal", "zebra on-rib-process script "+script)
		t.Logf("zebra is told to run %s: %q, %v", script, out, err)
	}
	n.AddAddress("kube-lb0", "10.9.9.77/32")
	n.Until("zebra has the route", func() bool {
		out, err := zebra("show ip route")
		return err == nil && strings.Contains(out, "10.9.9.77/32")
	})
	time.Sleep(rest)
	n.DelAddress("kube-lb0", "10.9.9.77/32")
	if _, err := os.Stat(filepath.Join(n.volumes["frr-run"], "pwned")); err == nil {
		t.Error("zebra has run a script from /etc/frr")
	}
}
