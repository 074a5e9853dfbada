package client

import (
	"context"
	"net/http"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// Watch is a request for a watch.
type Watch func(context.Context, metav1.ListOptions) (watch.Interface, error)

// Unbroken has watches that go on from a version only if the one before lasted as
// long as was agreed. After one that broke, or that there was no server for, it
// answers as a server does that has forgotten the version: read everything again.
//
// That is what an outage calls for. A server whose data came back from an older
// snapshot says nothing to who wants to hear of what follows a version that it
// has yet to give out, until it has: whoever went on from there would keep what
// is lost, and miss what takes its place.
type Unbroken struct {
	request Watch

	mu   sync.Mutex
	ends time.Time // of the last watch, as agreed: before that it broke
}

// NewUnbroken makes one of what requests a watch.
func NewUnbroken(request Watch) *Unbroken { return &Unbroken{request: request} }

// Listed says that everything was read again, whatever became of the last watch. A
// server may refuse to begin one with what is there: it lacks the feature WatchList,
// or its etcd is older than 3.4.31. Then client-go reads a list, and goes on from
// that.
func (u *Unbroken) Listed() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ends = time.Time{}
}

// agreed is how long a server lets a watch last at least for which it was told
// no time, unless --min-request-timeout says otherwise.
const agreed = 30 * time.Minute

// Watch begins a watch.
func (u *Unbroken) Watch(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	if options.SendInitialEvents != nil && *options.SendInitialEvents {
		options.ResourceVersion = "" // what is there now; the server would not say that this is all before it has given out a later version
	}
	if options.ResourceVersion != "" && options.ResourceVersion != "0" && u.broke() {
		return expired(), nil
	}
	lasts := agreed
	if options.TimeoutSeconds != nil {
		lasts = time.Duration(*options.TimeoutSeconds) * time.Second
	}
	u.mu.Lock()
	u.ends = time.Now().Add(lasts - time.Second)
	u.mu.Unlock()
	return u.request(ctx, options)
}

// broke says, once, that the last watch ended too early.
func (u *Unbroken) broke() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	broke := time.Now().Before(u.ends)
	u.ends = time.Time{}
	return broke
}

// expired is a watch as a server ends it whose version is too old.
func expired() watch.Interface {
	events := make(chan watch.Event, 1)
	events <- watch.Event{Type: watch.Error, Object: runtime.Object(&metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusGone, Reason: metav1.StatusReasonExpired,
		Message: "the watch broke; what is there has to be read anew",
	})}
	close(events)
	return watch.NewProxyWatcher(events)
}
