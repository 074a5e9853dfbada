// Package cluster observes what a user declared in a Kubernetes cluster, as
// narrowly as the API allows: this node, the configurations of one namespace,
// and of the Secrets only the keys that the sessions of this node use.
package cluster

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/k8frr/k8frr/api/client"
	"github.com/k8frr/k8frr/render"
)

// ErrNotSynced says that not everything has been read once yet. What the API
// server answered follows it in the message.
var ErrNotSynced error = notSynced{}

type notSynced struct{}

func (notSynced) Error() string { return "the objects have not been read from the API server yet" }

// NotYet tells it from a mistake in the objects.
func (notSynced) NotYet() bool { return true }

// Options say what to look for.
type Options struct {
	// NodeName is the name of this node.
	NodeName string
	// Namespace is where the configuration and its Secrets are.
	Namespace string
	// ConfigurationName is the name of the preferred BGPConfiguration.
	ConfigurationName string
	// SecretSelector limits the Secrets that are asked for, by their labels: the API
	// server gives out no others. Nil and an empty selector select all.
	SecretSelector labels.Selector
}

// Cluster observes one node's part of a cluster while Watch runs. The agent
// must be allowed to get, list and watch Nodes, and configs and Secrets in the
// namespace; for Secrets a rule with resourceNames is enough.
type Cluster struct {
	client *client.Clientset
	Options

	current   atomic.Pointer[observation]
	reporting atomic.Int32
}

// Nodes is how many nodes run an agent, as the status of the BGPConfiguration last said; 0 if that is not known.
func (c *Cluster) Nodes() int { return int(c.reporting.Load()) }

// observation is what one look at all caches found.
type observation struct {
	synced   bool
	objects  render.Objects
	warnings []string
}

// New makes an observer. It asks the server for nothing before Watch.
func New(c *client.Clientset, options Options) *Cluster {
	cluster := &Cluster{client: c, Options: options}
	cluster.current.Store(&observation{})
	return cluster
}

// Observe returns what is declared, as of the last contact with the server;
// nobody may change it. A configuration is returned together with its Secrets,
// or not yet. The error is ErrNotSynced.
func (c *Cluster) Observe(context.Context) (render.Objects, error) {
	o := c.current.Load()
	if !o.synced {
		return render.Objects{}, o.unsynced()
	}
	return o.objects, nil
}

// Warnings are sentences about what cannot be read now. What was read before
// still holds.
func (c *Cluster) Warnings() []string { return c.current.Load().warnings }

func (o *observation) unsynced() error {
	if len(o.warnings) == 0 {
		return ErrNotSynced
	}
	return fmt.Errorf("%w: %s", ErrNotSynced, strings.Join(o.warnings, "; "))
}

// Watch keeps the objects up to date until the context ends, and calls notify
// whenever they or the warnings are others. It needs no server to start: it
// tries again, ever less often, and resumes where it was.
func (c *Cluster) Watch(ctx context.Context, notify func()) error {
	changed := make(chan struct{}, 1)
	s := newSession(ctx, c, func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer s.end()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			before, now := c.current.Load(), s.look()
			if !reflect.DeepEqual(before, now) {
				c.current.Store(now)
				notify()
			}
		}
	}
}
