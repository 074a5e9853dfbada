//go:build linux

package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"
	"k8s.io/klog/v2"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/status/report"
	"github.com/k8frr/k8frr/supervise"
	"github.com/k8frr/k8frr/supervise/kernel"
	"github.com/k8frr/k8frr/supervise/vtysh"
)

// run puts the parts together and lets them work until the context ends. FRR
// goes on as it is.
func run(ctx context.Context, o options, log *slog.Logger) error {
	frugal()
	klog.SetSlogLogger(log) // what client-go has to say
	var supervisor *supervise.Supervisor
	frr := vtysh.New(vtysh.Options{Path: o.vtysh, SocketDir: o.frrSocketDir, ConfigDir: o.frrConfigDir, Timeout: o.frrTimeout,
		Applying: func(silent, most time.Duration) { supervisor.Applying(silent, most) }})
	defer func() { _ = frr.Close() }()
	lists := vtysh.New(vtysh.Options{SocketDir: o.frrSocketDir, MaxAnswer: longestList})
	defer func() { _ = lists.Close() }()

	collector := report.NewCollector()
	tell := &tidings{Collector: collector, state: func() *supervise.State { return supervisor.State() }}
	world, err := o.world(ctx, tell, log)
	if err != nil {
		return err
	}
	tell.events = world.events
	known := make(chan struct{})
	know := sync.OnceFunc(func() { close(known) })
	var reporter *report.Reporter
	supervisor = supervise.New(supervise.Options{
		Source:       world.source,
		Kernel:       netlinkKernel{collector.NetlinkEvent},
		Router:       frr,
		Templates:    o.overrides(),
		ConfigDir:    o.frrConfigDir,
		DaemonsFile:  o.daemonsFile,
		Resync:       o.resync,
		Resynced:     collector.Resynced,
		Retry:        o.refusedRetry,
		Grace:        o.absenceGrace,
		Drift:        supervise.OnDrift(o.drift),
		Drifted:      tell.drifted,
		Planned:      collector.Planned,
		SocketDir:    o.frrSocketDir,
		Restarted:    tell.restarted,
		ClearPending: o.clearPending,
		Changed: func() {
			if supervisor.State().Applied.Outcome != status.OutcomePending {
				know()
			}
			tell.changed()
			reporter.Poke()
			world.poke()
		},
		Silent: func() { reporter.Poke() },
		Log:    log,
	})
	reporter = report.New(report.Options{
		Source:    func() status.Observation { return observation(o.nodeName, supervisor.State()) },
		FRR:       frr,
		Lists:     lists,
		Kernel:    report.NodeKernel{},
		Writer:    world.writer,
		Spread:    world.spread,
		Collector: collector,
		Sessions:  tell.sessions,
		Log:       log,
	})

	log.Info("started", "version", version, "node", o.nodeName, "source", o.origin())
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return supervisor.Run(ctx) })
	g.Go(func() error {
		// Two agents that report of one node would write over each other.
		select {
		case <-supervisor.Begun():
		case <-ctx.Done():
			return nil
		}
		// Before the first result a report would say of a node that works that
		// it has no neighbors.
		select {
		case <-known:
		case <-time.After(firstReport):
		case <-ctx.Done():
		}
		return reporter.Run(ctx)
	})
	g.Go(func() error {
		select {
		case <-ctx.Done():
		case <-time.After(started):
			if err := slim(); err != nil {
				log.Debug("the memory of the start is kept", "error", err)
			}
		}
		return nil
	})
	for _, keep := range world.keep {
		g.Go(func() error { return keep(ctx, reporter) })
	}
	shown := metrics(o.collectors(collector, supervisor)...)
	for _, address := range o.metricsAddresses {
		if address != "" {
			g.Go(func() error { return serve(ctx, address, shown, log) })
		}
	}
	if o.probeAddress != "" {
		h := health{supervisor, reporter, o.resync}
		g.Go(func() error { return serve(ctx, o.probeAddress, probes(h.alive, h.ready), log) })
	}
	return g.Wait()
}

// longestList is how long a list of what peers sent may be, in bytes: ten times
// what 1,000 usual routes take.
const longestList = 4 << 20

// firstReport is how long a new agent may take before it has to report that it
// knows nothing.
const firstReport = 10 * time.Second

// started is when the agent has seen everything once, and what only its start needs is done.
const started = 20 * time.Second

func observation(node string, s *supervise.State) status.Observation {
	return status.Observation{Node: node, AgentVersion: version, FRRVersion: s.FRRVersion,
		Declared: s.Objects.Configuration, Config: s.Config, Links: s.Links, Applied: s.Applied}
}

// collectors are what /metrics shows.
func (o *options) collectors(c *report.Collector, s *supervise.Supervisor) []prometheus.Collector {
	list := []prometheus.Collector{c, report.NewBuildInfo(version),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})}
	if o.compatMetrics {
		list = append(list, report.NewCompat(c, o.nodeName, func() (namespace, name string) {
			if used := s.State().Objects.Configuration; used != nil {
				return used.Namespace, used.Name
			}
			return "", ""
		}))
	}
	return list
}

func metrics(list ...prometheus.Collector) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(list...)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", inTurn(2, promhttp.HandlerFor(registry, promhttp.HandlerOpts{})))
	return mux
}

// health is what the probes ask about.
type health struct {
	supervisor *supervise.Supervisor
	reporter   *report.Reporter
	resync     time.Duration
}

// alive says that the loop turns: every call to FRR, the kernel or the API
// server has a deadline, so that a pass that never ends is a bug. A script may
// take as long as FRR answers, and longer than that.
func (h health) alive() error {
	const longest = 5 * time.Minute
	if since := time.Since(h.supervisor.Turned()); since > h.resync+longest {
		return fmt.Errorf("the loop has not turned for %v", since.Round(time.Second))
	}
	return nil
}

// ready says that FRR runs what is declared, and that the status says so.
func (h health) ready() error {
	s, r := h.supervisor.State(), h.reporter.State()
	switch {
	case s.FRR.Err != nil:
		return s.FRR.Err
	case !s.Settled():
		return fmt.Errorf("%s: %s", s.Applied.Outcome, s.Applied.Message)
	case s.Config != nil && !s.Config.StatusEnabled:
		return nil
	case r.Err != nil:
		return r.Err
	case r.Written.IsZero():
		return fmt.Errorf("the status has not been written yet")
	}
	return nil
}

// netlinkKernel is the kernel of the network namespace that the agent runs in.
type netlinkKernel struct {
	heard func() // of a change
}

func (netlinkKernel) Observe(ctx context.Context, patterns []string) ([]render.Link, error) {
	return kernel.Observe(ctx, patterns)
}

func (netlinkKernel) Local(ctx context.Context, among []netip.Addr) ([]render.LocalAddress, error) {
	return kernel.Local(ctx, among)
}

func (k netlinkKernel) Watch(ctx context.Context, notify func()) error {
	return kernel.Watch(ctx, func() { k.heard(); notify() })
}
