//go:build linux

package metrics

import (
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

func TestMetrics(t *testing.T) {
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			testMetrics(t, newNode(t, version))
		})
	}
}

// of is the name of a session's sample.
func of(metric, neighbor, asn string, more ...string) string {
	labels := append(more, "neighbor="+neighbor, "peer_asn="+asn, "vrf=default")
	slices.Sort(labels)
	return "k8frr_bgp_" + metric + "{" + strings.Join(labels, ",") + "}"
}

func why(neighbor, asn, reason, direction string) string {
	return of("session_last_error_info", neighbor, asn, "reason="+reason, "direction="+direction)
}

func testMetrics(t *testing.T, n *node) {
	n.shows("each session in its state", map[string]float64{
		"k8frr_bgp_sessions": 7, "k8frr_bgp_sessions_established": 1,
		"k8frr_bgp_dynamic_sessions{vrf=default}": 1, "k8frr_bgp_dynamic_sessions_established{vrf=default}": 1,
		of("session_up", "10.1.0.1", "65000"):                                 1,
		of("session_state", "10.1.0.1", "65000"):                              6,
		of("session_drops_total", "10.1.0.1", "65000"):                        0,
		of("prefixes_received", "10.1.0.1", "65000", "family=ipv4-unicast"):   2,
		of("prefixes_sent", "10.1.0.1", "65000", "family=ipv4-unicast"):       1,
		of("prefixes_limit", "10.1.0.1", "65000", "family=ipv4-unicast"):      10,
		of("session_up", "10.1.0.4", "65099"):                                 0,
		why("10.1.0.4", "65099", "bad_peer_as", "sent"):                       1,
		why("10.1.0.5", "65005", "bad_peer_as", "received"):                   1,
		why("10.1.0.6", "65006", "admin_shutdown", ""):                        1,
		of("session_state", "10.1.0.6", "65006"):                              1,
		of("session_established_timestamp_seconds", "10.1.0.6", "65006"):      -1,
		why("10.1.0.8", "65008", "max_prefixes", ""):                          1,
		why("10.99.0.1", "65099", "no_route", ""):                             1,
		why("10.1.0.16", "65016", "awaited", ""):                              1,
		"k8frr_imported_addresses":                                            1,
		"k8frr_imported_addresses_missing":                                    0,
		"k8frr_prefixes_in_rib":                                               1,
		"k8frr_prefixes_unadvertised":                                         0,
		"k8frr_import_interfaces":                                             1,
		"k8frr_import_interfaces_down":                                        0,
		"k8frr_configuration_applied":                                         1,
		"k8frr_configuration_generation":                                      3,
		"k8frr_configuration_declared_generation":                             3,
		"k8frr_frr_reachable{daemon=bgpd}":                                    1,
		"k8frr_frr_reachable{daemon=zebra}":                                   1,
		"k8frr_router_id_info{asn=65001,router_id=10.1.0.2,source=node-ipv4}": 1,
		"k8frr_healthy":                      0,
		"k8frr_condition{type=Ready}":        0,
		"k8frr_condition{type=FRRReachable}": 1,
		// As k8gobgp and its gobgpd say it.
		"k8gobgp_neighbors_established_total": 1, "k8gobgp_neighbors_total": 7,
		"k8gobgp_configuration_ready{name=default,namespace=purelb-system}":                    1,
		"bgp_peer_state{admin_state=UP,peer=10.1.0.1,session_state=SESSION_STATE_ESTABLISHED}": 1,
		"bgp_peer_state{admin_state=DOWN,peer=10.1.0.6,session_state=SESSION_STATE_IDLE}":      1,
		"bgp_peer_state{admin_state=PFX_CT,peer=10.1.0.8,session_state=SESSION_STATE_IDLE}":    1,
		"bgp_routes_received{peer=10.1.0.1,route_family=ipv4-unicast}":                         2,
		"k8gobgp_neighbor_routes_advertised{family=ipv4_unicast,neighbor=10.1.0.1}":            1,
	})
	s := n.reaches("what is counted", map[string]float64{
		"k8frr_plans_total{result=applied}": 1, "k8frr_plan_steps_total": 1, "k8frr_plan_duration_seconds_count": 1,
		"k8frr_frr_scrape_duration_seconds_count": 1, "k8frr_status_writes_total{result=success}": 1, "k8frr_status_last_write_timestamp_seconds": 1e9,
		"k8frr_configuration_last_success_timestamp_seconds": 1e9, "k8frr_configuration_changed_timestamp_seconds": 1e9,
		"k8frr_netlink_events_total": 1, "k8frr_resyncs_total": 1, of("session_established_timestamp_seconds", "10.1.0.1", "65000"): 1e9,
	})
	series := len(s.values)
	conforms(t, s)
	known(t, s)

	n.tor.Silence()
	n.shows("the hold timer", map[string]float64{
		of("session_up", "10.1.0.1", "65000"): 0, why("10.1.0.1", "65000", "hold_timer_expired", "sent"): 1,
		of("session_drops_total", "10.1.0.1", "65000"): 1, "k8frr_bgp_sessions_established": 0,
		of("prefixes_received", "10.1.0.1", "65000", "family=ipv4-unicast"): 0,
	})
	n.tor.Accept()
	n.shows("the session is back, and why it ended is still known", map[string]float64{
		of("session_up", "10.1.0.1", "65000"): 1, why("10.1.0.1", "65000", "hold_timer_expired", "sent"): 1,
	})

	n.Vtysh("configure terminal", "no router bgp 65001")
	n.shows("a change by hand", map[string]float64{"k8frr_drifts_total{action=undone}": 1, of("session_up", "10.1.0.1", "65000"): 1})

	n.FRR.Kill("bgpd", syscall.SIGKILL)
	n.shows("the death of bgpd", map[string]float64{
		"k8frr_frr_reachable{daemon=bgpd}": 0, "k8frr_frr_reachable{daemon=zebra}": 1, "k8frr_bgp_sessions_established": 0,
		why("10.1.0.1", "65000", "frr_unreachable", ""): 1, "k8frr_imported_addresses_missing": 1,
	})
	n.FRR.StartDaemon("bgpd")
	n.shows("bgpd is back", map[string]float64{
		"k8frr_frr_reachable{daemon=bgpd}": 1, "k8frr_frr_restarts_total{daemon=bgpd}": 1, of("session_up", "10.1.0.1", "65000"): 1,
		"k8frr_imported_addresses_missing": 0,
	})
	if now := len(n.read().values); now > series+20 {
		t.Errorf("there were %d series, and after all that %d", series, now)
	}
}

// conforms has promtool judge what the agent shows of its own.
func conforms(t *testing.T, s samples) {
	t.Helper()
	former := regexp.MustCompile(`(?m)^(# (HELP|TYPE) )?(k8gobgp_|bgp_).*\n`)
	if out := promtool(t, []byte(former.ReplaceAllString(s.text, "")), "check", "metrics"); out != "" {
		t.Error(out)
	}
	if strings.Contains(s.text, "not-to-be-seen") {
		t.Error("a password is shown")
	}
}

// known makes sure that all that alerts and dashboard ask for is there.
func known(t *testing.T, s samples) {
	t.Helper()
	names := s.names()
	metric := regexp.MustCompile(`\b(k8frr|go|process)_[a-z_]+\b`)
	var queries []string
	for _, r := range rules(t).all() {
		queries = append(queries, r.Expr)
	}
	for _, q := range append(queries, dashboardExpressions(t)...) {
		for _, name := range metric.FindAllString(q, -1) {
			if !names[name] {
				t.Errorf("the agent does not show %s, which %q asks for", name, q)
			}
		}
	}
}
