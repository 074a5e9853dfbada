//go:build linux

package agent

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// An agent that ends, in whatever way, and comes back is not noticed by the router. What happened meanwhile is made up for.
func TestAgentRestarts(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		n.add("10.9.9.1/32", "10.9.8.9/24", "fd00:9::1/128")
		n.announced("10.9.9.1/32", "10.9.8.0/24", "fd00:9::1/128")
		for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
			mark, logged := n.heard.Mark(), len(n.log())
			n.killAgent(sig)
			n.startAgent()
			n.logs(logged, "started")
			time.Sleep(2 * time.Second)
			n.quiet(mark)
			if log := n.log()[logged:]; strings.Contains(log, "applied") || strings.Contains(log, "mirrored") {
				t.Errorf("%v: an agent that finds everything as it must be has changed something:\n%s", sig, log)
			}
		}

		n.killAgent(syscall.SIGKILL)
		mark, began := n.heard.Mark(), time.Now()
		n.add("10.9.9.2/32", "10.9.7.9/24")
		n.announced("10.9.9.1/32", "10.9.8.0/24", "fd00:9::1/128", "10.9.9.2/32", "10.9.7.0/24")
		t.Logf("without an agent: announced after %v", n.last(mark).Sub(began).Round(time.Millisecond))
		n.AddAddress("kube-lb0", "10.9.9.3/32", bare...)
		n.del("10.9.9.1/32", "10.9.8.9/24")
		n.settle()

		began = time.Now()
		n.startAgent()
		n.announced("fd00:9::1/128", "10.9.9.2/32", "10.9.7.0/24", "10.9.9.3/32")
		t.Logf("after the agent's return: made up for after %v", n.last(mark).Sub(began).Round(time.Millisecond))
		// FRR 10.3 says a prefix once more when its static route takes over from the connected one.
		n.quiet(mark, "announced 10.9.9.2/32", "announced 10.9.7.0/24", "announced 10.9.9.3/32",
			"withdrawn 10.9.9.1/32", "withdrawn 10.9.8.0/24", "announced 10.9.9.1/32?", "announced 10.9.8.0/24?")
	})
}

// last is when the last event after a mark was heard.
func (n *node) last(mark int) time.Time {
	n.t.Helper()
	events := n.heard.Since(mark)
	if len(events) == 0 {
		n.t.Fatal("nothing was heard")
	}
	return events[len(events)-1].At
}

// Each daemon is killed, addresses come and go while it is away, and it comes back with no configuration. Afterwards the
// announced set is the wanted one; only bgpd's death costs sessions.
func TestDaemonKilled(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		t.Run("first to last", func(t *testing.T) {
			t.Parallel()
			killEach(t, version, version.Daemons)
		})
		// Each daemon has route maps of its own. Now the first to lose them is bgpd, while zebra shows them.
		backwards := slices.Clone(version.Daemons)
		slices.Reverse(backwards)
		t.Run("last to first", func(t *testing.T) {
			t.Parallel()
			killEach(t, version, backwards)
		})
	})
}

func killEach(t *testing.T, version lab.Version, daemons []string) {
	n := running(t, version, configuration)
	n.add("10.9.9.1/32", "10.9.8.9/24", "fd00:9::1/128", "fd00:8::9/64")
	n.AddAddress("kube-lb0", "10.9.9.2/32", bare...)
	n.AddAddress("kube-lb0", "10.9.7.9/24", bare...)
	n.ip("route", "add", "10.9.6.0/24", "dev", "kube-lb0")
	kept := []string{"10.9.9.1/32", "10.9.8.0/24", "fd00:9::1/128", "fd00:8::/64", "10.9.9.2/32", "10.9.7.0/24", "10.9.6.0/24"}
	with := func(more ...string) []string { return append(append([]string(nil), kept...), more...) }

	for _, daemon := range daemons {
		n.add("10.9.9.3/32")
		n.AddAddress("kube-lb0", "10.9.5.9/24", bare...)
		n.announced(with("10.9.9.3/32", "10.9.5.0/24")...)
		mark, resets := n.heard.Mark(), n.heard.Resets()

		n.frr.Kill(daemon, syscall.SIGKILL)
		// In the moment in which zebra 10.3 notices the death of a client it loses changes of connected routes, for good
		// and with no agent too: in one of three to twelve kills.
		n.settle()
		n.add("10.9.9.4/32")
		n.AddAddress("kube-lb0", "10.9.4.9/24", bare...)
		n.del("10.9.9.3/32", "10.9.5.9/24")
		n.settle()
		began := time.Now()
		n.frr.StartDaemon(daemon)
		n.announced(with("10.9.9.4/32", "10.9.4.0/24")...)
		t.Logf("%s: the wanted set is announced %v after its start", daemon, n.last(mark).Sub(began).Round(time.Millisecond))
		ended := n.heard.Resets() - resets
		if expected := map[string]int{"bgpd": 2}[daemon]; ended != expected {
			t.Errorf("%s: %d sessions ended, not %d", daemon, ended, expected)
		}
		// What comes after is mirrored as ever.
		n.del("10.9.9.4/32", "10.9.4.9/24")
		n.announced(kept...)
		n.sound()
	}
}

