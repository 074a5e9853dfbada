package status

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render"
)

// What is told of a session after it ended, as captured from bgpd.
func TestWhySessionsEnd(t *testing.T) {
	const peerShutdown = "received: Cease/Administrative Shutdown (6/2)"
	for file, want := range map[string]struct {
		state, reason string
		route         Route
	}{
		"8.4/hold-expired":     {Idle, "sent: Hold Timer Expired (4/0): hold timer expired, nothing was heard", RouteUnknown},
		"8.4/peer-cease":       {Idle, "received: Cease/Administrative Reset (6/4): the peer's operator has reset", RouteUnknown},
		"8.4/local-clear":      {Idle, "the session was cleared on this node", RouteUnknown},
		"8.4/tcp-close":        {Idle, "the peer closed the TCP connection", RouteUnknown},
		"8.4/maximum-prefixes": {"Idle (PfxCt)", "maximum prefixes reached: the peer sent more", RouteUnknown},
		"8.4/peer-shutdown":    {Active, peerShutdown, RouteUnknown},
		"10.3/peer-shutdown":   {Active, peerShutdown, RouteUnknown},
		"8.4/link-down":        {Idle, noRoute, RouteUnknown},
		"10.3/link-down":       {Idle, noRoute, RouteMissing},
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
				n.Route = want.route
				if got, _ := (&session{peer: Peer{State: want.state}, shown: n}).explain(); !strings.HasPrefix(got.text, want.reason) {
					t.Errorf("got %+v, want %q", got, want.reason)
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
		"10.9.0.11": "Active: " + notAccepted.text,
		"10.9.0.12": "Idle: administratively shut down",
		"10.9.0.13": "Connect: " + noAnswer, // the password differs
		"10.9.0.14": "Idle: sent: OPEN Message Error/Bad Peer AS (2/2)",
		"10.9.0.15": "Idle: received: OPEN Message Error/Bad Peer AS (2/2)",
		"10.9.0.99": "Active: " + notAccepted.text,
		"fd00::1":   "Active: " + noRoute,
	}
	got := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(neighbors)) {
		p, ok := summary.Session(name)
		if !ok {
			t.Fatalf("%s is not in the summary", name)
		}
		if fsm(p.State) != Established {
			now, _ := (&session{Neighbor: render.Neighbor{ID: name, AdminDown: name == "10.9.0.12"}, password: name == "10.9.0.13", peer: p, shown: neighbors[name]}).explain()
			got[name] = fsm(p.State) + ": " + now.text
		}
	}
	begins := func(got, want string) bool { return strings.HasPrefix(got, want) }
	if !maps.EqualFunc(got, want, begins) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Of a passive neighbor nothing is wrong on this side as long as nobody comes.
func TestWhyAPassiveSessionDoesNotBegin(t *testing.T) {
	for cause, want := range map[string]string{
		"Waiting for peer OPEN":          awaited.text,
		"No AFI/SAFI activated for peer": awaited.text,
		"":                               awaited.text,
		"Peer closed the session":        "the peer closed the TCP connection",
	} {
		if got, _ := (&session{passive: true, peer: Peer{State: Active}, shown: Neighbor{Reset: Reset{Cause: cause}}}).explain(); !strings.HasPrefix(got.text, want) {
			t.Errorf("%q: got %+v, want %q", cause, got, want)
		}
	}
	if got, _ := (&session{passive: true, peer: Peer{State: "Idle (Admin)"}}).explain(); got.Cause == CauseAwaited {
		t.Error("a neighbor that is shut down is not awaited")
	}
}
