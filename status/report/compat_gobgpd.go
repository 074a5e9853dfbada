package report

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/k8frr/k8frr/status"
)

// The names of gobgpd's own metrics.
var (
	gobgpdState = former("bgp_peer_state", "State of the session with a peer; always 1.", "peer", "session_state", "admin_state")
	gobgpdASN   = former("bgp_peer_asn", "AS number of a peer.", "peer", "router_id")
	gobgpdLocal = former("bgp_peer_local_asn", "AS number presented to a peer.", "peer", "router_id")
	gobgpdType  = former("bgp_peer_type", "Whether a peer is internal (0) or external (1).", "peer")
	gobgpdSince = former("bgp_peer_established_timestamp_seconds", "Time at which the session with a peer was established.", "peer")
	gobgpdFlops = former("bgp_peer_flop_count", "Number of times that the session with a peer ended.", "peer")

	gobgpdReceived   = former("bgp_routes_received", "Number of routes received from a peer and accepted.", "peer", "route_family")
	gobgpdAccepted   = former("bgp_routes_accepted", "Number of routes accepted from a peer.", "peer", "route_family")
	gobgpdAdvertised = former("bgp_routes_advertised", "Number of routes advertised to a peer.", "peer", "route_family")
)

func (s sender) gobgpdSession(m *status.Metrics, session status.SessionMetrics) {
	peer := session.Neighbor
	admin := "UP"
	switch session.Reason.Cause {
	case status.CauseAdminShutdown:
		if !session.Up {
			admin = "DOWN"
		}
	case status.CauseMaxPrefixes:
		if !session.Up {
			admin = "PFX_CT"
		}
	}
	s.gauge(gobgpdState, 1, peer, "SESSION_STATE_"+strings.ToUpper(session.State), admin)
	s.gauge(gobgpdASN, float64(session.PeerASN), peer, m.RouterID)
	s.gauge(gobgpdLocal, float64(session.LocalASN), peer, m.RouterID)
	s.gauge(gobgpdType, truth(session.PeerASN != session.LocalASN), peer)
	if !session.Since.IsZero() {
		s.gauge(gobgpdSince, seconds(session.Since), peer)
	}
	s.gauge(gobgpdFlops, float64(session.Drops), peer)
	for _, f := range session.Families {
		family := string(f.Family)
		s.gauge(gobgpdReceived, float64(f.Received), peer, family)
		s.gauge(gobgpdAccepted, float64(f.Received), peer, family)
		s.gauge(gobgpdAdvertised, float64(f.Sent), peer, family)
	}
}

// values are those of a counter or gauge, by the value of its label; by "" if it has none.
func values(c prometheus.Collector) map[string]float64 {
	registry := prometheus.NewRegistry()
	registry.MustRegister(c)
	all := map[string]float64{}
	families, _ := registry.Gather()
	for _, f := range families {
		for _, m := range f.Metric {
			label := ""
			if len(m.Label) > 0 {
				label = m.Label[0].GetValue()
			}
			all[label] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return all
}
