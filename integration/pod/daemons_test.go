//go:build linux

package pod

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// Each daemon that is killed comes back, and so does what it had: what the node announces, and what it has learned and let into
// its kernel. Only the end of bgpd costs the session, and that of zebra, with which bgpd is started again.
func TestDaemonsComeBack(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, heard := running(t, version, strings.Replace(configuration, "  netlinkImport:", "  netlinkExport: {enabled: true, rules: [{name: all}]}\n  netlinkImport:", 1))
		if err := heard.Announce(listener.Route{Prefix: netip.MustParsePrefix("10.5.0.0/24"), NextHop: netip.MustParseAddr("10.1.0.1")}); err != nil {
			t.Fatal(err)
		}
		n.Installs(n.Host, "10.5.0.0/24")
		costs := map[string]int{"bgpd": 1, "zebra": 1}
		announced := []string{"10.9.9.9/32"}
		for i, daemon := range version.Daemons {
			mark, resets := heard.Mark(), heard.Resets()
			began := time.Now()
			n.killDaemon(daemon)
			back := time.Since(began)
			vip := fmt.Sprintf("10.9.8.%d/32", i+1)
			n.AddAddress("kube-lb0", vip)
			announced = append(announced, vip)
			n.Hears(heard, announced...)
			n.ready()
			n.Hears(heard, announced...)
			n.Installs(n.Host, "10.5.0.0/24")
			if got := heard.Resets() - resets; got != costs[daemon] {
				t.Errorf("%s: %d sessions ended, not %d", daemon, got, costs[daemon])
			}
			events := heard.Since(mark)
			t.Logf("%s: runs again after %v, everything is announced after %v", daemon, back.Round(time.Millisecond), events[len(events)-1].At.Sub(began).Round(time.Millisecond))
		}
		n.frr.must("k8frr-frr", "health")

		// A process whose parent has died is the first process's to bury.
		n.frr.must("sh", "-c", "sleep 0.1 & exit 0")
		n.Until("nobody who died is left", func() bool {
			out, _ := exec.Command("pgrep", "--ns", strconv.Itoa(n.frr.first()), "--nslist", "pid", "--runstates", "Z").Output()
			return len(out) == 0
		})
	})
}

// A daemon that hangs is not healthy: the kubelet then starts the container again.
func TestHealth(t *testing.T) {
	onVersion(t, lab.FRR103, func(t *testing.T, version lab.Version) {
		n := newNode(t, lab.New(t).Host("node-a"), version.Name)
		n.newVolumes()
		n.startFRR()
		healthy := func() bool {
			ctx, cancel := n.Deadline()
			defer cancel()
			_, err := n.frr.exec(ctx, "k8frr-frr", "health")
			return err == nil
		}
		n.Until("the container is healthy", healthy)
		pid := n.frr.daemon("bgpd")
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		if healthy() {
			t.Error("a container whose bgpd does not answer is healthy")
		}
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		n.Until("the container is healthy again", healthy)
	})
}

// An mgmtd that serves nobody any more is started again, without the container and without a session's end.
func TestDeafMgmtd(t *testing.T) {
	onVersion(t, lab.FRR103, func(t *testing.T, version lab.Version) {
		n, heard := running(t, version, configuration)
		resets, pid := heard.Resets(), n.frr.daemon("mgmtd")
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		n.frr.must("k8frr-frr", "health")
		n.AddAddress("kube-lb0", "10.9.8.1/32")
		n.Until("another mgmtd runs", func() bool { now := n.frr.daemon("mgmtd"); return now != 0 && now != pid })
		n.Hears(heard, "10.9.9.9/32", "10.9.8.1/32")
		n.ready()
		if got := heard.Resets() - resets; got != 0 {
			t.Errorf("%d sessions ended", got)
		}
	})
}

