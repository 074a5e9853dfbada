package status

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What is told of a session after it ended, as captured from bgpd.
func TestWhySessionsEnd(t *testing.T) {
	const peerShutdown = "received NOTIFICATION Cease/Administrative Shutdown (6/2)"
	for file, want := range map[string]struct{ state, reason string }{
		"8.4/hold-expired":     {Idle, "hold timer expired: nothing was heard from the peer for that long (sent NOTIFICATION 4/0)"},
		"8.4/peer-cease":       {Idle, "received NOTIFICATION Cease/Administrative Reset (6/4)"},
		"8.4/local-clear":      {Idle, "the session was cleared on this node"},
		"8.4/tcp-close":        {Idle, "peer closed the session"},
		"8.4/maximum-prefixes": {"Idle (PfxCt)", "maximum prefixes reached: the session stays down until it is cleared on this node"},
		"8.4/peer-shutdown":    {Active, peerShutdown},
		"10.3/peer-shutdown":   {Active, peerShutdown},
		"8.4/link-down":        {Idle, noRoute},
		"10.3/link-down":       {Idle, noRoute},
	} {
		t.Run(file, func(t *testing.T) {
			version, situation := filepath.Split(file)
			answer, err := os.ReadFile(filepath.Join("testdata", version, "ended", situation+".json"))
			if err != nil {
				t.Fatal(err)
			}
			neighbors, err := ParseNeighbors(answer)
			if err != nil {
				t.Fatal(err)
			}
			if len(neighbors) != 1 {
				t.Fatalf("%d neighbors", len(neighbors))
			}
			for _, n := range neighbors {
				if got := why(Peer{State: want.state}, n, false); got != want.reason {
					t.Errorf("got %q, want %q", got, want.reason)
				}
			}
		})
	}
}

// The states of frr-facts: each by the neighbor that is in it.
func TestWhySessionsDoNotBegin(t *testing.T) {
	summary, err := ParseSummary(capture(t, "8.4", "states", SummaryCommand))
	if err != nil {
		t.Fatal(err)
	}
	neighbors, err := ParseNeighbors(capture(t, "8.4", "states", NeighborsCommand))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"10.8.0.1":  "Active: " + noRoute,
		"10.9.0.11": "Active: " + notAccepted,
		"10.9.0.12": "Idle: administratively shut down",
		"10.9.0.13": "Connect: " + noAnswer, // the password differs
		"10.9.0.14": "Idle: sent NOTIFICATION OPEN Message Error/Bad Peer AS (2/2)",
		"10.9.0.15": "Idle: received NOTIFICATION OPEN Message Error/Bad Peer AS (2/2)",
		"10.9.0.99": "Active: " + notAccepted,
		"fd00::1":   "Active: " + noRoute,
	}
	got := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(neighbors)) {
		p, ok := summary.Session(name)
		if !ok {
			t.Fatalf("%s is not in the summary", name)
		}
		if fsm(p.State) != Established {
			got[name] = fsm(p.State) + ": " + why(p, neighbors[name], false)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRemember(t *testing.T) {
	const specific = "received NOTIFICATION OPEN Message Error/Bad Peer AS (2/2)"
	for _, c := range []struct{ name, reason, previous, want string }{
		{"nothing before", noAnswer, "", noAnswer},
		{"specific before", notAccepted, specific, notAccepted + earlier + specific},
		{"remembered before", noAnswer, notAccepted + earlier + specific, noAnswer + earlier + specific},
		{"specific now", specific, notAccepted + earlier + "peer closed the session", specific},
		{"unspecific before", noAnswer, notAccepted, noAnswer},
		{"same", noAnswer, noAnswer, noAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := remember(c.reason, c.previous); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Of a passive neighbor nothing is wrong on this side as long as nobody comes.
func TestWhyAPassiveSessionDoesNotBegin(t *testing.T) {
	for cause, want := range map[string]string{
		"Waiting for peer OPEN":          awaited,
		"No AFI/SAFI activated for peer": awaited,
		"":                               awaited,
		"Peer closed the session":        "peer closed the session",
	} {
		if got := why(Peer{State: Active}, Neighbor{Reset: Reset{Cause: cause}}, true); got != want {
			t.Errorf("%q: got %q, want %q", cause, got, want)
		}
	}
	if got := why(Peer{State: "Idle (Admin)"}, Neighbor{}, true); got == awaited {
		t.Error("a neighbor that is shut down is not awaited")
	}
}
