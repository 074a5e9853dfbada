package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"

	api "github.com/k8frr/k8frr/api/client"
)

// listTimeout bounds one request for a list. Watches have their own, from the
// reflector.
const listTimeout = 30 * time.Second

// retry is how long to wait for a server that does not answer. A cluster's
// agents must not rush at one that has just come back, but none of them should
// be much later than it, either.
var retry = wait.Backoff{Duration: 500 * time.Millisecond, Factor: 2, Jitter: 1, Steps: 10, Cap: 5 * time.Second}

// lister lists and watches objects of one kind.
type lister[L runtime.Object] interface {
	List(context.Context, metav1.ListOptions) (L, error)
	Watch(context.Context, metav1.ListOptions) (watch.Interface, error)
}

// listsOnly has the reflector begin with a list.
type listsOnly struct{ *cache.ListWatch }

// IsWatchListSemanticsUnSupported is asked for by package watchlist of client-go.
func (listsOnly) IsWatchListSemanticsUnSupported() bool { return true }

// selection is which objects the API server is asked for: all, the one with a
// name, and of these only those with some labels.
type selection struct {
	name   string
	labels labels.Selector
}

func (s selection) narrow(options *metav1.ListOptions) {
	if s.name != "" {
		options.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, s.name).String()
	}
	if s.labels != nil {
		options.LabelSelector = s.labels.String()
	}
}

// follow mirrors the selected objects of a client, until the context ends.
func follow[T object, L runtime.Object](ctx context.Context, client lister[L], which selection, m *mirror[T]) {
	watching := api.NewUnbroken(func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
		which.narrow(&options)
		return client.Watch(ctx, options)
	})
	_, only := client.(interface{ listedOnly() })
	both := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			bounded, cancel := context.WithTimeout(ctx, listTimeout)
			defer cancel()
			which.narrow(&options)
			if options.ResourceVersion != "0" || only {
				options.ResourceVersion = "" // what is there now: see Unbroken
			}
			list, err := client.List(bounded, options)
			if options.ResourceVersion == "" && forgotten(err) {
				err = unversioned(err)
			}
			note(ctx, m, err)
			if err == nil {
				watching.Listed()
			}
			return list, err
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			w, err := watching.Watch(ctx, options)
			if options.ResourceVersion == "" && forgotten(err) {
				err = unversioned(err)
			}
			note(ctx, m, err)
			return w, err
		},
	}
	var source cache.ListerWatcher = both
	if only {
		source = listsOnly{both}
	}
	// The reflector logs every attempt. The mirror keeps the last failure
	// instead, and whoever looks says it once.
	silent := logr.Discard()
	ctx = klog.NewContext(ctx, silent)
	var kind T
	cache.NewReflectorWithOptions(source, kind, m, cache.ReflectorOptions{Logger: &silent, Backoff: &retry}).RunWithContext(ctx)
}

// note keeps what the server answered. That it has forgotten an old version is
// no failure: the reflector reads everything again.
func note[T object](ctx context.Context, m *mirror[T], err error) {
	if ctx.Err() != nil || forgotten(err) {
		return
	}
	m.fail(answer(err))
}

// unversioned is the error of a server that has forgotten a version, though it was
// asked for none: to the reflector it is another error, or it would ask again at once.
func unversioned(err error) error { return fmt.Errorf("asked for no version at all: %v", err) }

// forgotten says that the server does not know the version that it was asked for any more.
func forgotten(err error) bool { return apierrors.IsResourceExpired(err) || apierrors.IsGone(err) }

// answer is an error without what differs from one attempt to the next, such as
// port numbers and versions: the same trouble has to read the same.
func answer(err error) error {
	var request *url.Error
	if !errors.As(err, &request) {
		return err
	}
	cause := error(request)
	for next := errors.Unwrap(cause); next != nil; next = errors.Unwrap(cause) {
		cause = next
	}
	return fmt.Errorf("the API server does not answer: %w", cause)
}
