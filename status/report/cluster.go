package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/k8frr/k8frr/api/client"
	v1 "github.com/k8frr/k8frr/api/v1"
)

// ClusterWriter keeps the BGPNodeStatus of a node. It makes the object if there is none, and has it belong to the Node,
// so that it goes with it. It is for one goroutine.
type ClusterWriter struct {
	node     string
	clients  *client.Clientset
	statuses *client.BGPNodeStatuses
	uid      func() types.UID
	last     *v1.BGPNodeStatus // as the server last returned it; nil if that is not known
	owned    atomic.Value      // types.UID: the last known of the Node

	lost     atomic.Bool // the object may not be there any more
	versions chan string // of the object, the last written
}

// NewClusterWriter makes a writer for the status of a node. uid returns the UID of the Node as it is now, and may return
// "" while it is not known: the object then gets its owner later.
func NewClusterWriter(c *client.Clientset, node string, uid func() types.UID) *ClusterWriter {
	w := &ClusterWriter{node: node, clients: c, statuses: c.BGPNodeStatuses(), uid: uid, versions: make(chan string, 1)}
	w.owned.Store(types.UID(""))
	return w
}

// Read returns the status as it is in the cluster; nil if there is none.
func (w *ClusterWriter) Read(ctx context.Context) (*v1.BGPNodeStatusData, error) {
	object, err := w.statuses.Get(ctx, w.node, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read BGPNodeStatus %s: %w", w.node, err)
	}
	w.last = object
	return &object.Status, nil
}

// retries are for what is over in a moment: the object was deleted, or changed by somebody else, or the server is busy.
var retries = wait.Backoff{Duration: 100 * time.Millisecond, Factor: 2, Jitter: 0.5, Steps: 4}

// Write makes the status in the cluster this one. It sends what has changed only.
func (w *ClusterWriter) Write(ctx context.Context, s v1.BGPNodeStatusData) error {
	var failure error
	err := wait.ExponentialBackoffWithContext(ctx, retries, func(ctx context.Context) (bool, error) {
		if failure = w.write(ctx, s); failure == nil {
			return true, nil
		}
		if outdated(failure) {
			w.last = nil
		}
		if !passing(failure) {
			return false, failure
		}
		return false, nil
	})
	if err != nil && failure != nil {
		err = failure // says more than that the tries are used up
	}
	if err != nil {
		return fmt.Errorf("write BGPNodeStatus %s: %w", w.node, err)
	}
	return nil
}

// outdated says that the object is not as it was last seen. After another failure nobody knows; then the next write tells.
func outdated(err error) bool {
	return apierrors.IsNotFound(err) || apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err)
}

func passing(err error) bool {
	return slices.ContainsFunc([]func(error) bool{
		apierrors.IsNotFound, apierrors.IsConflict, apierrors.IsAlreadyExists, apierrors.IsTooManyRequests,
		apierrors.IsServerTimeout, apierrors.IsTimeout, apierrors.IsServiceUnavailable, apierrors.IsInternalError,
	}, func(is func(error) bool) bool { return is(err) })
}

func (w *ClusterWriter) write(ctx context.Context, s v1.BGPNodeStatusData) error {
	if w.lost.Swap(false) {
		w.last = nil
	}
	if w.last == nil {
		if _, err := w.Read(ctx); err != nil {
			return errors.Unwrap(err)
		}
	}
	if w.last == nil {
		if err := w.create(ctx); err != nil {
			return err
		}
	}
	if err := w.own(ctx); err != nil {
		return err
	}
	was := []byte("{}")
	if w.last.Status.LastUpdated != nil { // else there is no status: a false that is missing is not one that is written
		var err error
		if was, err = json.Marshal(map[string]any{"status": w.last.Status}); err != nil {
			return err
		}
	}
	// With the version that the difference was made to, the server refuses it if somebody else has written meanwhile.
	is, err := json.Marshal(map[string]any{"status": s, "metadata": version(w.last)})
	if err != nil {
		return err
	}
	patch, err := jsonpatch.CreateMergePatch(was, is)
	if err != nil {
		return err
	}
	if err := w.saw(w.statuses.Patch(ctx, w.node, types.MergePatchType, patch, metav1.PatchOptions{}, "status")); err != nil {
		return err
	}
	select {
	case <-w.versions:
	default:
	}
	w.versions <- w.last.ResourceVersion
	return nil
}

func version(o *v1.BGPNodeStatus) map[string]any {
	return map[string]any{"resourceVersion": o.ResourceVersion, "uid": o.UID}
}

func (w *ClusterWriter) create(ctx context.Context) error {
	object := &v1.BGPNodeStatus{ObjectMeta: metav1.ObjectMeta{Name: w.node}}
	switch uid := w.uid(); {
	case uid != "":
		w.owned.Store(uid)
		object.OwnerReferences = []metav1.OwnerReference{w.owner(uid)}
	case w.owned.Load() != types.UID(""):
		return errNoNode // what belongs to nobody would stay for ever
	}
	return w.saw(w.statuses.Create(ctx, object, metav1.CreateOptions{}))
}

// saw keeps what the server returned. With an error it returned nothing.
func (w *ClusterWriter) saw(object *v1.BGPNodeStatus, err error) error {
	if err == nil {
		w.last = object
	}
	return err
}

var errNoNode = errors.New("the Node is gone, and its status with it")

// owner is the Node, not as a controller and without blocking its deletion.
func (w *ClusterWriter) owner(uid types.UID) metav1.OwnerReference {
	return metav1.OwnerReference{APIVersion: "v1", Kind: "Node", Name: w.node, UID: uid}
}

// own corrects the owner, after the Node was deleted and made again under the same name.
func (w *ClusterWriter) own(ctx context.Context) error {
	uid := w.uid()
	if uid == "" {
		return nil
	}
	w.owned.Store(uid)
	isNode := func(o metav1.OwnerReference) bool { return o.Kind == "Node" && o.APIVersion == "v1" }
	nodes := slices.DeleteFunc(slices.Clone(w.last.OwnerReferences), func(o metav1.OwnerReference) bool { return !isNode(o) })
	if len(nodes) == 1 && nodes[0] == w.owner(uid) {
		return nil
	}
	owners := slices.DeleteFunc(slices.Clone(w.last.OwnerReferences), isNode)
	metadata := version(w.last)
	metadata["ownerReferences"] = append(owners, w.owner(uid))
	patch, err := json.Marshal(map[string]any{"metadata": metadata})
	if err != nil {
		return err
	}
	return w.saw(w.statuses.Patch(ctx, w.node, types.MergePatchType, patch, metav1.PatchOptions{}))
}
