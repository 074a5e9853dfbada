package cluster

import (
	"context"
	"net/http"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/k8frr/k8frr/api/client"
	v1 "github.com/k8frr/k8frr/api/v1"
)

const (
	// firstPage is how many BGPConfigurations are read at once: one has up to
	// 1.5 MB, and takes several times that while it is decoded.
	firstPage = 5
	// mostCandidates is how many are known by name.
	mostCandidates = 50
)

// candidates are the BGPConfigurations of a namespace, of which a node uses one at
// most. A user may make thousands of them, each of 1.5 MB: only the one that can be
// used is held, of some others their names, and that there are more.
//
// It is a client for follow.
type candidates struct {
	client    *client.BGPConfigurations
	preferred string // name of the one to use

	mu sync.Mutex
	// known are those that were passed on: whether as a whole.
	known map[string]bool
	// more is set if there are others that are not known.
	more bool
}

// listedOnly has follow begin with a list, which can be limited, and not with a
// stream of everything.
func (c *candidates) listedOnly() {}

// others reports whether there are candidates that are not known by name.
func (c *candidates) others() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.more
}

// List returns the first page, and the preferred one if that is not on it.
func (c *candidates) List(ctx context.Context, options metav1.ListOptions) (*v1.BGPConfigurationList, error) {
	options.Limit, options.ResourceVersion, options.ResourceVersionMatch = firstPage, "", ""
	list, err := c.client.List(ctx, options)
	if err != nil {
		return nil, err
	}
	more := list.Continue != ""
	if more && !has(list, c.preferred) {
		options.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, c.preferred).String()
		// As of the page, or the watch that follows would show older ones.
		options.ResourceVersion, options.ResourceVersionMatch = list.ResourceVersion, metav1.ResourceVersionMatchExact
		preferred, err := c.client.List(ctx, options)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, preferred.Items...)
	}
	list.Continue, list.RemainingItemCount = "", nil

	c.mu.Lock()
	defer c.mu.Unlock()
	c.more, c.known = more, make(map[string]bool, len(list.Items))
	only := len(list.Items) == 1 && !more
	for i := range list.Items {
		o := &list.Items[i]
		if c.known[o.Name] = only || o.Name == c.preferred; !c.known[o.Name] {
			list.Items[i] = *nameOf(o)
		}
	}
	return list, nil
}

func has(list *v1.BGPConfigurationList, name string) bool {
	for i := range list.Items {
		if list.Items[i].Name == name {
			return true
		}
	}
	return false
}

// nameOf is an object with nothing but what tells it from others.
func nameOf(o *v1.BGPConfiguration) *v1.BGPConfiguration {
	return &v1.BGPConfiguration{TypeMeta: o.TypeMeta, ObjectMeta: metav1.ObjectMeta{
		Name: o.Name, Namespace: o.Namespace, UID: o.UID, ResourceVersion: o.ResourceVersion,
	}}
}

// Watch watches all of them, and passes on what is held.
func (c *candidates) Watch(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	w, err := c.client.Watch(ctx, options)
	if err != nil {
		return nil, err
	}
	return filtered(w, c.event), nil
}

// event returns what of an event is passed on, and false for nothing.
func (c *candidates) event(e watch.Event) (watch.Event, bool) {
	o, ok := e.Object.(*v1.BGPConfiguration)
	if !ok {
		return e, true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known := c.known[o.Name]
	switch e.Type {
	case watch.Added, watch.Modified:
		alone := !c.more && (len(c.known) == 0 || known && len(c.known) == 1)
		if o.Name != c.preferred && !alone {
			if !known && len(c.known) >= mostCandidates {
				c.more = true
				return e, false
			}
			e.Object = nameOf(o)
		}
		c.known[o.Name] = e.Object == o
		return e, true
	case watch.Deleted:
		if !known {
			return e, false
		}
		delete(c.known, o.Name)
		if c.lost() {
			return relist(), true
		}
		e.Object = nameOf(o)
	}
	return e, true
}

// lost reports whether the one to use may be among those of which only the name is
// known, or not even that.
func (c *candidates) lost() bool {
	if _, there := c.known[c.preferred]; there {
		return false
	}
	for _, whole := range c.known {
		if len(c.known) == 1 && !whole {
			return true
		}
	}
	return c.more && len(c.known) <= 1
}

// again is an event that has everything read again, as a server sends it that has
// forgotten a version.
func relist() watch.Event {
	return watch.Event{Type: watch.Error, Object: &metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusGone, Reason: metav1.StatusReasonExpired,
		Message: "another configuration may be the one to use; the list must be read again",
	}}
}

// filtered is a watch of what a function lets through. Unlike watch.Filter it ends
// when it is stopped while no reader takes an event.
func filtered(from watch.Interface, through func(watch.Event) (watch.Event, bool)) watch.Interface {
	events := make(chan watch.Event)
	w := watch.NewProxyWatcher(events)
	go func() {
		defer close(events)
		defer from.Stop()
		for {
			select {
			case e, open := <-from.ResultChan():
				if !open {
					return
				}
				if e, ok := through(e); ok {
					select {
					case events <- e:
					case <-w.StopChan():
						return
					}
				}
			case <-w.StopChan():
				return
			}
		}
	}()
	return w
}
