//go:build linux

package incluster

import (
	"strings"
	"syscall"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8frr/k8frr/integration/lab"
)

// plain has one session.
const plain = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 192.0.2.1, peerAsn: 65001}
    timers: {connectRetry: 1}
`

// more is plain with a second neighbor.
func more(neighbor string) string { return plain + "  - config: " + neighbor + "\n" }

// What the API server refuses does not come in. What it lets in and nobody can run is told in the status, with the field
// and FRR's words; what ran last goes on, mirrors what kube-lb0 carries, and its session does not notice.
func TestRefused(t *testing.T) {
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, shared)
			heard := s.router("192.0.2.1")
			n := s.node("1", version, nil)
			n.flags = append(n.flags, n.Refusing()...)
			n.start()
			s.must(s.apply(plain))
			n.established(heard)
			n.healthy()
			mark := heard.Mark()

			for field, text := range map[string]string{
				"spec.global.listenPort":                   edit(t, plain, "asn: 65000", "asn: 65000, listenPort: -5"),
				"spec.global.asn":                          edit(t, plain, "asn: 65000", "asn: 4294967296"),
				"spec.neighbors[1].config.neighborAddress": more("{neighborAddress: 192.0.2.300, peerAsn: 65001}"),
				"spec.neighbors[1].config":                 more("{peerAsn: 65001}"),
			} {
				if err := s.apply(text); err == nil || !strings.Contains(err.Error(), field) {
					t.Errorf("kubectl apply says %v and not what is wrong with %s", err, field)
				}
			}
			if g := s.kubectl("get", "bgpconfig", "default", "-o", "jsonpath={.metadata.generation}"); g != "1" {
				t.Errorf("what was refused has changed the object to generation %s", g)
			}

			s.must(s.apply(more("{neighborAddress: 192.0.2.12, peerAsn: 65001, description: refused}")))
			c := n.condition("ConfigurationApplied", metav1.ConditionFalse, "RefusedInPart", "spec.neighbors[1]", "neighbor 192.0.2.12 local-as",
				"local-as same as BGP AS", "Generation 2 runs in part")
			t.Log(c.Message)
			n.add("10.9.9.9/32")
			n.announces(heard, "10.9.9.9/32")
			if code, body := n.get("7474/readyz"); code != 503 || !strings.Contains(body, "spec.neighbors[1]") {
				t.Errorf("/readyz while what is declared does not run: %d %s", code, body)
			}

			// An agent that starts now knows what ran, too.
			n.endAgent(syscall.SIGKILL)
			n.startAgent()
			n.del("10.9.9.9/32")
			n.announces(heard)
			n.condition("ConfigurationApplied", metav1.ConditionFalse, "RefusedInPart", "spec.neighbors[1]", "Generation 2 runs in part")
			n.reports("the session is up", peersWith("192.0.2.1"))
			n.add("10.9.9.9/32")
			n.announces(heard, "10.9.9.9/32")

			s.must(s.apply(edit(t, plain, "asn: 65000", "asn: 65000, routerID: 127.0.0.1")))
			c = n.condition("ConfigurationApplied", metav1.ConditionFalse, "spec.global.routerID", "127.0.0.1", "Generation 2 keeps running instead of generation 3")
			t.Log(c.Message)
			n.del("10.9.9.9/32")
			n.announces(heard)

			s.must(s.apply(edit(t, plain, "peerAsn: 65001", "peerAsn: 65001, description: rack router")))
			n.generation("4")
			if c := conditionOf(&n.healthy().Status, "ConfigurationApplied"); c.ObservedGeneration != 4 {
				t.Errorf("observedGeneration is %d, not 4", c.ObservedGeneration)
			}
			s.steady(heard, mark)
			if resets := heard.Resets(); resets > 0 {
				t.Errorf("%d sessions were reset", resets)
			}
		})
	}
}
