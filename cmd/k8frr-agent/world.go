//go:build linux

package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/k8frr/k8frr/api/client"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status/report"
	"github.com/k8frr/k8frr/supervise"
	"github.com/k8frr/k8frr/supervise/cluster"
	"github.com/k8frr/k8frr/supervise/files"
)

// version is stamped by the Makefile.
var version = "unknown"

// world is where objects come from and where the status goes: a cluster, or a
// directory and a file.
type world struct {
	source supervise.Source
	writer report.Writer
	// events are nil without a cluster.
	events *report.Events
	// spread is for the reporter; nil without a cluster.
	spread func() time.Duration
	// poke says that what is declared may be another.
	poke func()
	// keep are what runs beside the reporter until the context ends.
	keep []func(context.Context, *report.Reporter) error
}

func (o *options) world(ctx context.Context, tell *tidings, log *slog.Logger) (*world, error) {
	secrets, err := o.secrets()
	if err != nil {
		return nil, err
	}
	if o.configDir != "" {
		if err := os.MkdirAll(filepath.Dir(o.statusFile), 0o755); err != nil {
			return nil, fmt.Errorf("--status-file: %w", err)
		}
		source := files.New(o.configDir, files.Options{NodeName: o.nodeName, Namespace: o.namespace, ConfigurationName: o.configuration, SecretSelector: secrets})
		return &world{source: source, writer: report.FileWriter{Path: o.statusFile}, poke: func() {}}, nil
	}
	config, err := o.restConfig()
	if err != nil {
		return nil, err
	}
	clients, err := client.New(config)
	if err != nil {
		return nil, err
	}
	uid := func() types.UID {
		if node := tell.state().Objects.Node; node != nil {
			return node.UID
		}
		return ""
	}
	writer := report.NewClusterWriter(clients, o.nodeName, uid)
	folder := report.NewFolder(report.Folder{
		Clients:       clients,
		Lease:         report.Lease{Leases: clients.Leases(o.namespace), Holder: o.nodeName, Duration: o.leaseDuration},
		Configuration: func() *v1.BGPConfiguration { return tell.state().Objects.Configuration },
		Leads:         tell.lead,
		Folded:        tell.Folded,
		Told:          tell.rollout,
		Unguarded:     tell.unguarded,
		Log:           log,
	})
	source := cluster.New(clients, cluster.Options{NodeName: o.nodeName, Namespace: o.namespace, ConfigurationName: o.configuration, SecretSelector: secrets})
	return &world{
		source: source,
		writer: writer,
		spread: func() time.Duration { return report.SpreadOf(source.Nodes()) },
		events: report.NewEvents(ctx, clients, o.nodeName, uid),
		poke:   folder.Poke,
		keep: []func(context.Context, *report.Reporter) error{
			func(ctx context.Context, r *report.Reporter) error { return writer.Watch(ctx, r.Poke) },
			func(ctx context.Context, _ *report.Reporter) error { return folder.Run(ctx) },
		},
	}, nil
}

func (o *options) restConfig() (*rest.Config, error) {
	from := rest.InClusterConfig
	if o.kubeconfig != "" {
		from = func() (*rest.Config, error) { return clientcmd.BuildConfigFromFlags("", o.kubeconfig) }
	}
	config, err := from()
	if err != nil {
		return nil, fmt.Errorf("no cluster to talk to: %w; run in a pod, give --kubeconfig, or use --config-dir", err)
	}
	// What an agent writes is paced by itself. Held back here, a write would wait for those that failed before it.
	config.QPS, config.Burst = 20, 50
	config.UserAgent = "k8frr-agent/" + version
	return config, nil
}

// overrides are where templates come from that override the embedded ones; nil
// if there is no such place.
func (o *options) overrides() supervise.Templates {
	if o.templates == "" {
		return nil
	}
	return files.NewTemplates(o.templates)
}

// origin says in words where objects come from.
func (o *options) origin() string {
	if o.configDir != "" {
		return o.configDir
	}
	return "cluster"
}
