package render_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

func configuration(namespace, name string, secrets ...string) *v1.BGPConfiguration {
	c := &v1.BGPConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	for _, s := range secrets {
		var n v1.Neighbor
		n.Config.AuthPasswordSecretRef = &v1.SecretKeyRef{Name: s}
		c.Spec.Neighbors = append(c.Spec.Neighbors, n)
	}
	return c
}

func TestChoose(t *testing.T) {
	for _, tt := range []struct {
		name    string
		there   []string
		want    string
		ignored []string
	}{
		{"nothing", nil, "", nil},
		{"default alone", []string{"default"}, "default", nil},
		{"another alone", []string{"edge"}, "edge", nil},
		{"default among others", []string{"edge", "default", "core"}, "default", []string{"core", "edge"}},
		{"several others", []string{"edge", "core"}, "", []string{"core", "edge"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var candidates []*v1.BGPConfiguration
			for _, name := range tt.there {
				candidates = append(candidates, configuration("ns", name))
			}
			chosen, ignored := render.Choose(candidates, "default")
			var got string
			if chosen != nil {
				got = chosen.Name
			}
			if got != tt.want {
				t.Errorf("chosen %q, want %q", got, tt.want)
			}
			if diff := cmp.Diff(tt.ignored, ignored); diff != "" {
				t.Errorf("ignored (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeclaredForANode(t *testing.T) {
	node := func(name string) *corev1.Node { return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}} }
	secret := func(namespace, name string) *corev1.Secret {
		return &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
			Data:       map[string][]byte{"password": []byte(namespace + name)},
		}
	}
	declared := render.Declared{
		Configurations: []*v1.BGPConfiguration{configuration("other", "default"), configuration("ns", "default", "peer", "missing")},
		Nodes:          []*corev1.Node{node("a"), node("b")},
		Secrets:        []*corev1.Secret{secret("other", "peer"), secret("ns", "peer"), secret("ns", "unnamed")},
	}
	got := declared.For("b", "ns", "default")
	if got.Node != declared.Nodes[1] {
		t.Errorf("node %v", got.Node)
	}
	if got.Configuration != declared.Configurations[1] || len(got.Ignored) > 0 {
		t.Errorf("configuration %v, ignored %v", got.Configuration, got.Ignored)
	}
	if len(got.Secrets) != 1 || got.Secrets["peer"]["password"].Reveal() != "nspeer" {
		t.Errorf("%d Secrets, peer is that of the namespace: %t", len(got.Secrets), got.Secrets["peer"]["password"].Reveal() == "nspeer")
	}
	if none := declared.For("c", "empty", "default"); none.Node != nil || none.Configuration != nil {
		t.Errorf("found %v and %v of an unknown node and an empty namespace", none.Node, none.Configuration)
	}
}
