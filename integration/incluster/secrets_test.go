//go:build linux

package incluster

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
)

// guarded has one session with a password and one without.
const guarded = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 192.0.2.1, peerAsn: 65001}
    authPasswordSecretRef: {name: bgp-passwords}
    timers: {connectRetry: 1}
  - config: {neighborAddress: 192.0.2.2, peerAsn: 65001}
    timers: {connectRetry: 1}
`

// secret is the Secret that it names.
const secret = `apiVersion: v1
kind: Secret
metadata: {name: bgp-passwords, namespace: purelb-system}
stringData: {password: the-first-password}
`

// A session waits for its password, and follows it. The session beside it does not notice.
func TestPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared)
	locked, open := s.router("192.0.2.1", key{"192.0.2.11", "the-first-password"}), s.router("192.0.2.2")
	n := s.node("1", lab.FRR84, nil)
	n.start()
	n.add("10.9.9.9/32")
	s.must(s.apply(guarded))
	n.established(open)
	n.announces(open, "10.9.9.9/32")
	n.condition("ConfigurationApplied", metav1.ConditionTrue, "spec.neighbors[0].authPasswordSecretRef", "there is no Secret bgp-passwords")
	n.reports("leaves the neighbor out", peersWith("192.0.2.2"))
	n.condition("NeighborsConfigured", metav1.ConditionFalse, "spec.neighbors[0].authPasswordSecretRef", "there is no Secret bgp-passwords")
	s.quiet(locked, 0)

	mark, began := open.Mark(), time.Now()
	s.must(s.apply(secret))
	n.established(locked)
	n.announces(locked, "10.9.9.9/32")
	t.Logf("Secret created: its session told all after %v", time.Since(began).Round(time.Millisecond))
	if c := conditionOf(&n.healthy().Status, "ConfigurationApplied"); strings.Contains(c.Message, "Secret") {
		t.Errorf("with the Secret the status still says %q", c.Message)
	}

	locked.Close()
	changed := s.listen("router-1", key{"192.0.2.11", "the-second-password"})
	began = time.Now()
	s.must(s.apply(edit(t, secret, "the-first-password", "the-second-password")))
	n.established(changed)
	n.announces(changed, "10.9.9.9/32")
	t.Logf("Secret rotated: its session told all after %v", time.Since(began).Round(time.Millisecond))
	n.reports("peers with both", peersWith("192.0.2.1", "192.0.2.2"))
	s.quiet(open, mark)

	status := s.kubectl("get", "bgpnodestatus", n.name, "-o", "yaml")
	_, metrics := n.get("7473/metrics")
	for what, text := range map[string]string{"log": n.log(), "status": status, "metrics": metrics} {
		if strings.Contains(text, "the-first") || strings.Contains(text, "the-second") {
			t.Errorf("a password is in the %s", what)
		}
	}
}

// peersWith says that a node has established sessions with exactly these neighbors.
func peersWith(addresses ...string) func(*v1.BGPNodeStatusData) bool {
	return func(s *v1.BGPNodeStatusData) bool {
		var up []string
		for _, n := range s.Neighbors {
			if n.State == "Established" {
				up = append(up, n.Address)
			}
		}
		return strings.Join(up, " ") == strings.Join(addresses, " ")
	}
}
