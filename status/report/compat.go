package report

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// Compat shows what a Collector shows under the names that k8gobgp and its gobgpd have for it, for the dashboards and
// alerts that know those: k8gobgp v0.2.4 on port 7473 (k8gobgp_…), and from v0.2.5 on also its gobgpd on port 7475
// (bgp_…). What FRR does not have is not shown, rather than as 0.
//
// These names are not all as Prometheus wants them, which is why they are shown only on demand.
type Compat struct {
	collector     *Collector
	node          string
	configuration func() (namespace, name string)
}

// NewCompat makes a Compat of a node. configuration says which BGPConfiguration is in use; "" for none.
func NewCompat(c *Collector, node string, configuration func() (namespace, name string)) *Compat {
	return &Compat{c, node, configuration}
}

var compatDescriptions []*prometheus.Desc

func former(name, help string, labels ...string) *prometheus.Desc {
	d := prometheus.NewDesc(name, help, labels, nil)
	compatDescriptions = append(compatDescriptions, d)
	return d
}

var (
	compatReady     = former("k8gobgp_configuration_ready", "Whether FRR runs the BGPConfiguration.", "name", "namespace")
	compatConnected = former("k8gobgp_gobgpd_connection_status", "Whether bgpd answers.", "endpoint")
	compatObjects   = former("k8gobgp_configured_objects", "Number of objects that the BGPConfiguration declares for this node.", "kind", "name", "namespace")
	compatRouterID  = former("k8gobgp_router_id_info", "The router ID of the node.", "router_id", "source", "node", "asn", "name", "namespace")
	compatIDSource  = former("k8gobgp_router_id_source", "Source of the router ID.", "source")
	compatWritten   = former("k8gobgp_nodestatus_last_successful_write_timestamp_seconds", "Time of the last write of the BGPNodeStatus.")
	compatWritten4  = former("k8gobgp_nodestatus_last_successful_write_timestamp", "Time of the last write of the BGPNodeStatus.")
	compatWrites    = former("k8gobgp_nodestatus_write_total", "Total number of writes of the BGPNodeStatus.", "result")
	compatReconcile = former("k8gobgp_reconcile_total", "Total number of plans that changed the configuration of FRR.", "name", "namespace", "result")

	compatKinds = map[string]*prometheus.Desc{
		status.KindNeighbor:        former("k8gobgp_neighbors_configured", "Number of configured neighbors.", "name", "namespace"),
		status.KindPeerGroup:       former("k8gobgp_peer_groups_configured", "Number of configured peer groups.", "name", "namespace"),
		status.KindDynamicNeighbor: former("k8gobgp_dynamic_neighbors_configured", "Number of configured ranges of neighbors.", "name", "namespace"),
		status.KindVRF:             former("k8gobgp_vrfs_configured", "Number of configured VRFs.", "name", "namespace"),
		status.KindPolicy:          former("k8gobgp_policies_configured", "Number of route maps rendered from the configured policies.", "name", "namespace"),
	}

	compatNeighbors   = former("k8gobgp_neighbors_total", "Number of neighbors.")
	compatEstablished = former("k8gobgp_neighbors_established_total", "Number of neighbors with an established session.")
	compatActive      = former("k8gobgp_neighbors_active", "Number of neighbors in the state Active.")
	compatIdle        = former("k8gobgp_neighbors_idle", "Number of neighbors in the state Idle.")
	compatReceived    = former("k8gobgp_routes_received_total", "Number of routes received from all neighbors and accepted.")
	compatAccepted    = former("k8gobgp_routes_accepted_total", "Number of routes accepted from all neighbors.")
	compatAdvertised  = former("k8gobgp_routes_advertised_total", "Number of routes advertised to all neighbors.")

	compatNeighborReceived   = former("k8gobgp_neighbor_routes_received", "Number of routes received from a neighbor and accepted.", "neighbor", "family")
	compatNeighborAccepted   = former("k8gobgp_neighbor_routes_accepted", "Number of routes accepted from a neighbor.", "neighbor", "family")
	compatNeighborAdvertised = former("k8gobgp_neighbor_routes_advertised", "Number of routes advertised to a neighbor.", "neighbor", "family")
)

// Describe implements prometheus.Collector.
func (c *Compat) Describe(out chan<- *prometheus.Desc) {
	for _, d := range compatDescriptions {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *Compat) Collect(out chan<- prometheus.Metric) {
	m := c.collector.seen.Load()
	if m == nil {
		return
	}
	s := sender{out}
	c.configured(s, m)
	s.gauge(compatConnected, truth(m.Daemons["bgpd"]), "bgpd")
	if m.RouterID != "" {
		s.gauge(compatIDSource, 1, m.RouterIDSource)
	}
	written := values(c.collector.lastWrite)[""]
	s.gauge(compatWritten, written)
	s.gauge(compatWritten4, written)
	for result, n := range values(c.collector.writes) {
		s.send(compatWrites, prometheus.CounterValue, n, []string{result})
	}
	s.compatCounts(m)
	s.compatSessions(m)
}

// configured is what carries the name of the BGPConfiguration.
func (c *Compat) configured(s sender, m *status.Metrics) {
	namespace, name := c.configuration()
	if name == "" {
		return
	}
	s.gauge(compatReady, truth(m.Applied.Applied), name, namespace)
	for kind, n := range m.Objects {
		s.count(compatObjects, n, kind, name, namespace)
		s.count(compatKinds[kind], n, name, namespace)
	}
	if m.RouterID != "" {
		s.gauge(compatRouterID, 1, m.RouterID, m.RouterIDSource, c.node, asn(m.ASN), name, namespace)
	}
	plans := values(c.collector.plans)
	applied := planResults[status.PlanApplied]
	s.send(compatReconcile, prometheus.CounterValue, plans[applied], []string{name, namespace, "success"})
	delete(plans, applied)
	failed := 0.0
	for _, n := range plans {
		failed += n
	}
	s.send(compatReconcile, prometheus.CounterValue, failed, []string{name, namespace, "failed"})
}

func (s sender) compatCounts(m *status.Metrics) {
	var active, idle int
	var received, sent int64
	for _, session := range m.Sessions {
		switch session.State {
		case status.Active:
			active++
		case status.Idle:
			idle++
		}
		r, t := session.Prefixes()
		received, sent = received+r, sent+t
	}
	s.count(compatNeighbors, m.Configured)
	s.count(compatEstablished, m.Established)
	s.count(compatActive, active)
	s.count(compatIdle, idle)
	s.gauge(compatReceived, float64(received))
	s.gauge(compatAccepted, float64(received))
	s.gauge(compatAdvertised, float64(sent))
}

// compatFamilies are the families whose names k8gobgp has.
var compatFamilies = map[v1.Family]string{
	v1.IPv4Unicast: "ipv4_unicast", v1.IPv6Unicast: "ipv6_unicast", v1.L2VPNEVPN: "l2vpn_evpn",
}

func (s sender) compatSessions(m *status.Metrics) {
	var seen []string // without a label for the VRF, the first of a name is shown
	for _, session := range m.Sessions {
		if slices.Contains(seen, session.Neighbor) {
			continue
		}
		seen = append(seen, session.Neighbor)
		for _, f := range session.Families {
			if family, ok := compatFamilies[f.Family]; ok {
				s.gauge(compatNeighborReceived, float64(f.Received), session.Neighbor, family)
				s.gauge(compatNeighborAccepted, float64(f.Received), session.Neighbor, family)
				s.gauge(compatNeighborAdvertised, float64(f.Sent), session.Neighbor, family)
			}
		}
		s.gobgpdSession(m, session)
	}
}
