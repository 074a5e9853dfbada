//go:build linux

package incluster

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// Two racks share one configuration. A node that kubectl moves to the other rack changes its session at once.
func TestTwoRacks(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/samples/two-racks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const zone = "topology.kubernetes.io/zone"
	s := newSite(t, shared)
	first, second := s.router("192.0.2.1"), s.router("192.0.2.2")
	a := s.node("1", lab.FRR84, map[string]string{zone: "rack-1"})
	b := s.node("2", lab.FRR84, map[string]string{zone: "rack-2"})
	for _, n := range []*node{a, b} {
		n.flags = []string{"--resync", "10m"}
		n.start()
	}
	a.add("10.9.9.9/32")
	b.add("10.9.9.9/32")
	s.must(s.apply(strings.NewReplacer("10.1.1.1", "192.0.2.1", "10.2.1.1", "192.0.2.2").Replace(string(text))))
	a.established(first)
	b.established(second)
	a.announces(first, "10.9.9.9/32")
	b.announces(second, "10.9.9.9/32")
	for heard, stranger := range map[*listener.Listener]*node{first: b, second: a} {
		for _, e := range heard.Events() {
			if e.Peer.String() == stranger.address {
				t.Errorf("heard of the other rack's node: %v", e)
			}
		}
	}

	mark, other := first.Mark(), second.Mark()
	began := time.Now()
	s.kubectl("label", "node", a.name, "--overwrite", zone+"=rack-2")
	labelled := time.Now()
	ctx, cancel := s.deadline()
	defer cancel()
	left, err := first.Wait(ctx, mark, func(e listener.Event) bool { return e.Kind == listener.Down })
	if err != nil {
		t.Fatalf("the relabelled node keeps its old session: %v", err)
	}
	a.established(second)
	a.announces(second, "10.9.9.9/32")
	t.Logf("kubectl label took %v; the old session ended %v after its end, the new one told all after %v", labelled.Sub(began).Round(time.Millisecond),
		left.At.Sub(labelled).Round(time.Millisecond), time.Since(labelled).Round(time.Millisecond))
	// The agent looks again by itself every ten minutes: this did not wait for it.
	if since := left.At.Sub(labelled); since > 5*time.Minute {
		t.Errorf("the old session ended %v after the command: that is not at once", since)
	}
	s.steady(second, other)
	a.reports("peers with the other rack", peersWith("192.0.2.2"))
	b.reports("is as it was", peersWith("192.0.2.2"))
	if slices.Contains(first.Established(), netip.MustParseAddr(a.address)) {
		t.Error("the first router still has a session with the relabelled node")
	}
}
