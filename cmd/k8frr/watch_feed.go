package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status/view"
)

// calm is how long changes are collected before they are looked at.
const calm = 400 * time.Millisecond

// feed is what is watched.
type feed struct {
	// changed has one element if something has changed since it was last emptied.
	changed chan struct{}
	// read returns what there is now.
	read func() evidence
}

func newFeed() *feed { return &feed{changed: make(chan struct{}, 1)} }

// poke says that something has changed.
func (f *feed) poke() {
	select {
	case f.changed <- struct{}{}:
	default:
	}
}

// feed watches what was read first.
func (o *sources) feed(ctx context.Context, first evidence) (*feed, error) {
	if o.source() == fromCluster {
		return o.feedFromCluster(ctx, first)
	}
	f := newFeed()
	files := *o
	f.read = func() evidence {
		if slices.Contains(files.files, "-") {
			return first // standard input has been read
		}
		e, err := files.read(ctx, nil)
		if err != nil { // while somebody writes it
			first.notes = []string{view.Text(err.Error())}
			return first
		}
		first = e
		return e
	}
	go func() {
		for ticker := time.NewTicker(2 * time.Second); ; f.poke() {
			select {
			case <-ctx.Done():
				ticker.Stop()
				return
			case <-ticker.C:
			}
		}
	}()
	return f, nil
}

// informed is what informers keep.
type informed struct {
	*sources
	*looker
	*feed
	first                             evidence
	reports, services, configurations cache.SharedInformer

	mu   sync.Mutex
	lost map[string]string // kind → what went wrong
}

// feedFromCluster watches what could be read first.
func (o *sources) feedFromCluster(ctx context.Context, first evidence) (*feed, error) {
	l, err := o.looker()
	if err != nil {
		return nil, err
	}
	i := &informed{sources: o, looker: l, feed: newFeed(), first: first, lost: map[string]string{}}
	i.reports = i.inform(ctx, "BGPNodeStatuses", new(v1.BGPNodeStatus), "", l.BGPNodeStatuses())
	if first.Configuration != nil {
		i.configurations = i.inform(ctx, "BGPConfigurations", new(v1.BGPConfiguration), "", l.BGPConfigurations(o.namespace))
	}
	if first.Services != nil {
		i.services = i.inform(ctx, "Services", new(corev1.Service), loadBalancers, l.services)
	}
	i.feed.read = i.evidence
	return i.feed, nil
}

// lister is a typed client.
type lister[L runtime.Object] interface {
	List(context.Context, metav1.ListOptions) (L, error)
	Watch(context.Context, metav1.ListOptions) (watch.Interface, error)
}

// inform keeps the objects of a kind, cleaned. (A function of its own for each
// type of list.)
func (i *informed) inform(ctx context.Context, kind string, of runtime.Object, selector string, from any) cache.SharedInformer {
	list := func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) { return nil, nil }
	follow := func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) { return nil, nil }
	switch c := from.(type) {
	case lister[*v1.BGPNodeStatusList]:
		list, follow = typed(c)
	case lister[*v1.BGPConfigurationList]:
		list, follow = typed(c)
	case lister[*corev1.ServiceList]:
		list, follow = typed(c)
	}
	informer := cache.NewSharedInformer(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			options.FieldSelector = selector
			return list(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.FieldSelector = selector
			return follow(ctx, options)
		},
	}, of, 0)
	_ = informer.SetTransform(func(object any) (any, error) { // fails once it runs
		view.Clean(object)
		return object, nil
	})
	_ = informer.SetWatchErrorHandler(func(_ *cache.Reflector, err error) { i.say(kind, err) })
	_, _ = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{ // fails once it has ended
		AddFunc:    func(any) { i.say(kind, nil) },
		UpdateFunc: func(any, any) { i.say(kind, nil) },
		DeleteFunc: func(any) { i.say(kind, nil) },
	})
	go informer.Run(ctx.Done())
	return informer
}

func typed[L runtime.Object](c lister[L]) (func(context.Context, metav1.ListOptions) (runtime.Object, error), func(context.Context, metav1.ListOptions) (watch.Interface, error)) {
	return func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return c.List(ctx, options)
	}, c.Watch
}

// say notes that something of a kind has changed, or cannot be watched.
func (i *informed) say(kind string, err error) {
	i.mu.Lock()
	delete(i.lost, kind)
	if err != nil {
		i.lost[kind] = fmt.Sprintf("%s cannot be watched since %s: %s", kind, time.Now().Format(time.TimeOnly), view.Text(err.Error()))
	}
	i.mu.Unlock()
	i.poke()
}

// evidence is what the informers have; what was read first, while they have
// nothing.
func (i *informed) evidence() evidence {
	e := evidence{from: i.first.from, notes: slices.Clone(i.first.notes)}
	e.Nodes, e.Services, e.Configuration = i.first.Nodes, i.first.Services, i.first.Configuration
	if i.reports.HasSynced() {
		e.Nodes = nil
		for _, o := range i.reports.GetStore().List() {
			e.Nodes = append(e.Nodes, o.(*v1.BGPNodeStatus))
		}
	}
	if i.services != nil && i.services.HasSynced() {
		e.Services = []view.Service{}
		for _, o := range i.services.GetStore().List() {
			if s, ok := serviceOf(o.(*corev1.Service)); ok {
				e.Services = append(e.Services, s)
			}
		}
	}
	if i.configurations != nil && i.configurations.HasSynced() {
		var all []*v1.BGPConfiguration
		for _, o := range i.configurations.GetStore().List() {
			all = append(all, o.(*v1.BGPConfiguration))
		}
		e.choose(all, i.sources)
	}
	e.Now, _ = i.clock.now()
	if failed := i.clock.failed.Load(); failed != nil {
		e.notes = append([]string{*failed}, e.notes...)
		return e
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, kind := range slices.Sorted(maps.Keys(i.lost)) {
		e.notes = append([]string{i.lost[kind]}, e.notes...)
	}
	return e
}