// The end and the return of the agent touch no session. Without an agent FRR's container loads frr.conf by itself.
func TestAgentComesAndGoes(t *testing.T) {
	onVersion(t, lab.FRR103, func(t *testing.T, version lab.Version) {
		n, heard := running(t, version, configuration)
		mark := heard.Mark()
		n.agent.stop(patience)
		n.startAgent()
		n.ready()
		n.agent.kill()
		time.Sleep(rest)
		if events := heard.Since(mark); len(events) > 0 {
			t.Errorf("the agent's restart is heard: %v", events)
		}

		n.frr.stop(patience)
		n.Until("the session has ended", func() bool { return len(heard.Announced()) == 0 })
		n.startFRR()
		n.Hears(heard, "10.9.9.9/32")
		if !strings.Contains(n.frr.log(), "loaded frr.conf, since no agent is there to do it") {
			t.Error("somebody else has loaded frr.conf")
		}
		mark = heard.Mark()
		n.startAgent()
		n.ready()
		time.Sleep(rest)
		for _, e := range heard.Since(mark) {
			if e.Kind == listener.Down || e.Kind == listener.Withdrawn {
				t.Errorf("heard when the agent has come: %v", e)
			}
		}
	})
}

// What bgpd takes at its start only, and whether there is a bfdd, follow the configuration without anybody's doing, and
// nothing else is started again.
func TestStartOptions(t *testing.T) {
	onVersion(t, lab.FRR103, func(t *testing.T, version lab.Version) {
		n, heard := running(t, version, configuration)
		before := map[string]int{}
		for _, daemon := range version.Daemons {
			before[daemon] = n.frr.daemon(daemon)
		}
		same := func(except string) {
			t.Helper()
			for daemon, pid := range before {
				if now := n.frr.daemon(daemon); (now == pid) == (daemon == except) {
					t.Errorf("%s is process %d and was %d", daemon, now, pid)
				}
				before[daemon] = n.frr.daemon(daemon)
			}
		}

		n.declare(strings.Replace(configuration, "peerAsn: 65001}", "peerAsn: 65001}\n    bfd: {enabled: true}", 1) + kubernetesNode)
		n.Until("bfdd knows the neighbor", func() bool { return n.shows("bfdd", "show bfd peers brief", "10.1.0.1") })
		n.frr.must("k8frr-frr", "health")
		n.declare(configuration + kubernetesNode)
		n.Until("bfdd has ended", func() bool { return n.frr.daemon("bfdd") == 0 })
		n.ready()
		same("")

		n.declare(strings.Replace(configuration, "asn: 65000", "asn: 65000, listenPort: 1790", 1) + kubernetesNode)
		n.Until("bgpd listens on port 1790", func() bool { return strings.Contains(n.frr.must("cat", "/proc/net/tcp"), ":06FE ") })
		n.Hears(heard, "10.9.9.9/32")
		n.ready()
		same("bgpd")
	})
}

// An mgmtd that keeps a lock which none of its sessions has is started again: addresses come to be announced without a person,
// and no session ends.
func TestOrphanedLock(t *testing.T) {
	onVersion(t, lab.FRR103, func(t *testing.T, version lab.Version) {
		n, heard := running(t, version, configuration)
		resets, pid := heard.Resets(), n.frr.daemon("mgmtd")
		began := time.Now()
		orphanLock(t, pid, n.agent.must("vtysh", "-d", "mgmtd", "-c", "show mgmt datastore all"))
		n.AddAddress("kube-lb0", "10.9.8.1/32")
		n.Until("another mgmtd runs", func() bool { now := n.frr.daemon("mgmtd"); return now != 0 && now != pid })
		n.Hears(heard, "10.9.9.9/32", "10.9.8.1/32")
		n.ready()
		t.Logf("mgmtd was restarted and everything was announced %v after its lock was orphaned", time.Since(began).Round(time.Second))
		if got := heard.Resets() - resets; got != 0 {
			t.Errorf("%d sessions ended", got)
		}
	})
}

// orphanLock has mgmtd 10.3 take its datastores for locked, as it leaves them when it loses track of a session: nothing that
// can be asked of it brings that about at will. datastores is its list of them, which tells where in memory each is: a number,
// and whether it is locked.
func orphanLock(t *testing.T, mgmtd int, datastores string) {
	t.Helper()
	memory, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", mgmtd), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	found := regexp.MustCompile(`DS: (running|candidate)\s+DS-Hndl:\s+0x([0-9a-f]+)`).FindAllStringSubmatch(datastores, -1)
	if len(found) != 2 {
		t.Fatalf("mgmtd has no two datastores:\n%s", datastores)
	}
	for _, m := range found {
		at, err := strconv.ParseInt(m[2], 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := memory.WriteAt([]byte{1}, at+4); err != nil {
			t.Fatal(err)
		}
	}
}
