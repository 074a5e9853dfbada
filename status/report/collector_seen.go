package report

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/k8frr/k8frr/status"
)

// descriptions are of what is shown of the last look.
var descriptions []*prometheus.Desc

func describe(name, help string, labels ...string) *prometheus.Desc {
	d := prometheus.NewDesc(name, help, labels, nil)
	descriptions = append(descriptions, d)
	return d
}

var (
	healthy       = describe("k8frr_healthy", "Whether the condition Ready of the node is True.")
	condition     = describe("k8frr_condition", "Whether a condition of the BGPNodeStatus is True.", "type")
	heartbeat     = describe("k8frr_status_heartbeat_seconds", "Maximum time between writes of the BGPNodeStatus; 0 if it is not written.")
	frrReachable  = describe("k8frr_frr_reachable", "Whether an FRR daemon answers.", "daemon")
	frrInfo       = describe("k8frr_frr_info", "The version of FRR.", "version")
	routerIDInfo  = describe("k8frr_router_id_info", "The router ID, its source, and the AS number of the node.", "router_id", "source", "asn")
	applied       = describe("k8frr_configuration_applied", "Whether FRR runs the declared configuration.")
	generation    = describe("k8frr_configuration_generation", "Generation of the BGPConfiguration that FRR runs.")
	declared      = describe("k8frr_configuration_declared_generation", "Generation of the declared BGPConfiguration.")
	configuration = describe("k8frr_configuration_info", "Hash of the frr.conf that runs, and outcome of the declared configuration.", "hash", "outcome")
	changed       = describe("k8frr_configuration_changed_timestamp_seconds", "Time of the last change of the configuration of FRR.")

	importInterfaces     = describe("k8frr_import_interfaces", "Number of interfaces that interfaceList names or matches.")
	importInterfacesDown = describe("k8frr_import_interfaces_down", "Number of import interfaces that do not exist or are down.")
	importedAddresses    = describe("k8frr_imported_addresses", "Number of addresses on the import interfaces.")
	missingAddresses     = describe("k8frr_imported_addresses_missing", "Number of addresses on the import interfaces whose prefix is not in BGP.")
	prefixesInRIB        = describe("k8frr_prefixes_in_rib", "Number of prefixes in BGP that this node originates.")
	prefixesUnadvertised = describe("k8frr_prefixes_unadvertised", "Number of prefixes in BGP that this node originates and advertises to no neighbor.")
	exportedRoutes       = describe("k8frr_exported_routes", "Number of BGP routes that export rules select for the kernel.")
	exportedMissing      = describe("k8frr_exported_routes_missing", "Number of BGP routes listed for export that the kernel does not have.")
)

// sender sends constant metrics.
type sender struct{ out chan<- prometheus.Metric }

func (s sender) gauge(d *prometheus.Desc, value float64, labels ...string) {
	s.send(d, prometheus.GaugeValue, value, labels)
}

// send makes labels valid first: what FRR prints must not end the agent.
func (s sender) send(d *prometheus.Desc, kind prometheus.ValueType, value float64, labels []string) {
	for i, l := range labels {
		if !utf8.ValidString(l) {
			labels = slices.Clone(labels)
			labels[i] = strings.ToValidUTF8(l, "?")
		}
	}
	s.out <- prometheus.MustNewConstMetric(d, kind, value, labels...)
}

func (s sender) count(d *prometheus.Desc, value int, labels ...string) {
	s.gauge(d, float64(value), labels...)
}

// node sends what there is once on a node.
func (s sender) node(m *status.Metrics) {
	s.gauge(healthy, truth(m.Healthy))
	for kind, is := range m.Conditions {
		s.gauge(condition, truth(is), kind)
	}
	s.gauge(heartbeat, float64(m.HeartbeatSeconds))
	reachable := map[string]bool{}
	for daemon, answers := range m.Daemons {
		name := daemonLabel(daemon)
		before, known := reachable[name]
		reachable[name] = answers && (before || !known)
	}
	for name, answers := range reachable {
		s.gauge(frrReachable, truth(answers), name)
	}
	if m.FRRVersion != "" {
		s.gauge(frrInfo, 1, m.FRRVersion)
	}
	if m.RouterID != "" {
		s.gauge(routerIDInfo, 1, m.RouterID, m.RouterIDSource, asn(m.ASN))
	}
	a := m.Applied
	s.gauge(applied, truth(a.Applied))
	s.gauge(generation, float64(a.Generation))
	s.gauge(declared, float64(a.Declared))
	s.gauge(configuration, 1, a.Hash, string(a.Outcome))
	if !a.Changed.IsZero() {
		s.gauge(changed, seconds(a.Changed))
	}
	s.count(importInterfaces, m.Import.Interfaces)
	s.count(importInterfacesDown, m.Import.Down)
	s.count(importedAddresses, m.Import.Addresses)
	s.count(missingAddresses, m.Import.Missing)
	s.count(prefixesInRIB, m.Import.Prefixes)
	s.count(prefixesUnadvertised, m.Import.Unadvertised)
	s.count(exportedRoutes, m.Export.Routes)
	s.count(exportedMissing, m.Export.Missing)
}

// daemonLabel is the name of a daemon, if it is one of those that there are: a file in FRR's directory cannot make a
// series.
func daemonLabel(daemon string) string {
	if slices.Contains(daemonNames, daemon) {
		return daemon
	}
	return "other"
}

func asn[T ~uint32](n T) string { return strconv.FormatUint(uint64(n), 10) }
