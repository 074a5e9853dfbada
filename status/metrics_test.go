package status

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

func TestMeasure(t *testing.T) {
	for _, version := range versions {
		o := observation(t, version)
		o.Config.Neighbors[0].Families = []render.FamilySession{{Family: v1.IPv4Unicast, PrefixLimit: render.PrefixLimit{Max: 50}}}
		m := Measure(o, Build(o))
		up := 0
		for _, s := range m.Sessions {
			if s.Up {
				up++
			}
			if s.Up == s.Since.IsZero() || !s.Up && s.Reason.Cause == "" || s.LocalASN == 0 {
				t.Errorf("%s: %+v", version, s)
			}
		}
		if m.Configured != len(o.Config.Neighbors) || len(m.Sessions) != m.Configured || up == 0 || m.Established != up {
			t.Errorf("%s: %d sessions, %d of them up; %d and %d", version, len(m.Sessions), up, m.Configured, m.Established)
		}
		limit := uint32(0)
		for _, f := range m.Sessions[0].Families {
			if f.Family == v1.IPv4Unicast {
				limit = f.Limit
			}
		}
		if limit != 50 || m.Objects[KindNeighbor] != m.Configured {
			t.Errorf("%s: limit %d, objects %v", version, limit, m.Objects)
		}
		o.Config.StatusEnabled = false
		if m := Measure(o, Build(o)); m.HeartbeatSeconds != 0 {
			t.Errorf("%s: a heartbeat of %d s without a status", version, m.HeartbeatSeconds)
		}
		o.Snapshot = nil
		m = Measure(o, Build(o))
		if m.Established != 0 || m.Sessions[0].Reason.Cause != CauseFRRUnreachable || m.Import.Missing != m.Import.Addresses || m.Import.Missing == 0 {
			t.Errorf("%s, without bgpd: %+v", version, m)
		}
	}
}

// Neither neighbors nor peers can make more series than are bounded, and none twice.
func TestMeasureIsBounded(t *testing.T) {
	o := observation(t, "10.3")
	peers := map[string]Peer{}
	for i := range 3 * MaxSessions {
		address := netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)})
		o.Config.Neighbors = append(o.Config.Neighbors, render.Neighbor{ID: address.String(), Address: address, PeerASN: 65000})
		peers[fmt.Sprintf("10.2.%d.%d", i>>8, i&255)] = Peer{State: Established, Dynamic: true}
	}
	o.Config.Neighbors = append(o.Config.Neighbors, o.Config.Neighbors[0])
	o.Config.Ranges = []render.Range{{}}
	o.Snapshot.Summary["ipv4Unicast"] = Table{Peers: peers}
	m := Measure(o, Build(o))
	if len(m.Sessions) != MaxSessions || m.Configured != len(o.Config.Neighbors) || len(m.Dynamic) != 1 || m.Dynamic[""] != (DynamicMetrics{3 * MaxSessions, 3 * MaxSessions}) {
		t.Errorf("%d sessions of %d, ranges %v", len(m.Sessions), m.Configured, m.Dynamic)
	}
	seen := map[SessionName]bool{}
	for _, s := range m.Sessions {
		if seen[s.SessionName] {
			t.Errorf("%v twice", s.SessionName)
		}
		seen[s.SessionName] = true
	}
}

func TestReasons(t *testing.T) {
	ended := func(cause string, code, subcode uint8, received bool) Neighbor {
		n := Neighbor{Reset: Reset{Cause: cause}}
		if code != 0 {
			n.Reset.Notification = &Notification{Code: code, Subcode: subcode, Received: received}
		}
		return n
	}
	for _, c := range []struct {
		state   string
		said    Neighbor
		passive bool
		want    Reason
	}{
		{"Idle (Admin)", ended("Admin. shutdown", 0, 0, false), false, Reason{Cause: CauseManualShutdown}},
		{"Idle (PfxCt)", ended("BGP Notification send", 6, 1, false), false, Reason{Cause: CauseMaxPrefixes}},
		{Idle, ended("BGP Notification send", 2, 2, false), false, Reason{CauseBadPeerAS, DirectionSent}},
		{Active, ended("BGP Notification received", 2, 2, true), false, Reason{CauseBadPeerAS, DirectionReceived}},
		{Active, ended("BGP Notification received", 2, 4, true), false, Reason{CauseOpenRefused, DirectionReceived}},
		{Active, ended("BGP Notification send", 4, 0, false), false, Reason{CauseHoldTimer, DirectionSent}},
		{Active, ended("BGP Notification received", 6, 10, true), false, Reason{CauseBFDDown, DirectionReceived}},
		{Active, ended("BGP Notification received", 6, 99, true), false, Reason{CauseCease, DirectionReceived}},
		{Active, ended("BGP Notification received", 99, 0, true), false, Reason{CauseUnknown, DirectionReceived}},
		{Active, ended("BFD down received", 0, 0, false), false, Reason{Cause: CauseBFDDown}},
		{Active, ended("Waiting for peer OPEN", 0, 0, false), false, Reason{Cause: CauseConnectionFailed}},
		{Connect, ended("Waiting for peer OPEN", 0, 0, false), false, Reason{Cause: CauseNoAnswer}},
		{Active, ended("Waiting for peer OPEN", 0, 0, false), true, Reason{Cause: CauseAwaited}},
		{Active, ended("Peer closed the session", 0, 0, false), true, Reason{Cause: CausePeerClosed}},
		{Active, ended("Waiting for NHT", 0, 0, false), false, Reason{Cause: CauseNoRoute}},
		{Active, ended("Some \x1b[31m text", 0, 0, false), false, Reason{Cause: CauseUnknown}},
		{Active, Neighbor{}, false, Reason{Cause: CauseNeverUp}},
		{Established, Neighbor{}, false, Reason{}},
		{Established, ended("Waiting for peer OPEN", 0, 0, false), true, Reason{}},
		{Established, ended("Peer closed the session", 0, 0, false), false, Reason{Cause: CausePeerClosed}},
		{Established, ended("No path to specified Neighbor", 0, 0, false), false, Reason{}}, // 10.7 keeps it
		{Established, ended("Some text", 0, 0, false), false, Reason{}},
	} {
		now, _ := (&session{passive: c.passive, peer: Peer{State: c.state}, shown: c.said}).explain()
		got := now.Reason
		if c.state == Established {
			got = c.said.Reset.end().Reason
		}
		if got != c.want {
			t.Errorf("%s, %+v: %v, not %v", c.state, c.said.Reset, got, c.want)
		}
	}
}

// Every session that ended in a capture of real FRR has a reason that says something.
func TestReasonsOfCaptures(t *testing.T) {
	files, err := filepath.Glob("testdata/*/ended/*.json")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(text) {
			t.Fatal(file)
		}
		neighbors, err := ParseNeighbors(text)
		if err != nil {
			t.Fatal(file, err)
		}
		for name, n := range neighbors {
			n.Route = RouteMissing // link-down
			if r, _ := (&session{peer: Peer{State: Active}, shown: n}).explain(); isOneOf(r.Cause, vague) || r.Cause == CauseUnknown {
				t.Errorf("%s: %s: %v of %q", file, name, r, n.Reset.Cause)
			}
		}
	}
}
