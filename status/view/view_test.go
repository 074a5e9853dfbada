package view

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

var now = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

// node is a node that announces an address to one peer, changed by some
// functions.
func node(name string, changes ...func(*v1.BGPNodeStatusData)) *v1.BGPNodeStatus {
	written := metav1.NewTime(now.Add(-time.Minute))
	n := &v1.BGPNodeStatus{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: v1.BGPNodeStatusData{
		NodeName: name, LastUpdated: &written, HeartbeatSeconds: 60,
		Configuration: &v1.ConfigurationOnNode{Generation: 2, Declared: 2},
		Neighbors:     []v1.NeighborStatus{{Address: "10.1.0.1", PeerASN: 65001, State: status.Established, SessionUpSince: &written}},
		NetlinkImport: &v1.NetlinkImportStatus{Enabled: true, TotalImported: 1,
			Interfaces:        []v1.ImportInterfaceStatus{{Name: "kube-lb0", Exists: true, OperState: "up"}},
			ImportedAddresses: []v1.ImportedAddress{{Address: "10.200.0.5/24", Interface: "kube-lb0", InRIB: true}}},
		RIB:     &v1.RIBStatus{LocalRouteCount: 1, LocalRoutes: []v1.RIBRoute{{Prefix: "10.200.0.0/24", AdvertisedTo: []string{"10.1.0.1"}}}},
		Healthy: true,
	}}
	for _, kind := range []string{status.Ready, status.FRRReachable, status.ConfigurationApplied, status.RouterIDResolved, status.ImportHealthy} {
		n.Status.Conditions = append(n.Status.Conditions, metav1.Condition{Type: kind, Status: metav1.ConditionTrue})
	}
	for _, change := range changes {
		change(&n.Status)
	}
	return n
}

// fails has a condition fail.
func fails(kind, reason, message string) func(*v1.BGPNodeStatusData) {
	return func(s *v1.BGPNodeStatusData) {
		for i := range s.Conditions {
			if c := &s.Conditions[i]; c.Type == kind {
				c.Status, c.Reason, c.Message = metav1.ConditionFalse, reason, message
			}
		}
	}
}

// silent is a node that has not written for so long.
func silent(d time.Duration) func(*v1.BGPNodeStatusData) {
	return func(s *v1.BGPNodeStatusData) { t := metav1.NewTime(now.Add(-d)); s.LastUpdated = &t }
}

func down(why string) func(*v1.BGPNodeStatusData) {
	return func(s *v1.BGPNodeStatusData) {
		s.Neighbors[0].State, s.Neighbors[0].LastError, s.Neighbors[0].SessionUpSince = status.Active, why, nil
		s.RIB.LocalRoutes[0].AdvertisedTo = nil
	}
}

func notInRIB(s *v1.BGPNodeStatusData) {
	s.NetlinkImport.ImportedAddresses[0].InRIB = false
	s.RIB = &v1.RIBStatus{}
}

