package report

import (
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

var update = flag.Bool("update", false, "write the golden files")

// seen is a node with a session that is up, one that is down, and one in a VRF with the same address.
func seen() status.Metrics {
	at := time.Unix(1795411100, 0)
	name := func(vrf, neighbor string, peer v1.ASN) status.SessionName {
		return status.SessionName{VRF: vrf, Neighbor: neighbor, PeerASN: peer}
	}
	return status.Metrics{
		Healthy: false, Conditions: map[string]bool{"Ready": false, "FRRReachable": true}, HeartbeatSeconds: 60,
		Sessions: []status.SessionMetrics{
			{SessionName: name("", "10.1.0.1", 4200000000), LocalASN: 65001, State: status.Established, Up: true, Since: at, Drops: 2,
				Reason:   status.Reason{Cause: status.CauseHoldTimer, Direction: status.DirectionSent},
				Families: []status.FamilyMetrics{{Family: v1.IPv4Unicast, Received: 3, Sent: 2, Limit: 100}, {Family: v1.IPv6Unicast, Received: 1, Sent: 1}}},
			{SessionName: name("", "eth1", 65001), LocalASN: 65001, State: status.Idle, Reason: status.Reason{Cause: status.CauseAdminShutdown}},
			{SessionName: name("blue", "10.1.0.1", 65002), LocalASN: 65001, State: status.Active, Reason: status.Reason{Cause: status.CauseNoRoute}},
		},
		Configured: 3, Established: 1,
		Dynamic:  map[string]status.DynamicMetrics{"": {Known: 3, Established: 2}},
		Objects:  map[string]int{status.KindNeighbor: 3, status.KindVRF: 1},
		RouterID: "10.1.0.2", RouterIDSource: "node-ipv4", ASN: 65001,
		Import: status.ImportMetrics{Enabled: true, Interfaces: 2, Down: 1, Addresses: 3, Missing: 1, Prefixes: 2, Unadvertised: 1},
		Export: status.ExportMetrics{Enabled: true, Routes: 5, Missing: 2},
		Applied: status.AppliedMetrics{Applied: true, At: at, Outcome: status.OutcomeApplied, Hash: "0a1b2c", Generation: 7, Declared: 8,
			Changed: at.Add(-time.Minute)},
		FRRVersion: "10.3\x80",
		Daemons:    map[string]bool{"bgpd": true, "zebra": false, "ospfd": true, "ripd": false},
	}
}

// busy is a Collector that has seen everything there is to see.
func busy() *Collector {
	c := NewCollector()
	c.show(seen())
	c.wrote(errors.New("the server is down"))
	c.looked(3 * time.Millisecond)
	c.Planned(status.Plan{Took: 41 * time.Millisecond, Steps: 3, Resets: []string{"10.1.0.1"}, Result: status.PlanApplied})
	c.Planned(status.Plan{Took: 2 * time.Second, Steps: 7, Result: status.PlanRolledBack})
	c.Planned(status.Plan{Steps: -1, Result: "?"})
	c.Drifted(DriftReported)
	c.FRRRestarted("bgpd")
	c.FRRRestarted("made-up")
	c.NetlinkEvent()
	c.Resynced()
	c.Leading(true)
	c.Folded(nil)
	return c
}

func TestCollector(t *testing.T) {
	format(t, "testdata/metrics.txt", busy())
	format(t, "testdata/metrics-nothing-seen.txt", NewCollector())
	c := busy()
	format(t, "testdata/metrics-compat.txt", NewCompat(c, "worker-1", func() (string, string) { return "purelb-system", "default" }))
}

// format compares all that a collector shows with a golden file.
func format(t *testing.T, path string, c prometheus.Collector) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if answer.Code != 200 {
		t.Fatal(answer.Body)
	}
	got := answer.Body.Bytes()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestMetricsConform(t *testing.T) {
	for _, c := range []prometheus.Collector{busy(), NewCollector(), NewBuildInfo("v1")} {
		if problems, err := testutil.CollectAndLint(c); err != nil || len(problems) > 0 {
			t.Error(problems, err)
		}
	}
}

// Whatever is seen, every description is of something that is shown, and what is shown is described.
func TestEverythingIsShown(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	c := busy()
	registry.MustRegister(c, NewCompat(c, "worker-1", func() (string, string) { return "purelb-system", "default" }))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, f := range families {
		shown[f.GetName()] = true
	}
	for _, d := range append(descriptions[:len(descriptions):len(descriptions)], compatDescriptions...) {
		name := strings.Split(d.String(), `"`)[1]
		if !shown[name] && !strings.HasPrefix(name, "k8gobgp_") {
			t.Error(name, "is never shown")
		}
	}
}
