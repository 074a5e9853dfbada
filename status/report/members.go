package report

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/klog/v2"

	"github.com/k8frr/k8frr/api/client"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status/fold"
)

// members mirrors the BGPNodeStatuses of all nodes, each reduced to what folding needs of it: the lists of thousands of
// nodes would not fit into an agent.
type members struct {
	statuses *client.BGPNodeStatuses
	changed  func()

	mu    sync.Mutex
	nodes map[string]fold.Node
	err   error // why they cannot be read now; nil if they can
	known bool  // they have been read once
}

// page is how many statuses are in memory as a whole at a time.
const page = 50

// follow keeps the mirror true until the context ends.
func (m *members) follow(ctx context.Context) {
	ctx = klog.NewContext(ctx, logr.Discard()) // whoever looks tells of err
	watching := client.NewUnbroken(m.statuses.Watch)
	for ctx.Err() == nil {
		began := time.Now()
		version, err := m.list(ctx)
		if err == nil {
			watching.Listed()
			err = m.watch(ctx, version, watching)
		}
		m.mu.Lock()
		m.err = err
		m.mu.Unlock()
		m.changed()
		switch {
		case apierrors.IsForbidden(err):
			pause(ctx, 30*time.Second)
		case err != nil || time.Since(began) < 10*time.Second:
			pause(ctx, time.Second)
		}
	}
}

// list reads all of them, page by page.
func (m *members) list(ctx context.Context) (version string, err error) {
	nodes := map[string]fold.Node{}
	m.mu.Lock()
	before := maps.Clone(m.nodes)
	m.mu.Unlock()
	options := metav1.ListOptions{Limit: page}
	for {
		bounded, cancel := context.WithTimeout(ctx, listLimit)
		list, err := m.statuses.List(bounded, options)
		cancel()
		if err != nil {
			return "", err
		}
		for i := range list.Items {
			nodes[list.Items[i].Name] = digest(&list.Items[i], before)
		}
		if options.Continue = list.Continue; options.Continue == "" {
			m.mu.Lock()
			m.nodes, m.known, m.err = nodes, true, nil
			m.mu.Unlock()
			m.changed()
			return list.ResourceVersion, nil
		}
	}
}

// digest is what folding needs of a status, with when it was heard of.
func digest(o *v1.BGPNodeStatus, known map[string]fold.Node) fold.Node {
	before, is := known[o.Name]
	return fold.Digest(o).HeardAfter(before, is, time.Now())
}

// listLimit is how long the API server may take for a page.
const listLimit = 30 * time.Second

// watch follows what changes after a version, until the server has forgotten it, or was away, or the context ends.
func (m *members) watch(ctx context.Context, version string, watching *client.Unbroken) error {
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, version, &cache.ListWatch{WatchFuncWithContext: watching.Watch})
	if err != nil {
		return err
	}
	for event := range watcher.ResultChan() {
		o, ok := event.Object.(*v1.BGPNodeStatus)
		if !ok {
			continue // a bookmark, or the error that ends it
		}
		m.mu.Lock()
		if event.Type == watch.Deleted {
			delete(m.nodes, o.Name)
		} else {
			m.nodes[o.Name] = digest(o, m.nodes)
		}
		m.mu.Unlock()
		m.changed()
	}
	return nil
}

// all are the nodes, and false while they have never been read; err is why they cannot be read now.
func (m *members) all() (nodes []fold.Node, known bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.nodes {
		nodes = append(nodes, n)
	}
	return nodes, m.known, m.err
}
