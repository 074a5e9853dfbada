//go:build linux

package main

import (
	"net/netip"
	"regexp"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// A small bench of FRR alone and of k8frr: every figure has its samples, and the router hears nothing that is wrong.
func TestMeasure(t *testing.T) {
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			b := bench{version: version, vips: 10, small: true, wanted: 3, budget: time.Second, burst: 50, churn: 2 * time.Second, agent: agent,
				only: regexp.MustCompile("FRR alone|k8frr")}
			samples := map[string]int{}
			for _, r := range measure(t, b) {
				samples[r.Who+": "+r.What] = len(r.Samples)
				if shortest := r.Quantile(0); shortest < 0 || r.Quantile(1) > 30_000 {
					t.Errorf("%s, %s: from %.1f to %.1f ms", r.Who, r.What, shortest, r.Quantile(1))
				}
			}
			for _, who := range []string{"FRR alone, redistribute connected", "k8frr"} {
				for what, n := range map[string]int{"VIP add": 3, "VIP move": 3, "VIP move: without any path": 3, "VIP remove": 3,
					"burst of 50 adds": 3, "burst of 50 removes": 3, "churn: VIP add": 20, "churn: VIP remove": 20} {
					if samples[who+": "+what] != n {
						t.Errorf("%s: %s has %d samples, want %d", who, what, samples[who+": "+what], n)
					}
				}
			}
		})
	}
}

func TestJudge(t *testing.T) {
	start := time.Now()
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	node := netip.MustParseAddr("10.1.0.2")
	vips := prefixes(9, 3) // the third stays
	stay := map[place]bool{{node, vips[2]}: true}
	log := []command{
		{at: at(0), add: true, node: node, vips: vips[:2]},
		{at: at(100), node: node, vips: vips[:1]},
	}
	heard := func(ms int, kind listener.Kind, vip int) listener.Event {
		return listener.Event{At: at(ms), Peer: node, Kind: kind, Prefix: vips[vip], Route: &listener.Route{}}
	}
	const came, went = listener.Announced, listener.Withdrawn
	right := []listener.Event{heard(60, came, 0), heard(70, came, 1), heard(75, came, 1), heard(160, went, 0)}
	for name, test := range map[string]struct {
		events []listener.Event
		last   int // ms after the start at which the second command was over
		wrong  int
	}{
		"all right":                       {nil, 160, 0},
		"announced again after it went":   {[]listener.Event{heard(170, came, 0), heard(300, went, 0)}, 300, 1},
		"withdrawn though it stays":       {[]listener.Event{heard(200, went, 2)}, 160, 1},
		"withdrawn though it came":        {[]listener.Event{heard(200, went, 1)}, 160, 1},
		"what stays announced once more":  {[]listener.Event{heard(200, came, 2)}, 160, 0},
		"the session with the node ended": {[]listener.Event{{At: at(200), Peer: node, Kind: listener.Down}}, 160, 1},
	} {
		times, wrong := judge(log, stay, append(right[:len(right):len(right)], test.events...))
		if len(wrong) != test.wrong || !times[0].Equal(at(70)) || !times[1].Equal(at(test.last)) {
			t.Errorf("%s: over after %v and %v, wrong: %v", name, times[0].Sub(start), times[1].Sub(start), wrong)
		}
	}
}
