package report

import (
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/k8frr/k8frr/status"
)

var (
	sessionLabels = []string{"neighbor", "peer_asn"}

	sessionUp = prometheus.NewDesc("k8frr_bgp_session_up",
		"Whether the BGP session with a neighbor is established.", sessionLabels, nil)
	prefixesReceived = prometheus.NewDesc("k8frr_bgp_prefixes_received",
		"Number of prefixes accepted from a neighbor.", sessionLabels, nil)
	prefixesSent = prometheus.NewDesc("k8frr_bgp_prefixes_sent",
		"Number of prefixes advertised to a neighbor.", sessionLabels, nil)
	importedAddresses = prometheus.NewDesc("k8frr_imported_addresses",
		"Number of addresses on the import interfaces.", nil, nil)
	prefixesInRIB = prometheus.NewDesc("k8frr_prefixes_in_rib",
		"Number of prefixes in BGP that this node originates.", nil, nil)
	configurationApplied = prometheus.NewDesc("k8frr_configuration_applied",
		"Whether FRR runs the configuration that is declared.", nil, nil)
	configurationGeneration = prometheus.NewDesc("k8frr_configuration_generation",
		"Generation of the BGPConfiguration that FRR runs.", nil, nil)
	frrReachable = prometheus.NewDesc("k8frr_frr_reachable",
		"Whether a daemon of FRR answers.", []string{"daemon"}, nil)
)

// Collector shows Prometheus what the Reporter last saw. Asking it costs FRR nothing.
type Collector struct {
	seen   atomic.Pointer[status.Metrics]
	writes *prometheus.CounterVec
	drifts *prometheus.CounterVec
}

// NewCollector makes a Collector, which shows nothing yet.
func NewCollector() *Collector {
	c := &Collector{writes: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "k8frr_status_writes_total",
		Help: "Number of writes of the BGPNodeStatus by result.",
	}, []string{"result"}), drifts: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "k8frr_drifts_total",
		Help: "Number of times that FRR was found changed by hand in what is k8frr's, by what was done about it.",
	}, []string{"action"})}
	for _, action := range []string{DriftUndone, DriftReported} {
		c.drifts.WithLabelValues(action)
	}
	for _, result := range []string{"success", "error"} {
		c.writes.WithLabelValues(result) // 0 is a value too
	}
	return c
}

func (c *Collector) show(m status.Metrics) { c.seen.Store(&m) }

func (c *Collector) wrote(err error) {
	result := "success"
	if err != nil {
		result = "error"
	}
	c.writes.WithLabelValues(result).Inc()
}

// What is done about a change by hand.
const (
	DriftUndone   = "undone"
	DriftReported = "reported"
)

// Drifted counts a change by hand and what was done about it. It may be called
// from any goroutine.
func (c *Collector) Drifted(action string) { c.drifts.WithLabelValues(action).Inc() }

// Describe implements prometheus.Collector.
func (c *Collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{sessionUp, prefixesReceived, prefixesSent, importedAddresses, prefixesInRIB,
		configurationApplied, configurationGeneration, frrReachable} {
		out <- d
	}
	c.writes.Describe(out)
	c.drifts.Describe(out)
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	c.writes.Collect(out)
	c.drifts.Collect(out)
	m := c.seen.Load()
	if m == nil {
		return
	}
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	for _, s := range m.Sessions {
		labels := []string{s.Neighbor, strconv.FormatUint(uint64(s.PeerASN), 10)}
		gauge(sessionUp, truth(s.Up), labels...)
		gauge(prefixesReceived, float64(s.Received), labels...)
		gauge(prefixesSent, float64(s.Sent), labels...)
	}
	gauge(importedAddresses, float64(m.ImportedAddresses))
	gauge(prefixesInRIB, float64(m.PrefixesInRIB))
	gauge(configurationApplied, truth(m.ConfigurationApplied))
	gauge(configurationGeneration, float64(m.Generation))
	for daemon, answers := range m.Daemons {
		gauge(frrReachable, truth(answers), daemon)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
