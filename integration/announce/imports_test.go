//go:build linux

package announce

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8frr/k8frr/integration/lab"
)

// The node's own uplink is imported, and by it lead the default routes and those to the pods of other nodes. None of these is
// announced, and what an operator has routed by kube-lb0 stays.
func TestUplinkIsImported(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version, "kube-lb0", "eth0")
		n.IP("route", "add", "default", "via", "10.1.0.1", "dev", "eth0")
		n.IP("-6", "route", "add", "default", "via", "fd00:1::1", "dev", "eth0")
		n.IP("route", "add", "10.244.1.0/24", "via", "10.1.0.7", "dev", "eth0")
		n.IP("route", "add", "10.244.2.0/24", "dev", "kube-lb0", "proto", "bird")
		for _, line := range []string{"ip route 10.77.1.0/24 kube-lb0", "ip route 10.77.2.0/24 10.1.0.9", "ipv6 route fd77::/64 kube-lb0"} {
			n.enter(line, func(running string) bool { return hasLine(running, line) })
			n.operators = append(n.operators, line)
		}
		n.IP("address", "add", "10.20.1.1/32", "dev", "kube-lb0")
		n.StartAgent()
		n.Told(n.heard, "10.1.0.2", "fd00:1::2")
		n.agrees(marks{}, may{}, "at the start")
		n.Ready()
		n.operatorsStay("at the start")
		n.Silent()
		if log := n.Logged(); strings.Contains(log, "drift") || strings.Contains(log, "does not do what its configuration says") {
			t.Errorf("the agent finds something wrong:\n%s", log)
		}
	})
}

// An address with a mask of no bits, or of one, is not a default route that the node announces; one with another short mask is
// announced, and the condition says that it is hardly meant.
func TestShortMasks(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := started(t, version, "kube-lb0")
		now := n.agrees(marks{}, may{}, "at the start")
		for _, c := range []struct{ address, prefix, said string }{
			{"10.9.9.9/0", "0.0.0.0/0", "never announced"}, {"2001:db8::9/0", "::/0", "never announced"},
			{"10.9.9.9/1", "0.0.0.0/1", "never announced"}, {"2001:db8::9/1", "::/1", "never announced"},
			{"200.9.9.9/1", "128.0.0.0/1", "hardly meant"}, {"fd99::9/1", "8000::/1", "hardly meant"},
			{"10.9.9.9/7", "10.0.0.0/7", "hardly meant"}, {"2001:db8::9/15", "2000::/15", "hardly meant"},
		} {
			mark := n.marks()
			n.IP("address", "add", c.address, "dev", "kube-lb0")
			n.Condition("ConfigurationApplied", metav1.ConditionTrue, c.prefix, c.said)
			with := n.agrees(mark, now, c.address)
			if announced := len(with.here) > 0; announced != (c.said == "hardly meant") {
				t.Errorf("%s: announced: %v", c.address, with.here)
			}
			n.IP("address", "del", c.address, "dev", "kube-lb0")
			now = n.agrees(mark, with, "no "+c.address)
		}
	})
}
