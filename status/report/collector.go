package report

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/k8frr/k8frr/status"
)

// Collector shows Prometheus what the Reporter last saw, and counts what the agent does. Asking it costs FRR nothing.
type Collector struct {
	seen atomic.Pointer[status.Metrics]
	counted
}

// NewCollector makes a Collector, which has seen nothing yet.
func NewCollector() *Collector { return &Collector{counted: newCounted()} }

// Describe implements prometheus.Collector.
func (c *Collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range descriptions {
		out <- d
	}
	for _, own := range c.all() {
		own.Describe(out)
	}
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	for _, own := range c.all() {
		own.Collect(out)
	}
	if m := c.seen.Load(); m != nil {
		s := sender{out}
		s.node(m)
		s.sessions(m)
	}
}

// show has the Collector show the numbers of a look.
func (c *Collector) show(m status.Metrics) {
	if m.Applied.Applied {
		c.lastSuccess.Set(seconds(m.Applied.At))
	}
	c.seen.Store(&m)
}

// NewBuildInfo makes a collector that shows the version of the agent.
func NewBuildInfo(version string) prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "k8frr_build_info",
		Help:        "The version of the agent.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	g.Set(1)
	return g
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
