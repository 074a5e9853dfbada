package report

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/klog/v2"

	"github.com/k8frr/k8frr/api/client"
)

// Lost says that what was written is not in the cluster as it should be: somebody deleted it, or the Node that it
// belongs to was made again. It may be called from any goroutine.
func (w *ClusterWriter) Lost() bool {
	owned, uid := w.owned.Load(), w.uid()
	return w.lost.Load() && (uid != "" || owned == types.UID("")) || uid != "" && owned != types.UID("") && owned != uid
}

// Watch calls notify when somebody deletes the object, until the context ends. It looks at the metadata of this one
// object only: what a write of the whole status costs beside it is an event of under a kilobyte.
func (w *ClusterWriter) Watch(ctx context.Context, notify func()) error {
	ctx = klog.NewContext(ctx, logr.Discard()) // the reporter says that the server is away
	watching := client.NewUnbroken(w.watch)
	for {
		var version string
		select {
		case <-ctx.Done():
			return nil
		case version = <-w.versions:
		}
		watcher, err := watchtools.NewRetryWatcherWithContext(ctx, version, &cache.ListWatch{WatchFuncWithContext: watching.Watch})
		if err != nil {
			return err
		}
		for event := range watcher.ResultChan() {
			if event.Type == watch.Deleted {
				w.lost.Store(true)
				notify()
			}
		}
		// The server has forgotten the version, or was away: what happened since is not known.
		w.lost.Store(true)
		notify()
		pause(ctx, time.Second)
	}
}

func (w *ClusterWriter) watch(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	options.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, w.node).String()
	watcher, err := w.clients.WatchNodeStatusMetadata(ctx, options)
	if apierrors.IsForbidden(err) {
		pause(ctx, 30*time.Second) // the heartbeat does without
	}
	return watcher, err
}

// pause waits some time, up to twice as long, or until the context ends.
func pause(ctx context.Context, atLeast time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(atLeast + rand.N(atLeast)):
	}
}
