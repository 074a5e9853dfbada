package report

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/k8frr/k8frr/status"
)

const defaultVRF = "default"

var (
	sessionLabels = []string{"vrf", "neighbor", "peer_asn"}
	familyLabels  = append(sessionLabels[:3:3], "family")

	sessions            = describe("k8frr_bgp_sessions", "Number of configured BGP sessions.")
	sessionsEstablished = describe("k8frr_bgp_sessions_established", "Number of configured BGP sessions that are established.")
	dynamicSessions     = describe("k8frr_bgp_dynamic_sessions", "Number of BGP sessions of peers that connected from a range.", "vrf")
	dynamicEstablished  = describe("k8frr_bgp_dynamic_sessions_established", "Number of established BGP sessions of peers that connected from a range.", "vrf")

	sessionUp    = describe("k8frr_bgp_session_up", "Whether the BGP session with a neighbor is established.", sessionLabels...)
	sessionState = describe("k8frr_bgp_session_state",
		"State of the BGP session with a neighbor, as in RFC 4273: 1 idle, 2 connect, 3 active, 4 open sent, 5 open confirm, 6 established.", sessionLabels...)
	sessionSince = describe("k8frr_bgp_session_established_timestamp_seconds",
		"Time at which the BGP session with a neighbor was established; missing while it is not.", sessionLabels...)
	sessionDrops = describe("k8frr_bgp_session_drops_total", "Total number of times that an established BGP session with a neighbor ended.", sessionLabels...)
	sessionError = describe("k8frr_bgp_session_last_error_info",
		"Reason why the BGP session with a neighbor is not established or last ended, and direction of the NOTIFICATION, if there was one.",
		append(sessionLabels[:3:3], "reason", "direction")...)

	prefixesReceived = describe("k8frr_bgp_prefixes_received", "Number of prefixes accepted from a neighbor.", familyLabels...)
	prefixesSent     = describe("k8frr_bgp_prefixes_sent", "Number of prefixes advertised to a neighbor.", familyLabels...)
	prefixesLimit    = describe("k8frr_bgp_prefixes_limit", "Number of prefixes that a neighbor may send; missing if there is no limit.", familyLabels...)
)

// states are the numbers of bgpPeerState in RFC 4273.
var states = map[string]int{
	status.Idle: 1, status.Connect: 2, status.Active: 3, status.OpenSent: 4, status.OpenConfirm: 5, status.Established: 6,
}

// sessions sends what there is once for each session.
func (s sender) sessions(m *status.Metrics) {
	s.count(sessions, m.Configured)
	s.count(sessionsEstablished, m.Established)
	for vrf, d := range m.Dynamic {
		s.count(dynamicSessions, d.Known, vrfLabel(vrf))
		s.count(dynamicEstablished, d.Established, vrfLabel(vrf))
	}
	for _, session := range m.Sessions {
		s.session(session)
	}
}

func (s sender) session(m status.SessionMetrics) {
	labels := []string{vrfLabel(m.VRF), m.Neighbor, asn(m.PeerASN)}
	s.gauge(sessionUp, truth(m.Up), labels...)
	s.count(sessionState, states[m.State], labels...)
	if !m.Since.IsZero() {
		s.gauge(sessionSince, seconds(m.Since), labels...)
	}
	s.send(sessionDrops, prometheus.CounterValue, float64(m.Drops), labels)
	if m.Reason.Cause != "" {
		s.gauge(sessionError, 1, append(labels[:3:3], string(m.Reason.Cause), m.Reason.Direction)...)
	}
	for _, f := range m.Families {
		labels := append(labels[:3:3], string(f.Family))
		s.gauge(prefixesReceived, float64(f.Received), labels...)
		s.gauge(prefixesSent, float64(f.Sent), labels...)
		if f.Limit > 0 {
			s.gauge(prefixesLimit, float64(f.Limit), labels...)
		}
	}
}

func vrfLabel(vrf string) string {
	if vrf == "" {
		return defaultVRF
	}
	return vrf
}
