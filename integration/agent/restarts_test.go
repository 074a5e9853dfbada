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
		n.mirrored(3)
		n.Ready()
		for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
			mark, logged := n.heard.Mark(), len(n.Logged())
			n.KillAgent(sig)
			n.StartAgent()
			n.Logs(logged, "started")
			n.Ready()
			n.settle()
			n.quiet(mark)
			if log := n.Logged()[logged:]; strings.Contains(log, "applied") || strings.Contains(log, "mirrored") {
				t.Errorf("%v: an agent that finds everything as it must be has changed something:\n%s", sig, log)
			}
		}

		n.KillAgent(syscall.SIGKILL)
		mark, began := n.heard.Mark(), time.Now()
		n.add("10.9.9.2/32", "10.9.7.9/24")
		n.announced("10.9.9.1/32", "10.9.8.0/24", "fd00:9::1/128", "10.9.9.2/32", "10.9.7.0/24")
		t.Logf("without an agent: announced after %v", n.last(mark).Sub(began).Round(time.Millisecond))
		n.AddAddress("kube-lb0", "10.9.9.3/32", bare...)
		n.del("10.9.9.1/32", "10.9.8.9/24")
		n.settle()

		began = time.Now()
		n.StartAgent()
		n.announced("fd00:9::1/128", "10.9.9.2/32", "10.9.7.0/24", "10.9.9.3/32")
		t.Logf("after the agent's return: made up for after %v", n.last(mark).Sub(began).Round(time.Millisecond))
		n.quiet(mark, append(gone("10.9.9.1/32", "10.9.8.0/24"), "announced 10.9.9.2/32", "announced 10.9.7.0/24", "announced 10.9.9.3/32")...)
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
	n.IP("route", "add", "10.9.6.0/24", "dev", "kube-lb0")
	kept := []string{"10.9.9.1/32", "10.9.8.0/24", "fd00:9::1/128", "fd00:8::/64", "10.9.9.2/32", "10.9.7.0/24", "10.9.6.0/24"}
	with := func(more ...string) []string { return append(append([]string(nil), kept...), more...) }

	for _, daemon := range daemons {
		n.add("10.9.9.3/32")
		n.AddAddress("kube-lb0", "10.9.5.9/24", bare...)
		n.announced(with("10.9.9.3/32", "10.9.5.0/24")...)
		n.mirrored(len(kept) + 2)
		mark, resets := n.heard.Mark(), n.heard.Resets()

		n.FRR.Kill(daemon, syscall.SIGKILL)
		// In the moment in which zebra 10.3 notices the death of a client it loses changes of connected routes, permanently
		// and with no agent too: in one of three to twelve kills.
		n.missed(daemon)
		n.settle()
		n.add("10.9.9.4/32")
		n.AddAddress("kube-lb0", "10.9.4.9/24", bare...)
		n.del("10.9.9.3/32", "10.9.5.9/24")
		n.settle()
		began := time.Now()
		n.FRR.StartDaemon(daemon)
		n.announced(with("10.9.9.4/32", "10.9.4.0/24")...)
		t.Logf("%s: the wanted set is announced %v after its start", daemon, n.last(mark).Sub(began).Round(time.Millisecond))
		ended := n.heard.Resets() - resets
		if expected := map[string]int{"bgpd": 2}[daemon]; ended != expected {
			t.Errorf("%s: %d sessions ended, not %d", daemon, ended, expected)
		}
		// What comes after is mirrored as ever.
		n.mirrored(len(kept) + 2)
		n.del("10.9.9.4/32", "10.9.4.9/24")
		n.mirrored(len(kept))
		n.announced(kept...)
		n.sound()
	}
}

// missed waits until zebra has noticed the death of a daemon that was its client.
func (n *node) missed(daemon string) {
	n.t.Helper()
	if client, ok := map[string]string{"bgpd": "bgp", "staticd": "static"}[daemon]; ok {
		n.Until("zebra misses "+daemon, func() bool {
			return !strings.Contains(n.Vtysh("show zebra client"), "Client: "+client+"\n")
		})
	}
}

// sound makes sure that zebra and the kernel have no route of FRR's but for what kube-lb0 carries.
func (n *node) sound() {
	n.t.Helper()
	const gone = "10.9.9.3/32 10.9.9.4/32 10.9.5.0/24 10.9.4.0/24"
	var routes string
	n.Until("there are no ghosts", func() bool {
		routes = n.Vtysh("show ip route static") + n.IP("route", "show", "table", "main", "proto", "196")
		return !slices.ContainsFunc(strings.Fields(gone), func(p string) bool { return strings.Contains(routes, strings.TrimSuffix(p, "/32")+" ") })
	}, func() any { return routes })
}

// All daemons are killed and started without a configuration. The agent brings it back.
func TestAllDaemonsKilled(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		n.add("10.9.9.1/32", "10.9.8.9/24", "fd00:9::1/128")
		n.AddAddress("kube-lb0", "10.9.9.2/32", bare...)
		n.IP("route", "add", "10.9.6.0/24", "dev", "kube-lb0")
		want := []string{"10.9.9.1/32", "10.9.8.0/24", "fd00:9::1/128", "10.9.9.2/32", "10.9.6.0/24"}
		n.announced(want...)

		n.FRR.KillAll()
		mark, began := n.heard.Mark(), time.Now()
		for _, daemon := range version.Daemons {
			n.FRR.StartDaemon(daemon)
		}
		n.announced(want...)
		t.Logf("all killed: announced again %v after the start", n.last(mark).Sub(began).Round(time.Millisecond))
		n.established("10.1.0.2", "fd00:1::2")
		n.mirrored(len(want))
		n.Ready()

		// frr.conf alone is enough: what ran last runs again, without an agent.
		n.KillAgent(syscall.SIGKILL)
		n.FRR.KillAll()
		mark, began = n.heard.Mark(), time.Now()
		n.FRR.Start()
		n.announced(want...)
		t.Logf("all killed, no agent: announced again %v after the start", n.last(mark).Sub(began).Round(time.Millisecond))
		n.established("10.1.0.2", "fd00:1::2")

		mark = n.heard.Mark()
		n.StartAgent()
		n.Ready()
		n.settle()
		n.quiet(mark)
	})
}

// The node starts in the wrong order: the agent first, then the daemons, the last ones first.
func TestFRRComesLate(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version)
		n.FRR.StopAll()
		n.Write("bgp.yaml", configuration)
		n.add("10.9.9.1/32")
		n.AddAddress("kube-lb0", "10.9.9.2/32", bare...)
		n.StartAgent()
		n.Logs(0, "FRR")
		n.Condition("ConfigurationApplied", "False", "zebra")
		n.settle()
		mark := n.heard.Mark()
		for i := range version.Daemons {
			n.FRR.StartDaemon(version.Daemons[len(version.Daemons)-1-i])
			n.settle()
		}
		began := time.Now()
		n.announced("10.9.9.1/32", "10.9.9.2/32")
		t.Logf("announced %v after the last daemon", n.last(mark).Sub(began).Round(time.Millisecond))
		n.Condition("ConfigurationApplied", "True", "")
		for _, e := range n.heard.Since(mark) {
			if e.Kind == listener.Down {
				t.Errorf("heard and not expected: %v", e)
			}
		}
	})
}
