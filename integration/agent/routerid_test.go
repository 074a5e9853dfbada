//go:build linux

package agent

import (
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// A router ID that follows from the Node stays while sessions are up, whatever becomes of the Node: across an agent's
// restart too. The user's own word applies.
func TestRouterIDIsHeld(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version)
		n.write("bgp.yaml", configuration)
		n.write("node.yaml", kubernetesNode)
		n.startAgent()
		n.established("10.1.0.2", "fd00:1::2")
		n.routerID("10.1.0.2")

		mark := n.heard.Mark()
		n.write("node.yaml", strings.Replace(kubernetesNode, "10.1.0.2", "10.1.0.77", 1))
		n.condition("RouterIDResolved", "True", "10.1.0.77")
		n.settle()
		n.routerID("10.1.0.2")
		n.killAgent(9)
		n.startAgent()
		n.add("10.9.9.9/32")
		n.announced("10.9.9.9/32")
		n.settle()
		n.routerID("10.1.0.2")
		n.quiet(mark, "announced 10.9.9.9/32")

		n.write("bgp.yaml", edit(t, configuration, "asn: 65000", "asn: 65000, routerID: 10.3.3.3"))
		ctx, cancel := n.deadline()
		defer cancel()
		for _, up := range []string{"10.1.0.2", "fd00:1::2"} {
			if _, err := n.heard.Wait(ctx, mark, func(e listener.Event) bool {
				return e.Kind == listener.Established && e.Peer.String() == up && e.Open.ID.String() == "10.3.3.3"
			}); err != nil {
				t.Errorf("no session from %s with the new router ID: %v", up, err)
			}
		}
		n.routerID("10.3.3.3")
	})
}

// routerID makes sure of the router ID that runs.
func (n *node) routerID(want string) {
	n.t.Helper()
	n.eventually("router ID "+want, func() bool {
		return strings.Contains(n.vtysh("show running-config"), "\n bgp router-id "+want+"\n")
	})
}
