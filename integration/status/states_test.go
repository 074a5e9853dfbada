//go:build linux

package status

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"k8s.io/apimachinery/pkg/api/meta"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/status/report"
)

// run starts a Reporter and returns what ends it and waits for its end.
func run(t *testing.T, r *report.Reporter) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := r.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

// neighbor complains unless a neighbor is in one of the states and its lastError contains a text.
func neighbor(s v1.BGPNodeStatusData, address, lastError string, states ...string) string {
	i := slices.IndexFunc(s.Neighbors, func(n v1.NeighborStatus) bool { return n.Address == address })
	if i < 0 {
		return address + " is not listed"
	}
	n := s.Neighbors[i]
	if !slices.Contains(states, n.State) || !strings.Contains(n.LastError, lastError) || (lastError == "") != (n.LastError == "") {
		return fmt.Sprintf("%+v", n)
	}
	return ""
}

// condition complains unless a condition has that status and reason.
func condition(s v1.BGPNodeStatusData, kind, want string) string {
	c := meta.FindStatusCondition(s.Conditions, kind)
	if c == nil || string(c.Status)+"/"+c.Reason != want {
		return fmt.Sprintf("%s is %+v, not %s", kind, c, want)
	}
	return ""
}

func TestStates(t *testing.T) {
	eachVersion(t, testStates)
}

func testStates(t *testing.T, n *node) {
	down := []string{status.Idle, status.Connect, status.Active, status.OpenSent, status.OpenConfirm}
	first := func(complaints ...string) string {
		return strings.Join(slices.DeleteFunc(complaints, func(c string) bool { return c == "" }), "\n")
	}
	if err := n.tor.Announce(
		listener.Route{Prefix: netip.MustParsePrefix("20.0.0.0/24"), Communities: []string{"65000:7"}, LargeCommunities: []string{"65000:1:2"}},
		listener.Route{Prefix: netip.MustParsePrefix("20.0.1.0/24")},
	); err != nil {
		t.Fatal(err)
	}
	n.addVIP(netip.MustParsePrefix("10.200.0.5/24"))
	f := n.report(t)

	eventually(t, patience, "each peer in its state", func() string {
		s := f.read(t)
		return first(
			neighbor(s, tor, "", status.Established),
			neighbor(s, wrongAS, "sent: OPEN Message Error/Bad Peer AS (2/2)", down...),
			neighbor(s, refusing, "received: OPEN Message Error/Bad Peer AS (2/2)", down...),
			neighbor(s, shutdown, "administratively shut down", status.Idle),
			neighbor(s, nobody, "the ", down...),
			neighbor(s, elsewhere, "no route to the peer", down...),
			condition(s, status.Ready, "False/Degraded"),
			condition(s, status.FRRReachable, "True/Answering"),
			condition(s, status.ImportHealthy, "True/AllInBGP"),
		)
	})
	eventually(t, patience, "routes", func() string {
		s := f.read(t)
		local := []v1.RIBRoute{{Prefix: "10.200.0.0/24", NextHop: "0.0.0.0", AdvertisedTo: []string{tor}}}
		received := []v1.RIBRoute{
			{Prefix: "20.0.0.0/24", NextHop: tor, FromPeer: tor, Communities: []string{"65000:7", "65000:1:2"}},
			{Prefix: "20.0.1.0/24", NextHop: tor, FromPeer: tor},
		}
		want := v1.RIBStatus{LocalRoutes: local, LocalRouteCount: 1, ReceivedRoutes: received, ReceivedRouteCount: 2}
		imported := []v1.ImportedAddress{{Address: "10.200.0.5/24", Interface: "kube-lb0", InRIB: true}}
		if fmt.Sprint(*s.RIB) != fmt.Sprint(want) || !slices.Equal(s.NetlinkImport.ImportedAddresses, imported) {
			return fmt.Sprintf("%+v\n%+v", *s.RIB, *s.NetlinkImport)
		}
		return ""
	})
	testMetrics(t, f, 1, 3)

	before := f.read(t)
	n.addVIP(netip.MustParsePrefix("10.201.0.1/32"))
	f.reporter.Poke()
	t.Logf("a new address is in the status after %s", eventually(t, soon, "new address in BGP", func() string {
		s := f.read(t)
		if r := condition(s, status.ImportHealthy, "True/AllInBGP"); r != "" {
			t.Error("an address on its way is a problem already:", r)
		}
		if len(s.RIB.LocalRoutes) != 2 || len(s.RIB.LocalRoutes[1].AdvertisedTo) != 1 {
			return fmt.Sprintf("%+v", *s.RIB)
		}
		return ""
	}))
	if now := f.read(t); !now.Neighbors[0].SessionUpSince.Equal(before.Neighbors[0].SessionUpSince) {
		t.Errorf("the session was up since %s, and now since %s", before.Neighbors[0].SessionUpSince, now.Neighbors[0].SessionUpSince)
	}

	n.tor.Silence()
	eventually(t, patience, "hold timer", func() string {
		return neighbor(f.read(t), tor, "hold timer expired", down...)
	})
	n.tor.Accept()
	eventually(t, patience, "session back", func() string { return neighbor(f.read(t), tor, "", status.Established) })

	n.frr.Kill("bgpd", syscall.SIGKILL)
	t.Logf("the death of bgpd is in the status after %s", eventually(t, soon, "death of bgpd", func() string {
		s := f.read(t)
		dead := []string{condition(s, status.FRRReachable, "False/NotRunning"), condition(s, status.Ready, "False/Degraded")}
		for _, n := range s.Neighbors {
			dead = append(dead, neighbor(s, n.Address, "bgpd does not answer", status.Idle))
		}
		if s.Healthy || s.EstablishedCount != 0 || s.NetlinkImport.ImportedAddresses[0].InRIB {
			dead = append(dead, fmt.Sprintf("%+v", s))
		}
		return first(dead...)
	}))
	testMetrics(t, f, 0, 2)
	n.frr.StartDaemon("bgpd")
	if err := n.frr.Boot(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	eventually(t, patience, "session after the restart of bgpd", func() string {
		s := f.read(t)
		return first(neighbor(s, tor, "", status.Established), condition(s, status.FRRReachable, "True/Answering"))
	})

	f.stop()
	s := f.read(t)
	if r := first(condition(s, status.Ready, "False/AgentShutdown"), neighbor(s, tor, "", status.Established)); r != "" || s.Healthy {
		t.Errorf("after the end, healthy: %t; %s", s.Healthy, r)
	}
	info, err := os.Stat(f.path)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Error(info.Mode(), err)
	}
}

func testMetrics(t *testing.T, f *file, torUp, daemonsUp int) {
	t.Helper()
	problems, err := testutil.GatherAndLint(f.metrics)
	if err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
	families, err := f.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := map[string]int{}
	for _, family := range families {
		for _, m := range family.Metric {
			name := family.GetName()
			if name == "k8frr_frr_reachable" && m.Label[0].GetValue() == "mgmtd" {
				continue // 10.x only
			}
			sum[name] += int(m.GetGauge().GetValue())
		}
	}
	want := map[string]int{"k8frr_bgp_session_up": torUp, "k8frr_frr_reachable": daemonsUp,
		"k8frr_configuration_applied": 1, "k8frr_configuration_generation": 3}
	for name, value := range want {
		if sum[name] != value {
			t.Errorf("%s is %d, not %d, in %v", name, sum[name], value, sum)
		}
	}
}
