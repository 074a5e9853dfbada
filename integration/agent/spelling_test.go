//go:build linux

package agent

import (
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/status"
)

// A node is ready, and stays so, whose addresses and whose neighbor FRR spells otherwise than netip: all of ::/96, and before
// FRR 10 all of ::ffff:0:0/96, which the kernel has no addresses of, but routes.
func TestAddressesThatFRRSpellsOtherwise(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		l := lab.New(t)
		host, router := l.Host("node-a"), l.Host("router")
		l.Connect(host.Port("eth0", "10.1.0.2/24", "::10.1.0.2/120"), router.Port("eth0", "10.1.0.1/24", "::10.1.0.1/120"))
		n := prepare(t, host, version)
		n.router, n.heard = router, router.Listen(listener.Config{ASN: 65001})
		n.Write("bgp.yaml", strings.ReplaceAll(configuration, "fd00:1::1", "::10.1.0.1"))
		n.StartAgent()
		n.established("10.1.0.2", "::10.1.0.2")
		prefixes := []string{"::9.9.9.9/128", "::ffff:0:9.9.9.11/128", "64:ff9b::9.9.9.12/128", "::8.8.8.0/120", "fd00::5efe:9.9.9.13/128"}
		n.add("::9.9.9.9/128", "::ffff:0:9.9.9.11/128", "64:ff9b::9.9.9.12/128", "::8.8.8.8/120", "fd00::5efe:9.9.9.13/128")
		n.AddAddress("kube-lb0", "::9.9.9.14/128", bare...)
		prefixes = append(prefixes, "::9.9.9.14/128")
		n.announced(prefixes...)
		n.Ready()
		n.Silent()
		n.mirrored(len(prefixes))
		n.Condition(status.ImportHealthy, "True", "All 6 addresses are in BGP")
		n.Until("the status knows the session with ::10.1.0.1", func() bool {
			s, err := n.Report()
			if err != nil {
				return false
			}
			for _, neighbor := range s.Status.Neighbors {
				if neighbor.Address == "::a01:1" {
					return neighbor.State == status.Established && neighbor.PrefixesSent == 6
				}
			}
			return false
		})
		n.del("::9.9.9.9/128", "::8.8.8.8/120", "::9.9.9.14/128")
		n.announced("::ffff:0:9.9.9.11/128", "64:ff9b::9.9.9.12/128", "fd00::5efe:9.9.9.13/128")
		n.mirrored(3)
		n.Silent()
		if logged := n.Logged(); strings.Contains(logged, "drift") || strings.Contains(logged, "is told again") {
			t.Errorf("the agent found fault with FRR:\n%s", logged)
		}
	})
}
