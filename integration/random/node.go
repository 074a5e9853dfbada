package random

import (
	"math/rand/v2"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/api/validate"
	"github.com/k8frr/k8frr/render"
)

// Node is all that the frr.conf of a node follows from, and what somebody has
// entered there by hand.
type Node struct {
	Spec  v1.BGPConfigurationSpec
	Links []render.Link
	// ByHand are Leftovers, by their text.
	ByHand []string
}

// NewNode makes a node whose configuration can be rendered for every version of
// FRR.
func NewNode(r *rand.Rand) Node {
	for {
		n := Node{Spec: Spec(r), Links: links(choice{r})}
		n.ByHand = leftOver(choice{r})
		if n.Valid() {
			return n
		}
	}
}

// Near makes a node that differs from another in a few things.
func (n Node) Near(r *rand.Rand) Node {
	for {
		near, other := tree(n), tree(NewNode(r))
		paths := paths(near, other)
		for range 2 + r.IntN(8) {
			path := paths[r.IntN(len(paths))]
			near = with(near, path, at(other, path))
		}
		if out := fromTree(near); out.Valid() {
			return out
		}
	}
}

// Valid reports whether the configuration can be rendered for every version.
func (n Node) Valid() bool {
	for _, d := range []render.Dialect{render.FRR8, render.FRR10} {
		if _, _, err := render.Resolve(n.Input(d)); err != nil {
			return false
		}
	}
	return validate.Configuration(n.configuration()) == nil
}

func (n Node) configuration() *v1.BGPConfiguration {
	return &v1.BGPConfiguration{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1.GroupVersion.String(), Kind: "BGPConfiguration"},
		ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: "purelb-system"},
		Spec:       *n.Spec.DeepCopy(),
	}
}

// Input is what the node is rendered from, with the Secrets that a spec can
// name.
func (n Node) Input(d render.Dialect) render.Input {
	secret := func(value string) map[string]render.Secret {
		return map[string]render.Secret{"password": render.NewSecret(value), "key": render.NewSecret(value + "'s key")}
	}
	return render.Input{
		Objects: render.Objects{
			Configuration: n.configuration(),
			Node: &corev1.Node{
				ObjectMeta: metav1.ObjectMeta{Name: "node-1", Labels: map[string]string{"zone": "a"}},
				Status:     corev1.NodeStatus{Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "10.1.0.9"}}},
			},
			Secrets: map[string]map[string]render.Secret{"a": secret("pa"), "b": secret("pb")},
		},
		Links:   n.Links,
		Dialect: d,
	}
}
