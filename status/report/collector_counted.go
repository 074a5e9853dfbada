package report

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/k8frr/k8frr/status"
)

// counted is what the agent counts of its own doing. Its methods may be called from any goroutine.
type counted struct {
	plans        *prometheus.CounterVec
	planSteps    prometheus.Counter
	planResets   prometheus.Counter
	planRemoved  prometheus.Counter
	planDuration prometheus.Histogram
	lastSuccess  prometheus.Gauge
	drifts       *prometheus.CounterVec
	restarts     *prometheus.CounterVec
	scrapes      prometheus.Histogram
	writes       *prometheus.CounterVec
	lastWrite    prometheus.Gauge
	leader       prometheus.Gauge
	folds        *prometheus.CounterVec
	netlink      prometheus.Counter
	resyncs      prometheus.Counter
}

func newCounted() counted {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	// Every value of a label is there from the start: 0 is a value too, and without it the first event is no increase.
	vector := func(name, help, label string, values ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
		for _, value := range values {
			v.WithLabelValues(value)
		}
		return v
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	return counted{
		plans: vector("k8frr_plans_total", "Total number of plans that changed the configuration of FRR, by result.",
			"result", planResults[status.PlanApplied], planResults[status.PlanRolledBack], planResults[status.PlanFailed]),
		planSteps:   counter("k8frr_plan_steps_total", "Total number of commands in plans."),
		planResets:  counter("k8frr_plan_session_resets_total", "Total number of sessions that plans reset."),
		planRemoved: counter("k8frr_plan_session_removals_total", "Total number of sessions that plans ended because the node no longer has the neighbor."),
		planDuration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "k8frr_plan_duration_seconds",
			Help:    "Duration of plans, including the check and reading back the result.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}),
		lastSuccess: gauge("k8frr_configuration_last_success_timestamp_seconds", "Time at which FRR was last seen to run the declared configuration; 0 if never."),
		drifts: vector("k8frr_drifts_total", "Total number of manual changes found in configuration that k8frr owns, by action taken.",
			"action", DriftUndone, DriftReported),
		restarts: vector("k8frr_frr_restarts_total", "Total number of restarts of FRR daemons.", "daemon", daemonNames...),
		scrapes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "k8frr_frr_scrape_duration_seconds",
			Help:    "Time that FRR took to answer the queries of one status pass.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}),
		writes:    vector("k8frr_status_writes_total", "Total number of writes of the BGPNodeStatus, by result.", "result", success, failure),
		lastWrite: gauge("k8frr_status_last_write_timestamp_seconds", "Time of the last write of the BGPNodeStatus; 0 if never."),
		leader:    gauge("k8frr_leader", "Whether this agent writes the status of the BGPConfiguration for all nodes."),
		folds:     vector("k8frr_configuration_status_writes_total", "Total number of writes of the status of the BGPConfiguration, by result.", "result", success, failure),
		netlink:   counter("k8frr_netlink_events_total", "Total number of kernel events about interfaces, addresses and routes."),
		resyncs:   counter("k8frr_resyncs_total", "Total number of periodic full reconciliations."),
	}
}

func (c *counted) all() []prometheus.Collector {
	return []prometheus.Collector{c.plans, c.planSteps, c.planResets, c.planRemoved, c.planDuration, c.lastSuccess, c.drifts, c.restarts,
		c.scrapes, c.writes, c.lastWrite, c.leader, c.folds, c.netlink, c.resyncs}
}

const (
	success = "success"
	failure = "error"
)

func result(err error) string {
	if err != nil {
		return failure
	}
	return success
}

var planResults = map[status.PlanResult]string{
	status.PlanApplied: "applied", status.PlanRolledBack: "rolled_back", status.PlanFailed: "failed",
}

// What is done about a manual change.
const (
	DriftUndone   = "undone"
	DriftReported = "reported"
)

// daemonNames are the daemons that become labels; any other is "other".
var daemonNames = []string{"bfdd", "bgpd", "mgmtd", "staticd", "zebra"}

// Planned counts a plan that has ended.
func (c *counted) Planned(p status.Plan) {
	name, ok := planResults[p.Result]
	if !ok {
		name = planResults[status.PlanFailed]
	}
	c.plans.WithLabelValues(name).Inc()
	c.planSteps.Add(float64(max(p.Steps, 0)))
	c.planResets.Add(float64(len(p.Resets)))
	c.planRemoved.Add(float64(len(p.Removed)))
	c.planDuration.Observe(p.Took.Seconds())
}

// Drifted counts a manual change and what was done about it.
func (c *counted) Drifted(action string) { c.drifts.WithLabelValues(action).Inc() }

// FRRRestarted counts that a daemon of FRR was started again.
func (c *counted) FRRRestarted(daemon string) { c.restarts.WithLabelValues(daemonLabel(daemon)).Inc() }

// NetlinkEvent counts a change that the kernel announced.
func (c *counted) NetlinkEvent() { c.netlink.Inc() }

// Resynced counts that everything was compared because it was time to.
func (c *counted) Resynced() { c.resyncs.Inc() }

// Leading reports whether this agent writes the status of the BGPConfiguration.
func (c *counted) Leading(is bool) { c.leader.Set(truth(is)) }

// Folded counts a write of the status of the BGPConfiguration.
func (c *counted) Folded(err error) { c.folds.WithLabelValues(result(err)).Inc() }

// looked counts how long FRR took to answer.
func (c *counted) looked(d time.Duration) { c.scrapes.Observe(d.Seconds()) }

// wrote counts a write of the BGPNodeStatus.
func (c *counted) wrote(err error) {
	c.writes.WithLabelValues(result(err)).Inc()
	if err == nil {
		c.lastWrite.SetToCurrentTime()
	}
}
