package supervise

import (
	"reflect"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/render"
)

// prepared are the configurations that were last rendered, what is declared and
// the last good one, so that each is checked and compiled once and not at every
// event: an address that goes must not wait for a megabyte of policies.
type prepared [2]*preparedFor

type preparedFor struct {
	*render.Prepared
	node *corev1.Node
}

// prepare returns the configuration of objects as it was prepared before. The
// node counts, too: the bounds of a compilation hold for the policies of one.
func (s *Supervisor) prepare(objects render.Objects) *render.Prepared {
	for i, known := range s.prepared {
		if known != nil && known.Of(objects.Configuration) && sameNode(known.node, objects.Node) {
			s.prepared[0], s.prepared[i] = known, s.prepared[0]
			return known.Prepared
		}
	}
	s.prepared[1] = s.prepared[0]
	s.prepared[0] = &preparedFor{render.Prepare(objects.Configuration), objects.Node}
	return s.prepared[0].Prepared
}

func sameNode(a, b *corev1.Node) bool { return a == b || reflect.DeepEqual(a, b) }
