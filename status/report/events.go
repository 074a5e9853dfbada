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
)

// Events tells of what happened on a node where its users look: as Events of
// their BGPConfiguration. What is the same is counted, and what comes too often
// is dropped, as Kubernetes does it with all Events. That one cannot be written
// is logged, and changes nothing else.
//
// The agent has to be allowed to create and patch Events in the namespace of
// the configuration.
type Events struct {
	recorder    record.EventRecorderLogger
	broadcaster record.EventBroadcaster
}

// NewEvents makes Events of a node, in the name of the agent there. They are
// written until the context ends.
func NewEvents(ctx context.Context, c *client.Clientset, node string) *Events {
	b := record.NewBroadcaster(record.WithContext(ctx))
	b.StartRecordingToSink(sink{ctx, c})
	return &Events{b.NewRecorder(client.Scheme(), corev1.EventSource{Component: "k8frr-agent", Host: node}), b}
}

// Warn tells of something about a configuration; nil is none. It returns at
// once.
func (e *Events) Warn(about *v1.BGPConfiguration, reason, message string) {
	if about == nil {
		return
	}
	const longest = 1024 // what the API takes
	if len(message) > longest {
		message = strings.ToValidUTF8(message[:longest-4], "") + " …"
	}
	e.recorder.Event(&corev1.ObjectReference{
		APIVersion: v1.GroupVersion.String(), Kind: "BGPConfiguration",
		Namespace: about.Namespace, Name: about.Name, UID: about.UID,
	}, corev1.EventTypeWarning, reason, message)
}

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
