package report

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/k8frr/k8frr/api/client"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/status/fold"
)

// Folder keeps the status of the BGPConfiguration, as long as this agent holds the Lease.
type Folder struct {
	Clients *client.Clientset
	Lease   Lease
	// Configuration is the one in use, which must not change once it is given out; nil if there is none.
	Configuration func() *v1.BGPConfiguration
	// Leads is called when this agent comes to hold the Lease, and when it holds it no more; Folded after each write.
	Leads  func(bool)
	Folded func(error)
	// Told is called when what can be said of a rollout is another: with the condition Ready. All of them are needed, and
	// must return at once.
	Told func(*v1.BGPConfiguration, metav1.Condition)
	// Unguarded is called when no admission policy holds the agents, once each time this agent takes the Lease.
	Unguarded func()
	Log       *slog.Logger

	poke chan struct{}
}

// NewFolder makes a Folder, which does nothing before Run.
func NewFolder(f Folder) *Folder {
	f.poke = make(chan struct{}, 1)
	f.Lease.Log = f.Log
	return &f
}

// Poke has the Folder look again. It never blocks.
func (f *Folder) Poke() {
	select {
	case f.poke <- struct{}{}:
	default:
	}
}

// Run folds until the context ends, whenever this agent holds the Lease.
func (f *Folder) Run(ctx context.Context) error { return f.Lease.Run(ctx, f.lead) }

// A status is written once a second at most, and what is only numbers and words less often in a large cluster: each
// write reaches every agent.
const (
	foldGap  = time.Second
	foldTick = 10 * time.Second // for nodes that fall silent
	perNode  = 20 * time.Millisecond
	lastGap  = time.Minute
)

// folded is what one holder of the Lease knows.
type folded struct {
	*Folder
	members members
	object  *v1.BGPConfiguration // as the server last returned it; nil if that is not known
	read    time.Time            // when it did
	wrote   time.Time
	retry   retry

	// guarded is that the server need not be asked again whether admission policies hold the agents: it was asked last at
	// asked, and said unheld times that none does.
	guarded bool
	asked   time.Time
	unheld  int

	told string
}

// lead folds until the context ends.
func (f *Folder) lead(ctx context.Context) {
	l := &folded{Folder: f, members: members{statuses: f.Clients.BGPNodeStatuses(), changed: f.Poke}}
	f.Leads(true)
	defer f.Leads(false)
	f.Log.Info("this agent keeps the status of the BGPConfiguration")
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		l.members.follow(ctx)
	}()
	defer func() { <-followed }()
	f.Poke()
	next := time.NewTimer(foldTick)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.poke:
		case <-next.C:
		}
		wait := l.look(ctx)
		next.Reset(wait)
		// What happens meanwhile is taken together.
		select {
		case <-ctx.Done():
			return
		case <-time.After(foldGap):
		}
	}
}

// look folds, and writes if that is due. It returns when to look again at the latest.
func (l *folded) look(ctx context.Context) time.Duration {
	c := l.Configuration()
	nodes, known, err := l.members.all()
	l.tell(err)
	if c == nil || !known {
		return foldTick
	}
	if !l.retry.now() {
		return time.Until(l.retry.next)
	}
	err = l.keep(ctx, c, nodes)
	if err == nil {
		l.guard(ctx)
	}
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		l.object = nil
		return foldGap // somebody else has changed the object, and what is in use will be another
	}
	l.retry.after(err)
	if err != nil {
		l.object = nil
	}
	l.tell(err)
	if err != nil {
		return time.Until(l.retry.next)
	}
	return foldTick
}

// writeFold bounds reading and writing the object.
const writeFold = 10 * time.Second

func (l *folded) keep(ctx context.Context, c *v1.BGPConfiguration, nodes []fold.Node) error {
	ctx, cancel := context.WithTimeout(ctx, writeFold)
	defer cancel()
	configurations := l.Clients.BGPConfigurations(c.Namespace)
	// Somebody else may have written into the status, which nobody is told of: as often as the Lease is asked for, one reads.
	if l.object == nil || l.object.UID != c.UID || l.object.Generation < c.Generation || time.Since(l.read) > l.Lease.Duration/2 {
		object, err := configurations.Get(ctx, c.Name, metav1.GetOptions{})
		if err != nil {
			return fmt.Errorf("read the status of BGPConfiguration %s: %w", c.Name, err)
		}
		l.object, l.read = object, time.Now()
	}
	if c.DeletionTimestamp != nil && slices.Contains(c.Finalizers, foreignFinalizer) {
		return l.unblock(ctx, c)
	}
	before := l.object.Status
	now := fold.Fold(fold.Input{Now: time.Now(), Configuration: c, Previous: before, Nodes: nodes})
	if equality.Semantic.DeepEqual(before, now) || fold.Calm(before, now) && time.Since(l.wrote) < min(time.Duration(len(nodes))*perNode, lastGap) {
		return nil
	}
	patch, err := difference(l.object, before, now)
	if err != nil {
		return err
	}
	object, err := configurations.Patch(ctx, c.Name, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
	l.Folded(err)
	if err != nil {
		return fmt.Errorf("write the status of BGPConfiguration %s: %w", c.Name, err)
	}
	l.object, l.read, l.wrote = object, time.Now(), time.Now()
	if !fold.Calm(before, now) {
		ready := *meta.FindStatusCondition(now.Conditions, status.Ready)
		l.Log.Info("rollout", "generation", now.ObservedGeneration, "ready", ready.Status, "reason", ready.Reason, "message", ready.Message)
		l.Told(c, ready)
	}
	return nil
}

// foreignFinalizer is k8gobgp's. Nobody is left to remove it where k8frr has taken over, and without that an object that is
// deleted would stay permanently.
const foreignFinalizer = "bgp.purelb.io/finalizer"

// unblock takes that one finalizer, and nothing else, from an object that is being deleted.
func (l *folded) unblock(ctx context.Context, c *v1.BGPConfiguration) error {
	at := slices.Index(c.Finalizers, foreignFinalizer)
	path := fmt.Sprintf("/metadata/finalizers/%d", at)
	patch, err := json.Marshal([]map[string]string{
		{"op": "test", "path": path, "value": foreignFinalizer},
		{"op": "remove", "path": path},
	})
	if err != nil {
		return err
	}
	if _, err := l.Clients.BGPConfigurations(c.Namespace).Patch(ctx, c.Name, types.JSONPatchType, patch, metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("remove the finalizer %s of k8gobgp from BGPConfiguration %s, which is being deleted: %w", foreignFinalizer, c.Name, err)
	}
	l.Log.Info("removed the finalizer of k8gobgp from a deleted BGPConfiguration", "name", c.Name)
	return nil
}

// difference is what the server has to be told, of this version of the object only: somebody else may have written it.
func difference(o *v1.BGPConfiguration, before, now v1.BGPConfigurationStatus) ([]byte, error) {
	was, err := json.Marshal(map[string]any{"status": before})
	if err != nil {
		return nil, err
	}
	is, err := json.Marshal(map[string]any{"status": now, "metadata": map[string]any{"resourceVersion": o.ResourceVersion, "uid": o.UID}})
	if err != nil {
		return nil, err
	}
	return jsonpatch.CreateMergePatch(was, is)
}

// tell says what cannot be had, once as long as it lasts. What passes by itself is not worth a line.
func (l *folded) tell(err error) {
	if !apierrors.IsForbidden(err) {
		return
	}
	if text := err.Error(); text != l.told {
		l.told = text
		l.Log.Warn("cannot write the status of the BGPConfiguration; BGP is not affected", "error", err)
	}
}
