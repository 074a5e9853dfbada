package status

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// Every text that a release of FRR has for a session (testdata/causes, from the sources of each) has a word and a text of its own.
func TestEveryTextOfFRR(t *testing.T) {
	files, err := filepath.Glob("testdata/causes/*.txt")
	if err != nil || len(files) < 13 {
		t.Fatal(files, err)
	}
	used := map[string]bool{"BFD down": true} // a message of bgpd's log
	for _, file := range files {
		texts, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for text := range strings.Lines(string(texts)) {
			text = strings.TrimSuffix(text, "\n")
			used[text] = true
			_, known := causes[text]
			if strings.HasPrefix(text, "BGP Notification ") {
				known = true // its code comes with it
			}
			if !known {
				t.Errorf("%s: %q is not in the table", file, text)
			}
		}
	}
	for text, c := range causes {
		if text != "" && !used[text] {
			t.Errorf("no release says %q", text)
		}
		if c.kind != trying && (c.word == "" || c.text == "") {
			t.Errorf("%q: %+v", text, c)
		}
	}
}

// A session as each release shows it: recorded from 8.4.4, 10.3 and 10.7.1, else written after bgp_show_peer_reset of that tag.
func TestExplained(t *testing.T) {
	const noPath = `"lastResetDueTo":"No path to specified Neighbor","lastResetCode":27`
	peer := netip.MustParseAddr("10.1.0.9")
	there := &Kernel{Answering: map[netip.Addr]bool{peer: true}}
	password := &Kernel{Answering: there.Answering, MD5: MD5{Failure: true}}
	for name, c := range map[string]struct {
		json, state string
		route       Route
		kernel      *Kernel
		want        Reason
		text        string
		lastEnd     Cause
	}{
		"8.4 no route":                      {`"lastResetDueTo":"Waiting for NHT"`, Active, RouteUnknown, there, Reason{Cause: CauseNoRoute}, noRoute, ""},
		"8.4 refused":                       {`"lastResetDueTo":"Waiting for peer OPEN"`, Active, RouteUnknown, there, Reason{Cause: CauseConnectionRefused}, refused.text, ""},
		"10.3 no route":                     {noPath, Active, RouteMissing, there, Reason{Cause: CauseNoRoute}, noRoute, ""},
		"10.3 unanswered":                   {`"lastResetDueTo":"Waiting for peer OPEN"`, Connect, RouteFound, there, Reason{Cause: CauseNoAnswer}, noAnswer, ""},
		"10.5 no route":                     {noPath, Active, RouteMissing, there, Reason{Cause: CauseNoRoute}, noRoute, ""},
		"10.5 refused":                      {noPath, Active, RouteFound, there, Reason{Cause: CauseConnectionRefused}, refused.text, ""},
		"10.5 unanswered":                   {noPath, Connect, RouteFound, there, Reason{Cause: CauseNoAnswer}, noAnswer, ""},
		"10.5 no host":                      {noPath, Active, RouteFound, &Kernel{Answering: map[netip.Addr]bool{peer: false}}, Reason{Cause: CauseNoHost}, noHost.text, ""},
		"10.5 wrong password":               {noPath, Connect, RouteFound, password, Reason{Cause: CausePassword}, wrongPassword.text, ""},
		"10.5 nothing else is known":        {noPath, Active, RouteUnknown, nil, Reason{Cause: CauseUnknown}, "FRR says: No path to specified Neighbor", ""},
		"10.5 the kernel knows":             {noPath, Active, RouteUnknown, there, Reason{Cause: CauseConnectionRefused}, refused.text, ""},
		"10.5 it connects":                  {noPath, Connect, RouteUnknown, nil, Reason{Cause: CauseNoAnswer}, noAnswer, ""},
		"10.5 BFD":                          {`"lastResetDueTo":"BFD down initiated","lastResetCode":24`, Active, RouteFound, there, Reason{Cause: CauseBFDDown}, heldByBFD, ""},
		"10.5 closed, and no route":         {`"lastResetDueTo":"Peer closed the session"`, Active, RouteMissing, there, Reason{Cause: CauseNoRoute}, noRoute, CausePeerClosed},
		"10.5 a sent Cease":                 {`"lastResetDueTo":"Cease: connection rejected","lastResetCode":41`, Idle, RouteFound, there, Reason{CauseRejected, DirectionSent}, "sent: Cease/Connection Rejected (6/5): this node does not let", ""},
		"10.5 a Cease without code":         {`"lastResetDueTo":"Cease: subcode unknown","lastResetCode":46`, Idle, RouteFound, there, Reason{CauseCease, DirectionSent}, "sent: Cease/Unknown Subcode (6/0): this node ended", ""},
		"10.5 password changed, unanswered": {`"lastResetDueTo":"Password config change","lastResetCode":37`, Connect, RouteFound, password, Reason{Cause: CausePassword}, wrongPassword.text, ""},
		"10.5 cleared, and not back":        {`"lastResetDueTo":"User reset"`, Active, RouteFound, there, Reason{Cause: CauseConnectionRefused}, refused.text, ""},
		"10.5 cleared":                      {`"lastResetDueTo":"User reset"`, Idle, RouteFound, there, Reason{Cause: CauseReset}, "the session was cleared", ""},
		"10.6 ended, and no route since":    {`"lastResetDueTo":"Interface down","downLastResetDueTo":"No path to specified Neighbor","downLastResetCode":27`, Active, RouteMissing, there, Reason{Cause: CauseNoRoute}, noRoute, CauseInterfaceDown},
		"10.6 ended, and refused since":     {`"lastResetDueTo":"Peer closed the session","downLastResetDueTo":"No path to specified Neighbor","downLastResetCode":27`, Active, RouteFound, there, Reason{Cause: CauseConnectionRefused}, refused.text, CausePeerClosed},
		"10.6 never up":                     {`"lastResetDueTo":"never","lastResetCode":0`, Idle, RouteUnknown, there, Reason{Cause: CauseNeverUp}, notYet, ""},
		"10.6 shut down by the peer":        {`"lastResetDueTo":"BGP Notification received","lastErrorCodeSubcode":"0602","lastNotificationReason":"Cease/Administrative Shutdown","downLastResetDueTo":"User reset"`, Active, RouteFound, there, Reason{CauseShutdown, DirectionReceived}, "received: Cease/Administrative Shutdown (6/2)", ""},
		"10.7 prefix limit":                 {`"lastResetDueTo":"Reached received prefix count","lastResetCode":33`, "Idle (PfxCt)", RouteFound, there, Reason{Cause: CauseMaxPrefixes}, maxPrefixes, ""},
		"10.7 RPKI":                         {`"lastResetDueTo":"No RPKI cache server connected"`, Idle, RouteFound, there, Reason{Cause: CauseRPKIDown}, "FRR waits for an RPKI cache", ""},
		"a release to come":                 {`"lastResetDueTo":"Waiting for the moon"`, Active, RouteFound, there, Reason{Cause: CauseUnknown}, "FRR says: Waiting for the moon", ""},
		"one to come, while it is down":     {`"lastResetDueTo":"Peer closed the session","downLastResetDueTo":"Waiting for the moon"`, Active, RouteFound, there, Reason{Cause: CauseUnknown}, "FRR says: Waiting for the moon", CausePeerClosed},
		"a notification to come":            {`"lastResetDueTo":"BGP Notification received","lastErrorCodeSubcode":"6301"`, Idle, RouteFound, there, Reason{CauseUnknown, DirectionReceived}, "received: NOTIFICATION (99/1)", ""},
		"no word":                           {`"lastResetTimerMsecs":1`, Idle, RouteUnknown, nil, Reason{Cause: CauseNeverUp}, notYet, ""},
	} {
		t.Run(name, func(t *testing.T) {
			neighbors, err := ParseNeighbors([]byte(`{"10.1.0.9":{` + c.json + `}}`))
			if err != nil {
				t.Fatal(err)
			}
			shown := neighbors["10.1.0.9"]
			shown.Route = c.route
			now, ended := (&session{Neighbor: render.Neighbor{ID: "10.1.0.9", Address: peer}, password: c.kernel == password,
				peer: Peer{State: c.state}, shown: shown, kernel: c.kernel}).explain()
			if now.Reason != c.want || !strings.HasPrefix(now.text, c.text) || !isKept(ended.Reason) && c.lastEnd != "" || isKept(ended.Reason) && ended.Cause != c.lastEnd {
				t.Errorf("got %+v, before that %+v, want %+v, before that %q", now, ended, c.want, c.lastEnd)
			}
			if now.Cause == CauseUnknown && strings.Contains(now.text, ": check") {
				t.Errorf("advice about what is not known: %q", now.text)
			}
		})
	}
}