// The first link that does not hold is found, whatever else does not.
func TestTheFirstBrokenLink(t *testing.T) {
	vip := netip.MustParseAddr("10.200.0.5")
	web := Service{Namespace: "shop", Name: "web", Addresses: []netip.Addr{vip}, PureLB: true}
	for name, tc := range map[string]struct {
		nodes     []*v1.BGPNodeStatus
		services  []Service
		broken    Link
		level     Level
		reachable bool
		says      string
	}{
		"all is well": {nodes: []*v1.BGPNodeStatus{node("a"), node("b")}, services: []Service{web}, reachable: true},
		"nobody carries it": {nodes: []*v1.BGPNodeStatus{node("a", func(s *v1.BGPNodeStatusData) { s.NetlinkImport.ImportedAddresses = nil })},
			services: []Service{web}, broken: OnNode, level: Problem, says: "no node carries it on an interface that is imported"},
		"nobody carries it, but not all is listed": {nodes: []*v1.BGPNodeStatus{node("a", func(s *v1.BGPNodeStatusData) {
			s.NetlinkImport.ImportedAddresses, s.NetlinkImport.Truncated = nil, true
		})}, services: []Service{web}, level: Notice, says: "500 addresses only"},
		"not PureLB's, and nobody carries it": {nodes: []*v1.BGPNodeStatus{node("a", func(s *v1.BGPNodeStatusData) { s.NetlinkImport.ImportedAddresses = nil })},
			services: []Service{{Namespace: "shop", Name: "web", Addresses: []netip.Addr{vip}}}, level: Notice, says: "something else may announce it"},
		"the interface is down": {nodes: []*v1.BGPNodeStatus{node("a", func(s *v1.BGPNodeStatusData) { s.NetlinkImport.Interfaces[0].OperState = "down" }, notInRIB)},
			broken: OnNode, level: Problem, says: "a: the interface kube-lb0 is down."},
		"FRR is away, and the session with it": {nodes: []*v1.BGPNodeStatus{node("a", fails(status.FRRReachable, "NotRunning", "bgpd is dead"), notInRIB)},
			broken: InFRR, level: Problem, says: "a: bgpd is dead."},
		"no configuration": {nodes: []*v1.BGPNodeStatus{node("a", fails(status.ConfigurationApplied, "RefusedByFRR", "line 3"), notInRIB,
			func(s *v1.BGPNodeStatusData) { s.Configuration.Generation = 0 })}, broken: InFRR, level: Problem, says: "FRR runs no configuration: line 3."},
		"not in BGP": {nodes: []*v1.BGPNodeStatus{node("a", notInRIB, fails(status.ImportHealthy, "NotInBGP", "it is missing"))},
			broken: InBGP, level: Problem, says: "bgpd does not have 10.200.0.0/24. it is missing."},
		"new": {nodes: []*v1.BGPNodeStatus{node("a", notInRIB)}, broken: InBGP, level: Notice, says: "on its way into BGP"},
		"no session": {nodes: []*v1.BGPNodeStatus{node("a", down("refused"))}, broken: Sent, level: Problem,
			says: "the only session, with 10.1.0.1, is not established: refused."},
		"a policy": {nodes: []*v1.BGPNodeStatus{node("a", func(s *v1.BGPNodeStatusData) { s.RIB.LocalRoutes[0].AdvertisedTo = nil })}, broken: Sent, level: Problem,
			says: "sent to none of 1 established peer: an export policy rejects it, or no session carries ipv4-unicast."},
		"not among the routes that are listed": {nodes: []*v1.BGPNodeStatus{node("a", func(s *v1.BGPNodeStatusData) {
			s.RIB.LocalRoutes, s.RIB.Truncated = nil, true
		})}, level: Notice, reachable: true, says: "the status lists 500 routes only"},
		"one of three is broken": {nodes: []*v1.BGPNodeStatus{node("a"), node("b", down("refused")), node("c")}, broken: Sent, level: Problem, reachable: true, says: "b: the only session"},
		"all are broken":         {nodes: []*v1.BGPNodeStatus{node("a", down("refused")), node("b", down("refused"))}, broken: Sent, level: Problem, says: "all nodes that carry it: the only session"},
		"for two reasons": {nodes: []*v1.BGPNodeStatus{node("a", down("refused")), node("b", fails(status.FRRReachable, "NotRunning", "dead"))},
			broken: InFRR, level: Problem, says: "b: dead. 1 node more for other reasons."},
		"only a stale node":   {nodes: []*v1.BGPNodeStatus{node("a", silent(time.Hour))}, broken: OnNode, level: Problem, says: "only nodes that do not report any more have carried it: a."},
		"a stale node beside": {nodes: []*v1.BGPNodeStatus{node("a", silent(time.Hour)), node("b")}, reachable: true},
	} {
		vips := VIPs(Input{Now: now, Nodes: tc.nodes, Services: tc.services})
		if len(vips) != 1 {
			t.Errorf("%s: %d VIPs", name, len(vips))
			continue
		}
		v := vips[0]
		if v.Address != vip || v.Broken != tc.broken || v.Level != tc.level || v.Reachable != tc.reachable || !strings.Contains(v.Why, tc.says) || (v.Why == "") != (tc.says == "") {
			t.Errorf("%s: broken %q, %s, reachable %v, %q", name, v.Broken, v.Level, v.Reachable, v.Why)
		}
	}
}

