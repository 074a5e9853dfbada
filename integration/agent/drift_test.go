//go:build linux

package agent

import (
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// What somebody enters by hand is undone where it is ours, and is left alone where it is not.
func TestDrift(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration, "--resync", "2s")
		n.add("10.9.9.1/32", "10.9.8.9/24")
		n.AddAddress("kube-lb0", "10.9.9.2/32", bare...)
		want := []string{"10.9.9.1/32", "10.9.8.0/24", "10.9.9.2/32"}
		n.announced(want...)
		n.vtysh("configure terminal", "ip route 10.77.0.0/24 Null0", "access-list MINE seq 5 permit 10.0.0.0/8",
			"ip prefix-list MINE seq 5 permit 10.0.0.0/8", "interface eth0", "description mine")
		mine := []string{"ip route 10.77.0.0/24 Null0", "access-list MINE seq 5 permit 10.0.0.0/8",
			"ip prefix-list MINE seq 5 permit 10.0.0.0/8", "description mine"}

		var clean string
		runs := func() string { return strings.ReplaceAll(n.vtysh("show running-config"), "\n!", "") }
		clean = runs()
		for _, drift := range [][]string{
			{"ip route 10.66.0.0/24 Null0 tag 7473"},
			{"no ip route 10.9.9.2/32 kube-lb0 tag 7473"},
			{"router bgp 65000", "neighbor 10.1.0.1 description drifted"},
			{"router bgp 65000", "address-family ipv4 unicast", "network 10.66.0.0/24"},
			{"router bgp 65000", "address-family ipv4 unicast", "no redistribute static"},
			{"router bgp 65000", "neighbor 10.1.0.99 remote-as 65099"},
			{"route-map K8FRR-IMPORT permit 10", "set metric 77"},
			{"route-map K8FRR-STRANGE permit 10"},
			{"no route-map K8FRR-KERNEL"},
			{"ip prefix-list K8FRR-LISTED seq 7 permit 10.66.0.0/16"},
		} {
			mark := n.heard.Mark()
			n.vtysh(append([]string{"configure terminal"}, drift...)...)
			if runs() == clean {
				t.Logf("%v: changes nothing, or is undone already", drift)
			}
			n.eventually(strings.Join(drift, " / ")+" is undone", func() bool { return runs() == clean })
			n.announced(want...)
			for _, e := range n.heard.Since(mark) {
				if e.Kind.String() == "down" {
					t.Errorf("%v: %v", drift, e)
				}
			}
		}
		n.write("bgp.yaml", edit(t, configuration, "interfaceList", "interfaceList: [kube-lb0, kube-lb1]}\n  #"))
		n.add("10.9.9.3/32")
		n.announced(append(want, "10.9.9.3/32")...)
		for _, line := range mine {
			if !strings.Contains(runs(), line) {
				t.Errorf("the operator's %q is gone", line)
			}
		}
	})
}