// sound makes sure that zebra and the kernel have no route of FRR's but for what kube-lb0 carries.
func (n *node) sound() {
	n.t.Helper()
	const gone = "10.9.9.3/32 10.9.9.4/32 10.9.5.0/24 10.9.4.0/24"
	var routes string
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		routes = n.vtysh("show ip route static") + n.ip("route", "show", "table", "main", "proto", "196")
		if !slices.ContainsFunc(strings.Fields(gone), func(p string) bool { return strings.Contains(routes, strings.TrimSuffix(p, "/32")+" ") }) {
			return
		}
		if time.Now().After(end) {
			n.t.Fatalf("ghosts:\n%s", routes)
		}
	}
}

// All daemons are killed and started without a configuration. The agent brings it back.
func TestAllDaemonsKilled(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		n.add("10.9.9.1/32", "10.9.8.9/24", "fd00:9::1/128")
		n.AddAddress("kube-lb0", "10.9.9.2/32", bare...)
		n.ip("route", "add", "10.9.6.0/24", "dev", "kube-lb0")
		want := []string{"10.9.9.1/32", "10.9.8.0/24", "fd00:9::1/128", "10.9.9.2/32", "10.9.6.0/24"}
		n.announced(want...)

		n.frr.KillAll()
		mark, began := n.heard.Mark(), time.Now()
		for _, daemon := range version.Daemons {
			n.frr.StartDaemon(daemon)
		}
		n.announced(want...)
		t.Logf("all killed: announced again %v after the start", n.last(mark).Sub(began).Round(time.Millisecond))
		n.established("10.1.0.2", "fd00:1::2")

		// frr.conf alone is enough: what ran last runs again, without an agent.
		n.killAgent(syscall.SIGKILL)
		n.frr.KillAll()
		mark, began = n.heard.Mark(), time.Now()
		n.frr.Start()
		n.announced(want...)
		t.Logf("all killed, no agent: announced again %v after the start", n.last(mark).Sub(began).Round(time.Millisecond))
		n.established("10.1.0.2", "fd00:1::2")

		mark = n.heard.Mark()
		n.startAgent()
		time.Sleep(2 * time.Second)
		n.quiet(mark)
	})
}

// The node starts in the wrong order: the agent first, then the daemons, the last ones first.
func TestFRRComesLate(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version)
		n.frr.StopAll()
		n.write("bgp.yaml", configuration)
		n.add("10.9.9.1/32")
		n.AddAddress("kube-lb0", "10.9.9.2/32", bare...)
		n.startAgent()
		n.logs(0, "FRR")
		n.condition("ConfigurationApplied", "False", "zebra")
		n.settle()
		mark := n.heard.Mark()
		for i := range version.Daemons {
			n.frr.StartDaemon(version.Daemons[len(version.Daemons)-1-i])
			n.settle()
		}
		began := time.Now()
		n.announced("10.9.9.1/32", "10.9.9.2/32")
		t.Logf("announced %v after the last daemon", n.last(mark).Sub(began).Round(time.Millisecond))
		n.condition("ConfigurationApplied", "True", "")
		for _, e := range n.heard.Since(mark) {
			if e.Kind == listener.Down {
				t.Errorf("heard and not expected: %v", e)
			}
		}
	})
}