// Addresses that PureLB announces by ARP are not for BGP, unless a node has
// them there as well.
func TestLocalPoolsAreNotForBGP(t *testing.T) {
	l2 := Service{Namespace: "o", Name: "p", Addresses: []netip.Addr{netip.MustParseAddr("192.168.1.5")}, PureLB: true, L2: true}
	if vips := VIPs(Input{Now: now, Services: []Service{l2}}); len(vips) != 0 {
		t.Errorf("%+v", vips)
	}
	l2.Addresses[0] = netip.MustParseAddr("10.200.0.5")
	vips := VIPs(Input{Now: now, Nodes: []*v1.BGPNodeStatus{node("a")}, Services: []Service{l2}})
	if len(vips) != 1 || !slices.Equal(vips[0].Services, []string{"o/p"}) || vips[0].Level != OK {
		t.Errorf("%+v", vips)
	}
}

// The same address in two VRFs is two addresses.
func TestVRFsAreKeptApart(t *testing.T) {
	n := node("a", func(s *v1.BGPNodeStatusData) {
		s.NetlinkImport.Interfaces = append(s.NetlinkImport.Interfaces, v1.ImportInterfaceStatus{Name: "lb-red", Exists: true, OperState: "up"})
		s.NetlinkImport.ImportedAddresses = append(s.NetlinkImport.ImportedAddresses, v1.ImportedAddress{Address: "10.200.0.5/24", Interface: "lb-red", VRF: "red", InRIB: true})
		s.RIB.LocalRoutes = append(s.RIB.LocalRoutes, v1.RIBRoute{Prefix: "10.200.0.0/24", VRF: "red"})
	})
	vips := VIPs(Input{Now: now, Nodes: []*v1.BGPNodeStatus{n}})
	if len(vips) != 2 || vips[0].Name() != "10.200.0.5 in red" || vips[0].Broken != Sent || vips[1].Level != OK {
		t.Errorf("%+v", vips)
	}
}

// A report is believed for three of its own heartbeats.
func TestStaleness(t *testing.T) {
	for d, stale := range map[time.Duration]bool{0: false, -time.Hour: false, 179 * time.Second: false, 3 * time.Minute: false, 181 * time.Second: true} {
		in := Input{Now: now, Nodes: []*v1.BGPNodeStatus{node("a", silent(d))}}
		if n := Nodes(in)[0]; n.Stale != stale || (n.Word == troubleStale) != stale || Sessions(in)[0].Stale != stale {
			t.Errorf("after %s: %+v", d, n)
		}
	}
	short := node("a", silent(31*time.Second), func(s *v1.BGPNodeStatusData) { s.HeartbeatSeconds = 10 })
	if !Nodes(Input{Now: now, Nodes: []*v1.BGPNodeStatus{short}})[0].Stale {
		t.Error("a node that promises a report every 10 s is believed for longer than 30 s")
	}
	if n := Nodes(Input{Now: now, Nodes: []*v1.BGPNodeStatus{{ObjectMeta: metav1.ObjectMeta{Name: "x"}}}})[0]; n.Word != troubleNever || n.Level != Problem {
		t.Errorf("an object without a report: %+v", n)
	}
}

