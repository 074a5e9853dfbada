package report

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/k8frr/k8frr/status"
)

func TestCollector(t *testing.T) {
	c := NewCollector()
	const unseen = `
		# HELP k8frr_drifts_total Number of times that FRR was found changed by hand in what is k8frr's, by what was done about it.
		# TYPE k8frr_drifts_total counter
		k8frr_drifts_total{action="reported"} 0
		k8frr_drifts_total{action="undone"} 0
	`
	const writes = `
		# HELP k8frr_status_writes_total Number of writes of the BGPNodeStatus by result.
		# TYPE k8frr_status_writes_total counter
	`
	if err := testutil.CollectAndCompare(c, strings.NewReader(unseen+writes+`
		k8frr_status_writes_total{result="error"} 0
		k8frr_status_writes_total{result="success"} 0
	`)); err != nil {
		t.Error(err)
	}
	c.show(status.Metrics{
		Sessions: []status.SessionMetrics{
			{Neighbor: "10.1.0.1", PeerASN: 4200000000, Up: true, Received: 3, Sent: 2},
			{Neighbor: "eth1", PeerASN: 65000},
		},
		ImportedAddresses: 3, PrefixesInRIB: 2, ConfigurationApplied: true, Generation: 7,
		Daemons: map[string]bool{"bgpd": true, "zebra": false},
	})
	c.wrote(nil)
	c.wrote(nil)
	c.wrote(errors.New("the server is down"))
	c.Drifted(DriftReported)
	if err := testutil.CollectAndCompare(c, strings.NewReader(writes+`
		k8frr_status_writes_total{result="error"} 1
		k8frr_status_writes_total{result="success"} 2
		# HELP k8frr_bgp_prefixes_received Number of prefixes accepted from a neighbor.
		# TYPE k8frr_bgp_prefixes_received gauge
		k8frr_bgp_prefixes_received{neighbor="10.1.0.1",peer_asn="4200000000"} 3
		k8frr_bgp_prefixes_received{neighbor="eth1",peer_asn="65000"} 0
		# HELP k8frr_bgp_prefixes_sent Number of prefixes advertised to a neighbor.
		# TYPE k8frr_bgp_prefixes_sent gauge
		k8frr_bgp_prefixes_sent{neighbor="10.1.0.1",peer_asn="4200000000"} 2
		k8frr_bgp_prefixes_sent{neighbor="eth1",peer_asn="65000"} 0
		# HELP k8frr_bgp_session_up Whether the BGP session with a neighbor is established.
		# TYPE k8frr_bgp_session_up gauge
		k8frr_bgp_session_up{neighbor="10.1.0.1",peer_asn="4200000000"} 1
		k8frr_bgp_session_up{neighbor="eth1",peer_asn="65000"} 0
		# HELP k8frr_configuration_applied Whether FRR runs the configuration that is declared.
		# TYPE k8frr_configuration_applied gauge
		k8frr_configuration_applied 1
		# HELP k8frr_configuration_generation Generation of the BGPConfiguration that FRR runs.
		# TYPE k8frr_configuration_generation gauge
		k8frr_configuration_generation 7
		# HELP k8frr_drifts_total Number of times that FRR was found changed by hand in what is k8frr's, by what was done about it.
# TYPE k8frr_drifts_total counter
k8frr_drifts_total{action="reported"} 1
k8frr_drifts_total{action="undone"} 0
# HELP k8frr_frr_reachable Whether a daemon of FRR answers.
		# TYPE k8frr_frr_reachable gauge
		k8frr_frr_reachable{daemon="bgpd"} 1
		k8frr_frr_reachable{daemon="zebra"} 0
		# HELP k8frr_imported_addresses Number of addresses on the import interfaces.
		# TYPE k8frr_imported_addresses gauge
		k8frr_imported_addresses 3
		# HELP k8frr_prefixes_in_rib Number of prefixes in BGP that this node originates.
		# TYPE k8frr_prefixes_in_rib gauge
		k8frr_prefixes_in_rib 2
	`)); err != nil {
		t.Error(err)
	}
	if problems, err := testutil.CollectAndLint(c); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

func TestRetry(t *testing.T) {
	var r retry
	if !r.now() || r.failing() {
		t.Error("it waits before the first failure")
	}
	for i, least := range []time.Duration{1, 2, 4, 8, 16, 30, 30, 30} {
		least *= time.Second
		r.after(errors.New("no"))
		if wait := time.Until(r.next); wait < least-time.Second/2 || wait > least+least/2 {
			t.Errorf("failure %d: waits %s, not %s and up to half longer", i+1, wait, least)
		}
		if r.now() || !r.failing() {
			t.Errorf("failure %d: it does not wait", i+1)
		}
	}
	if r.after(nil); !r.now() || r.failing() {
		t.Error("it waits after a success")
	}
}