// What ended a session is kept beside vaguer reasons, until the session is up again, and the reason keeps its word.
func TestLastEndIsKept(t *testing.T) {
	badAS := (&Notification{Code: 2, Subcode: 2, Name: "OPEN Message Error/Bad Peer AS", Received: true})
	end := Reset{Notification: badAS}.end()
	var s v1.NeighborStatus
	end.tell(&s, nil, explanation{})
	if s.LastEnd != nil || s.Reason != string(CauseBadPeerAS) || s.Notification != DirectionReceived {
		t.Fatalf("%+v", s)
	}
	for _, c := range []struct {
		now  cause
		word Cause
	}{{notAccepted, CauseBadPeerAS}, {silent, CauseBadPeerAS}, {unexplained("x"), CauseUnknown}, {causes["Waiting for NHT"], CauseNoRoute}, {refused, CauseBadPeerAS}} {
		before := s
		s = v1.NeighborStatus{State: Idle}
		c.now.explain().tell(&s, &before, explanation{})
		if s.Reason != string(c.word) || s.LastEnd == nil || s.LastEnd.Reason != string(CauseBadPeerAS) || s.LastEnd.Error != end.text ||
			s.LastError != c.now.explain().text+"; before that: "+end.text {
			t.Fatalf("%q: %+v, %+v", c.now.text, s, s.LastEnd)
		}
	}
	own := causes["User reset"].explain()
	s = v1.NeighborStatus{State: Idle}
	own.tell(&s, nil, explanation{})
	before := s
	s = v1.NeighborStatus{State: Idle}
	silent.explain().tell(&s, &before, own)
	if s.LastEnd != nil || s.Reason != string(CauseNoAnswer) {
		t.Errorf("what this node did itself is kept: %+v", s)
	}
	up := v1.NeighborStatus{State: Established, Reason: string(CauseBadPeerAS), LastError: end.text}
	s = v1.NeighborStatus{}
	silent.explain().tell(&s, &up, explanation{})
	if s.LastEnd != nil || s.Reason != string(CauseNoAnswer) {
		t.Errorf("after it was up: %+v", s)
	}
}