// What is wrong is told once, the worst first, and what follows from it not.
func TestProblems(t *testing.T) {
	var nodes []*v1.BGPNodeStatus
	for i := range 40 {
		nodes = append(nodes, node(fmt.Sprintf("w-%d", i+1), down("connection refused: check the peer")))
	}
	nodes = append(nodes,
		node("dead", fails(status.FRRReachable, "NotRunning", "bgpd is dead"), down("bgpd does not answer"), notInRIB),
		node("old", fails(status.ConfigurationApplied, "RefusedByFRR", "line 3"), func(s *v1.BGPNodeStatusData) { s.Configuration.Generation = 1 }),
		node("gone", silent(time.Hour)), node("ended", fails(status.Ready, status.ReasonAgentShutdown, "ended")),
		node("import", fails(status.ImportHealthy, "NotInBGP", "missing"), notInRIB), node("export", func(s *v1.BGPNodeStatusData) {
			s.Conditions = append(s.Conditions, metav1.Condition{Type: status.ExportHealthy, Status: metav1.ConditionFalse, Message: "not installed"})
		}))
	c := Of(Input{Now: now, Nodes: nodes})
	var told []string
	for _, p := range c.Problems {
		told = append(told, p.Kind+"|"+p.Subject+"|"+p.Text)
	}
	want := []string{
		"node|gone|it has not reported for more than 3 heartbeats: see whether the node and its agent run.",
		"node|dead|bgpd is dead.",
		"node|ended|the agent has ended; FRR keeps what it runs.",
		"node|old|line 3.",
		"node|import|missing.",
		"node|export|not installed.",
		"session|session 10.1.0.1 on 40 nodes: w-1, w-2, w-3 and 37 more|connection refused: check the peer",
		"VIP degraded|import: 10.200.0.5|bgpd does not have 10.200.0.0/24. missing.",
	}
	if !slices.Equal(told, want) {
		t.Errorf("told:\n%s\nwant:\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	if c.Rollout.Running != 45 || c.Rollout.Done() || c.Nodes != (NodeCounts{46, 0, 45, 1}) || c.Sessions != (SessionCounts{46, 4, 41, 0, 1}) || c.VIPs != (VIPCounts{Total: 1, Degraded: 1}) {
		t.Errorf("%+v %+v %+v %+v", c.Rollout, c.Nodes, c.Sessions, c.VIPs)
	}
	if c.All[0].Name != "gone" || c.All[1].Name != "dead" || c.All[len(c.All)-1].Level != Problem {
		t.Errorf("%+v", c.All[:3])
	}
}

// A session that is shut down on purpose is no problem, whatever the text says.
func TestAdminDown(t *testing.T) {
	because := func(reason status.Cause) []*v1.BGPNodeStatus {
		return []*v1.BGPNodeStatus{node("a", down("shut down"), func(s *v1.BGPNodeStatusData) { s.Neighbors[0].Reason = string(reason) })}
	}
	if s := Sessions(Input{Now: now, Nodes: because(status.CauseAdminShutdown)})[0]; !s.AdminDown || s.Level != Notice || !s.In("down") || s.In("up") || s.Reason != "admin_shutdown" {
		t.Errorf("%+v", s)
	}
	if s := Sessions(Input{Now: now, Nodes: because(status.CauseManualShutdown)})[0]; s.AdminDown || s.Level != Problem {
		t.Errorf("%+v", s)
	}
}

func TestNatural(t *testing.T) {
	sorted := []string{"", "a", "a-2", "a-10", "a-10-1", "a2", "a02", "a10", "b", "eth9", "eth10"}
	for i, a := range sorted {
		for j, b := range sorted {
			if got := Natural(a, b); got != map[bool]int{true: 0}[i == j] && (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%q and %q: %d", a, b, got)
			}
		}
	}
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 59 * time.Second: "59s", time.Minute: "1m", 59*time.Minute + 59*time.Second: "59m", time.Hour: "1h",
		3*time.Hour + 20*time.Minute: "3h20m", 11*time.Hour + 20*time.Minute: "11h", 47 * time.Hour: "47h", 50 * time.Hour: "2d", 9000 * time.Hour: "375d",
	} {
		if got := Age(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}

// FuzzText: nothing is left that a terminal obeys, and what was clean is as it
// was.
func FuzzText(f *testing.F) {
	for _, s := range []string{"plain", "\x1b[31mred\x1b[0m", "\u009b2J", "a\r\nb\tc", "\u202edrow", "\xff\xfe", "ümläut – ok", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%q leaves %U", s, r)
			}
		}
		if again := Text(got); again != got {
			t.Errorf("%q becomes %q and then %q", s, got, again)
		}
		if o := struct{ S []string }{[]string{s}}; true {
			if Clean(&o); o.S[0] != got {
				t.Errorf("Clean makes %q of %q, Text %q", o.S[0], s, got)
			}
		}
	})
}
