package report

import (
	"context"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"

	"github.com/k8frr/k8frr/api/client"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// Events tells of what happened on a node where its users look: as Events of
// their BGPConfiguration and of the Node. What is the same is counted, and what
// comes too often is dropped, as Kubernetes does it with all Events. That one
// cannot be written is logged, and changes nothing else.
//
// The agent has to be allowed to create and patch Events in the namespace of
// the configuration, and in "default", where those about Nodes are.
//
// A nil Events tells nobody.
type Events struct {
	recorder    record.EventRecorderLogger
	broadcaster record.EventBroadcaster
	node        string
	uid         func() types.UID
}

// subject is the annotation that says what of an object an Event is about, as a
// neighbor: one that flaps must not silence the others.
const subject = "bgp.purelb.io/subject"

// Of each reason and subject so many Events are written in a row, and then one
// in so many seconds.
const (
	eventBurst = 10
	eventEvery = 300
)

// NewEvents makes Events of a node, in the name of the agent there. They are
// written until the context ends. uid is that of the Node as it is now, "" while
// it is not known.
func NewEvents(ctx context.Context, c *client.Clientset, node string, uid func() types.UID) *Events {
	b := record.NewBroadcaster(record.WithContext(ctx), record.WithCorrelatorOptions(record.CorrelatorOptions{
		BurstSize: eventBurst, QPS: 1. / eventEvery,
		SpamKeyFunc: func(e *corev1.Event) string {
			return strings.Join([]string{e.InvolvedObject.Kind, e.InvolvedObject.Name, e.Reason, e.Annotations[subject]}, "/")
		},
		// Events of different neighbors are no variations of one.
		KeyFunc: func(e *corev1.Event) (string, string) {
			aggregate, local := record.EventAggregatorByReasonFunc(e)
			return aggregate + e.Annotations[subject], local
		},
	}))
	b.StartRecordingToSink(sink{ctx, c})
	return &Events{b.NewRecorder(client.Scheme(), corev1.EventSource{Component: "k8frr-agent", Host: node}), b, node, uid}
}

// OnConfiguration tells of something about a configuration; nil is none. It
// returns at once.
func (e *Events) OnConfiguration(about *v1.BGPConfiguration, kind, reason, message string) {
	if e == nil || about == nil {
		return
	}
	e.tell(&corev1.ObjectReference{
		APIVersion: v1.GroupVersion.String(), Kind: "BGPConfiguration",
		Namespace: about.Namespace, Name: about.Name, UID: about.UID,
	}, "", kind, reason, message)
}

// OnNode tells of something about this node, and about a subject there, such as
// a neighbor. It returns at once.
func (e *Events) OnNode(of, kind, reason, message string) {
	if e == nil {
		return
	}
	e.tell(&corev1.ObjectReference{APIVersion: "v1", Kind: "Node", Name: e.node, UID: e.uid()}, of, kind, reason, message)
}

func (e *Events) tell(about *corev1.ObjectReference, of, kind, reason, message string) {
	message = status.Clean(message, longestEvent)
	var annotations map[string]string
	if of != "" {
		annotations = map[string]string{subject: of}
	}
	e.recorder.AnnotatedEventf(about, annotations, kind, reason, "%s", message)
}

// longestEvent is how long a message the API takes, in bytes.
const longestEvent = 1024

// eventLimit is how long the API server may take for one.
const eventLimit = 10 * time.Second

// sink writes Events to a cluster.
type sink struct {
	ctx    context.Context
	client *client.Clientset
}

func (s sink) Create(e *corev1.Event) (*corev1.Event, error) {
	ctx, cancel := context.WithTimeout(s.ctx, eventLimit)
	defer cancel()
	return s.client.Events(e.Namespace).Create(ctx, e, metav1.CreateOptions{})
}

// Update is part of the interface; what counts on is patched.
func (s sink) Update(e *corev1.Event) (*corev1.Event, error) {
	ctx, cancel := context.WithTimeout(s.ctx, eventLimit)
	defer cancel()
	return s.client.Events(e.Namespace).Update(ctx, e, metav1.UpdateOptions{})
}

func (s sink) Patch(e *corev1.Event, patch []byte) (*corev1.Event, error) {
	ctx, cancel := context.WithTimeout(s.ctx, eventLimit)
	defer cancel()
	return s.client.Events(e.Namespace).Patch(ctx, e.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
}
