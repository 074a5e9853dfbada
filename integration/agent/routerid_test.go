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
		n.Write("bgp.yaml", configuration)
		n.Write("node.yaml", kubernetesNode)
		n.StartAgent()
		n.established("10.1.0.2", "fd00:1::2")
		n.routerID("10.1.0.2")

		mark := n.heard.Mark()
		n.Write("node.yaml", strings.Replace(kubernetesNode, "10.1.0.2", "10.1.0.77", 1))
		n.Condition("RouterIDResolved", "True", "10.1.0.77")
		n.settle()
		n.routerID("10.1.0.2")
		n.KillAgent(9)
		n.StartAgent()
		n.add("10.9.9.9/32")
		n.announced("10.9.9.9/32")
		n.settle()
		n.routerID("10.1.0.2")
		n.quiet(mark, "announced 10.9.9.9/32")

		n.Write("bgp.yaml", edit(t, configuration, "asn: 65000", "asn: 65000, routerID: 10.3.3.3"))
		ctx, cancel := n.Deadline()
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
	n.Until("router ID "+want, func() bool {
		ctx, cancel := n.Deadline()
		defer cancel()
		running, err := n.FRR.Ask(ctx, "bgpd", "show running-config")
		return err == nil && strings.Contains(running, "\n bgp router-id "+want+"\n")
	})
}
