//go:build linux

package incluster

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
)

// The configuration of the name default is used, or the only one there is. Of several none is, and no configuration means
// no BGP.
func TestWhichConfiguration(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared)
	heard := s.router("192.0.2.1")
	n := s.node("1", lab.FRR84, nil)
	n.start()
	n.add("10.9.9.9/32")

	s.must(s.apply(edit(t, plain, "name: default", "name: blue")))
	n.established(heard)
	n.announces(heard, "10.9.9.9/32")
	n.healthy()

	s.must(s.apply(edit(t, plain, "name: default", "name: green")))
	n.noBGP("blue, green")

	s.must(s.apply(plain))
	n.established(heard)
	n.condition("ConfigurationApplied", metav1.ConditionTrue, "blue, green")

	mark := heard.Mark()
	s.kubectl("delete", "bgpconfig", "blue")
	s.kubectl("delete", "bgpconfig", "green")
	n.reports("nothing is ignored", func(s *v1.BGPNodeStatusData) bool {
		return !strings.Contains(conditionOf(s, "ConfigurationApplied").Message, "green")
	})
	s.quiet(heard, mark)

	s.kubectl("delete", "bgpconfig", "default")
	n.noBGP("there is no BGPConfiguration")
}

// noBGP waits until the node has no BGP, and says why.
func (n *node) noBGP(why string) {
	n.Helper()
	n.condition("ConfigurationApplied", metav1.ConditionFalse, "NoConfiguration", why)
	ctx, cancel := n.deadline()
	defer cancel()
	running, err := n.frr.Vtysh(ctx, "show running-config")
	n.must(err)
	if strings.Contains(running, "router bgp") || strings.Contains(running, "ip route") {
		n.Errorf("without a configuration FRR runs\n%s", running)
	}
	if s := n.object().Status; s.Healthy || s.NeighborCount != 0 {
		n.Errorf("without a configuration: healthy %v, %d neighbors", s.Healthy, s.NeighborCount)
	}
}
