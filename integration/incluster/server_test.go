//go:build linux

package incluster

import (
	"flag"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

var outage = flag.Duration("outage", 20*time.Second, "how long the API server cannot be reached")

// An API server that comes late, is cut off, and dies. BGP goes on meanwhile; what was declared meanwhile is made up for.
func TestServerComesAndGoes(t *testing.T) {
	t.Parallel()
	s := newSite(t, apiserver.Start(t))
	first, second := s.router("192.0.2.1"), s.router("192.0.2.2")
	a, b := s.node("1", lab.FRR84, nil), s.node("2", lab.FRR103, nil)
	a.add("10.9.9.9/32")
	b.add("10.9.9.9/32")
	startInOrder(s, first, a, b)
	cutOff(s, first, second, a)
	died(s, first, second, a, b)
}

// The agents are there before anything else. On one node FRR comes before the API server, on the other one after it.
func startInOrder(s *site, heard *listener.Listener, a, b *node) {
	a.way.Cut()
	a.startAgent()
	b.startAgent()
	a.frr.Start()
	s.eventually("/healthz", func() bool { code, _ := a.get("7474/healthz"); return code == 200 })
	time.Sleep(2 * time.Second)
	s.must(a.way.Heal()) // the server knows no BGPConfigurations
	time.Sleep(2 * time.Second)
	ctx, cancel := s.deadline()
	defer cancel()
	s.must(s.server.ApplyCRDs(ctx, definitions))
	s.must(s.apply(plain))
	began := time.Now()
	a.established(heard)
	a.announces(heard, "10.9.9.9/32")
	s.Logf("agent, FRR, server, definitions: announced %v after the configuration", time.Since(began).Round(time.Millisecond))
	a.healthy()

	b.reports("FRR is awaited", func(s *v1.BGPNodeStatusData) bool {
		return conditionOf(s, "FRRReachable").Reason == "Unreachable"
	})
	began = time.Now()
	b.frr.Start()
	b.established(heard)
	b.announces(heard, "10.9.9.9/32")
	s.Logf("agent, server, definitions, FRR: announced %v after FRR's start", time.Since(began).Round(time.Millisecond))
	b.healthy()
	for _, n := range []*node{a, b} {
		n.calm("while it waited for everything", 0, 20)
	}
}

// One node cannot reach the server.
func cutOff(s *site, first, second *listener.Listener, n *node) {
	mark, logged, began := first.Mark(), len(n.log()), time.Now()
	n.way.Cut()
	n.add("10.9.9.1/32")
	n.announces(first, "10.9.9.9/32", "10.9.9.1/32")
	n.add("10.9.9.2/32")
	n.del("10.9.9.9/32")
	n.announces(first, "10.9.9.1/32", "10.9.9.2/32")
	s.must(s.apply(more("{neighborAddress: 192.0.2.2, peerAsn: 65001}")))
	n.endAgent(syscall.SIGKILL) // what comes after it has to do without the server
	n.startAgent()
	n.add("10.9.9.3/32")
	n.del("10.9.9.1/32")
	n.announces(first, "10.9.9.2/32", "10.9.9.3/32")
	time.Sleep(*outage - time.Since(began))
	if code, body := n.get("7474/healthz"); code != 200 {
		s.Errorf("/healthz without the server: %d %s", code, body)
	}
	n.calm("while it was cut off", logged, 14)
	s.steady(first, mark)
	stale := n.object().Status.LastUpdated

	s.must(n.way.Heal())
	began = time.Now()
	n.established(second)
	n.announces(second, "10.9.9.2/32", "10.9.9.3/32")
	s.Logf("cut off for %v: what was declared meanwhile is announced %v after", *outage, time.Since(began).Round(time.Millisecond))
	n.reports("written again", func(s *v1.BGPNodeStatusData) bool {
		return stale.Before(s.LastUpdated) && s.NeighborCount == 2 && s.RIB.LocalRouteCount == 2
	})
	s.Logf("cut off for %v: the status is written again %v after", *outage, time.Since(began).Round(time.Millisecond))
	n.healthy()
	n.calm("while it was cut off, and after", logged, 18)
	s.steady(first, mark)
}

// The server dies and comes back.
func died(s *site, first, second *listener.Listener, a, b *node) {
	mark, logged := first.Mark(), len(a.log())
	s.must(s.server.Kill())
	a.add("10.9.9.4/32")
	a.announces(first, "10.9.9.2/32", "10.9.9.3/32", "10.9.9.4/32")
	time.Sleep(5 * time.Second)
	ctx, cancel := s.deadline()
	defer cancel()
	s.must(s.server.Restart(ctx))
	began := time.Now()
	before := second.Mark()
	s.must(s.apply(plain))
	if _, err := second.Wait(ctx, before, func(e listener.Event) bool { return e.Kind == listener.Down && e.Peer.String() == a.address }); err != nil {
		s.Fatalf("what is declared after the server's return is not applied: %v", err)
	}
	s.Logf("server died: what is declared after its return runs after %v", time.Since(began).Round(time.Millisecond))
	for _, n := range []*node{a, b} {
		n.reports("written again", peersWith("192.0.2.1"))
	}
	s.Logf("server died: all status is written again after %v", time.Since(began).Round(time.Millisecond))
	a.healthy()
	a.calm("while the server was away", logged, 14)
	s.steady(first, mark)
}

// calm makes sure that the agent has not written more than some lines since, but for what it does.
func (n *node) calm(when string, from, most int) {
	n.Helper()
	var lines []string
	for line := range strings.Lines(n.log()[from:]) {
		if !strings.Contains(line, "msg=mirrored") && !strings.Contains(line, `msg="configuration applied`) {
			lines = append(lines, line)
		}
	}
	if len(lines) > most {
		n.Errorf("%s the agent wrote %d lines %s, more than %d:\n%s", n.name, len(lines), when, most, strings.Join(lines, ""))
	}
	n.Logf("%s the agent wrote %d lines %s:\n%s", n.name, len(lines), when, strings.Join(lines, ""))
}
