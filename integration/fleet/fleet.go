//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/k8frr/k8frr/api/client"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/status/report"
	"github.com/k8frr/k8frr/supervise/cluster"
)

const namespace = "default"

// fleet is a cluster's agents, as far as the API server knows them: each has its own connection, watches what an agent
// watches, writes what it writes, and asks for the Lease.
type fleet struct {
	server *apiserver.Server
	admin  *client.Clientset
	nodes  []*node
	wire   *wire
	stop   context.CancelFunc
	group  *errgroup.Group
	lease  time.Duration
	spread atomic.Int64 // of what changes everywhere, in nanoseconds, at least
}

// start makes the agents of so many nodes, within some time so that they do not move in step.
func start(ctx context.Context, s *apiserver.Server, size int, within, lease time.Duration) (*fleet, error) {
	if err := s.ApplyCRDs(ctx, definitions); err != nil {
		return nil, err
	}
	if err := s.Apply(ctx, configuration); err != nil {
		return nil, err
	}
	admin, err := client.New(s.Config())
	if err != nil {
		return nil, err
	}
	f := &fleet{server: s, admin: admin, wire: &wire{}, lease: lease}
	ctx, f.stop = context.WithCancel(ctx)
	f.group, ctx = errgroup.WithContext(ctx)
	for i := range size {
		n := &node{name: fmt.Sprintf("node-%04d", i), began: time.Now(), generation: 1, services: 20}
		if err := f.agent(ctx, n, within*time.Duration(i)/time.Duration(size)); err != nil {
			return nil, err
		}
		f.nodes = append(f.nodes, n)
	}
	return f, nil
}

// agent runs what an agent runs against the API server.
func (f *fleet) agent(ctx context.Context, n *node, after time.Duration) error {
	config := f.server.Config()
	config.QPS, config.Burst = 20, 50 // as an agent's
	config.Dial = f.wire.dial         // a connection of its own
	config.Wrap(f.wire.wrap)
	clients, err := client.New(config)
	if err != nil {
		return err
	}
	source := cluster.New(clients, cluster.Options{NodeName: n.name, Namespace: namespace, ConfigurationName: "default"})
	writer := report.NewClusterWriter(clients, n.name, func() types.UID { return types.UID("uid-of-" + n.name) })
	n.reporter = report.New(report.Options{Source: n.observation, FRR: n, Writer: writer, Collector: report.NewCollector(),
		Spread: func() time.Duration { return max(time.Duration(f.spread.Load()), report.SpreadOf(source.Nodes())) }})
	folder := report.NewFolder(report.Folder{
		Clients: clients, Lease: report.Lease{Leases: clients.Leases(namespace), Holder: n.name, Duration: f.lease},
		Configuration: func() *v1.BGPConfiguration {
			o, _ := source.Observe(ctx)
			return o.Configuration
		},
		Leads: func(bool) {}, Folded: func(error) {}, Told: func(*v1.BGPConfiguration, metav1.Condition) {}, Unguarded: func() {},
		Log: slog.New(slog.DiscardHandler),
	})
	started := func(run func(context.Context) error) {
		f.group.Go(func() error {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(after):
				return run(ctx)
			}
		})
	}
	// The generation that is declared runs a moment after it is heard of.
	started(func(ctx context.Context) error {
		return source.Watch(ctx, func() {
			folder.Poke()
			if o, err := source.Observe(ctx); err == nil && o.Configuration != nil {
				n.change(func() { n.generation = o.Configuration.Generation })
			}
		})
	})
	started(n.reporter.Run)
	started(func(ctx context.Context) error { return writer.Watch(ctx, n.reporter.Poke) })
	started(folder.Run)
	return nil
}

// end ends all agents, and waits for their last words.
func (f *fleet) end() error {
	f.stop()
	return f.group.Wait()
}

// agrees waits until the cluster says of every node what is so, and that the rollout is done.
func (f *fleet) agrees(ctx context.Context) (took time.Duration, err error) {
	began := time.Now()
	pause := max(250*time.Millisecond, time.Duration(len(f.nodes))*5*time.Millisecond) // to read all is work for the server, too
	for {
		if err = f.compare(ctx); err == nil {
			return time.Since(began), nil
		}
		select {
		case <-ctx.Done():
			return time.Since(began), errors.Join(ctx.Err(), err)
		case <-time.After(pause):
		}
	}
}

func (f *fleet) compare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	list, err := f.admin.BGPNodeStatuses().List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return err
	}
	statuses := map[string]*v1.BGPNodeStatus{}
	for i := range list.Items {
		statuses[list.Items[i].Name] = &list.Items[i]
	}
	var sessions int32
	for _, n := range f.nodes {
		if err := n.amiss(func() (int32, int32, int64, bool) {
			o := statuses[n.name]
			if o == nil || o.Status.NetlinkImport == nil {
				return 0, 0, 0, false
			}
			sessions += o.Status.EstablishedCount
			c := meta.FindStatusCondition(o.Status.Conditions, status.ConfigurationApplied)
			return o.Status.NetlinkImport.TotalImported, o.Status.EstablishedCount, c.ObservedGeneration, true
		}); err != nil {
			return fmt.Errorf("the status of %s: %w", n.name, err)
		}
	}
	c, err := f.admin.BGPConfigurations(namespace).Get(ctx, "default", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if want := fmt.Sprintf("%d/%[1]d", len(f.nodes)); c.Status.Rollout != want || c.Status.EstablishedNeighbors != sessions ||
		c.Status.ObservedGeneration != c.Generation || !meta.IsStatusConditionTrue(c.Status.Conditions, status.Ready) {
		return fmt.Errorf("the configuration says %q of generation %d, %s of %s nodes, %d sessions of %d", c.Status.Message, c.Generation, c.Status.Rollout, want,
			c.Status.EstablishedNeighbors, sessions)
	}
	return nil
}

const configuration = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: default}
spec:
  global: {asn: 65001}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65000}
  - config: {neighborAddress: 10.1.0.2, peerAsn: 65000}
`