// docs/status.md has a row for each word, and no word is twice.
func TestCausesAreDocumented(t *testing.T) {
	seen := map[Cause]bool{}
	doc, err := os.ReadFile("../docs/status.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Causes {
		if !strings.Contains(string(doc), "\n| `"+string(c)+"` |") {
			t.Errorf("docs/status.md has no row for the reason %s", c)
		}
	}
	for _, c := range Causes {
		if seen[c] {
			t.Errorf("%s is twice", c)
		}
		seen[c] = true
	}
	for text, c := range causes {
		if c.kind != trying && !seen[c.word] {
			t.Errorf("%q has the word %q, which is not listed", text, c.word)
		}
	}
}

// Of a node with many routes the next hops are not asked, since there may be as many.
func TestNextHopsAreSpared(t *testing.T) {
	i := Instance{Neighbors: map[string]Neighbor{"10.1.0.9": {Reset: Reset{Cause: "No path to specified Neighbor"}}, "10.1.0.1": {}},
		Summary: Summary{"ipv4Unicast": {Peers: map[string]Peer{"10.1.0.9": {State: Active}, "10.1.0.1": {State: Established, Received: Walkable}}}}}
	if !i.NeedsNextHops() {
		t.Error("not asked")
	}
	i.Summary["ipv6Unicast"] = Table{Peers: map[string]Peer{"10.1.0.1": {State: Established, Received: 1}}}
	if i.NeedsNextHops() {
		t.Error("asked")
	}
}

func TestNextHops(t *testing.T) {
	for name, c := range map[string]struct {
		json string
		want Route
	}{
		"valid":         {`{"ipv4":{"10.1.0.9":{"valid":true,"complete":true,"nexthops":[{"interfaceName":"eth0","ifindex":2}]}}}`, RouteFound},
		"invalid":       {`{"ipv4":{"10.1.0.9":{"valid":false,"complete":false,"isConnected":false}}}`, RouteMissing},
		"black hole":    {`{"ipv4":{"10.1.0.9":{"valid":true,"nexthops":[{"unreachable":true,"blackhole":true}]}}}`, RouteMissing},
		"not listed":    {`{"ipv4":{},"ipv6":{}}`, RouteUnknown},
		"without valid": {`{"ipv4":{"10.1.0.9":{"complete":true}}}`, RouteUnknown},
		"valid renamed": {`{"ipv4":{"10.1.0.9":{"isValid":true}},"ipv6":7}`, RouteUnknown},
	} {
		got, err := ParseNextHops([]byte(c.json))
		if err != nil || got[netip.MustParseAddr("10.1.0.9")] != c.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	got, err := ParseNextHops(capture(t, "10.7", "states", NextHopsCommand))
	if err != nil || got[netip.MustParseAddr("10.1.0.10")] != RouteFound || got[netip.MustParseAddr("10.99.0.1")] != RouteMissing {
		t.Errorf("%v, %v", got, err)
	}
}

// The metric has the reason of the status, also of what is only remembered there.
func TestMetricsHaveTheReason(t *testing.T) {
	o := observation(t, "10.3")
	var previous *v1.BGPNodeStatusData
	for range 2 {
		o.Previous = previous
		s := Build(o)
		words := map[string]bool{}
		for k, session := range Measure(o, s).Sessions {
			if n := s.Neighbors[k]; !session.Up && (n.Reason != string(session.Reason.Cause) || n.Notification != session.Reason.Direction) {
				t.Errorf("%s: %q %q in the status, %+v in the metric", n.Address, n.Reason, n.Notification, session.Reason)
			}
			words[string(session.Reason.Cause)] = true
		}
		if len(words) < 5 || !words[string(CauseBadPeerAS)] {
			t.Errorf("reasons %v", words)
		}
		previous = &s
		for name, n := range o.Snapshot.Neighbors { // FRR has forgotten all
			n.Reset = Reset{Cause: "Waiting for peer OPEN"}
			o.Snapshot.Neighbors[name] = n
		}
	}
}
