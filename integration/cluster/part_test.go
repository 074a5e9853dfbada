package cluster

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/k8frr/k8frr/api/client"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/cluster"
)

// An agent's part of a cluster: a namespace, a Node of its own, a configuration
// with one neighbor for each Secret.
type part struct {
	*testing.T
	admin     *client.Clientset
	namespace string
	node      string
	*cluster.Cluster
	events chan struct{}
}

func newPart(t *testing.T, s *apiserver.Server) *part {
	t.Helper()
	p := &part{T: t, admin: install(t, s), namespace: s.Namespace(t)}
	p.node = "worker-of-" + p.namespace
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: p.node, Labels: map[string]string{"rack": "1"}}}
	if _, err := p.admin.Nodes().Create(t.Context(), node, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return p
}

// watch runs the observer with some access to the server until the test ends.
func (p *part) watch(access *rest.Config) {
	p.Helper()
	p.watchSelected(access, nil)
}

// watchSelected is watch with Secrets of some labels only.
func (p *part) watchSelected(access *rest.Config, secrets labels.Selector) {
	p.Helper()
	c, err := client.New(access)
	if err != nil {
		p.Fatal(err)
	}
	p.Cluster = cluster.New(c, cluster.Options{NodeName: p.node, Namespace: p.namespace, ConfigurationName: "default", SecretSelector: secrets})
	if _, err := p.Observe(p.Context()); !errors.Is(err, cluster.ErrNotSynced) {
		p.Fatalf("before Watch: %v", err)
	}
	p.events = make(chan struct{}, 1000)
	ctx, cancel := context.WithCancel(p.Context())
	done := make(chan error, 1)
	go func() { done <- p.Watch(ctx, func() { p.events <- struct{}{} }) }()
	p.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				p.Error(err)
			}
		case <-time.After(patience):
			p.Error("Watch does not end")
		}
	})
}

// await looks on every notification until what is observed is as it should be.
func (p *part) await(what string, condition func(render.Objects) bool) render.Objects {
	p.Helper()
	deadline := time.After(patience)
	for {
		o, err := p.Observe(p.Context())
		if err == nil && condition(o) {
			return o
		}
		select {
		case <-p.events:
		case <-deadline:
			p.Fatalf("%s: not within %v: %+v, %v, %q", what, patience, o, err, p.Warnings())
		}
	}
}

// quiet fails if anything is notified of what has been done before.
func (p *part) quiet(what string) {
	p.Helper()
	select {
	case <-p.events:
		p.Errorf("notified: %s", what)
	case <-time.After(500 * time.Millisecond):
	}
}

// drain takes all notifications of what has been done before: what is observed may be newer than the last of them.
func (p *part) drain() {
	for {
		select {
		case <-p.events:
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

func (p *part) configuration(name string, asn v1.ASN, secrets ...string) *v1.BGPConfiguration {
	c := &v1.BGPConfiguration{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: p.namespace}}
	c.Spec.Global.ASN = asn
	for i, s := range secrets {
		n := v1.Neighbor{AuthPasswordSecretRef: &v1.SecretKeyRef{Name: s}}
		n.Config.NeighborAddress, n.Config.PeerASN = fmt.Sprintf("192.0.2.%d", i+1), 65001
		c.Spec.Neighbors = append(c.Spec.Neighbors, n)
	}
	return c
}

func (p *part) create(c *v1.BGPConfiguration) {
	p.Helper()
	if _, err := p.admin.BGPConfigurations(p.namespace).Create(p.Context(), c, metav1.CreateOptions{}); err != nil {
		p.Fatal(err)
	}
}

func (p *part) edit(name, patch string, subresources ...string) {
	p.Helper()
	_, err := p.admin.BGPConfigurations(p.namespace).Patch(p.Context(), name, types.MergePatchType, []byte(patch), metav1.PatchOptions{}, subresources...)
	if err != nil {
		p.Fatal(err)
	}
}

func (p *part) editNode(patch string, subresources ...string) {
	p.Helper()
	_, err := p.admin.Nodes().Patch(p.Context(), p.node, types.MergePatchType, []byte(patch), metav1.PatchOptions{}, subresources...)
	if err != nil {
		p.Fatal(err)
	}
}

func (p *part) createSecret(name, password string) {
	p.Helper()
	s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, StringData: map[string]string{"password": password}}
	if _, err := p.admin.Secrets(p.namespace).Create(p.Context(), s, metav1.CreateOptions{}); err != nil {
		p.Fatal(err)
	}
}

func (p *part) rotate(name, password string) {
	p.Helper()
	patch := fmt.Sprintf(`{"stringData": {"password": %q}}`, password)
	if _, err := p.admin.Secrets(p.namespace).Patch(p.Context(), name, types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
		p.Fatal(err)
	}
}

func asn(want v1.ASN) func(render.Objects) bool {
	return func(o render.Objects) bool { return o.Configuration != nil && o.Configuration.Spec.Global.ASN == want }
}

func password(secret, want string) func(render.Objects) bool {
	return func(o render.Objects) bool { return o.Secrets[secret]["password"].Reveal() == want }
}
