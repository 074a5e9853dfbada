//go:build linux

package agent

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// bgpd lacks a route that zebra has told it of, as it may in the midst of restarts. Here a policy kept it out, which went
// while bgpd looks at no change of policies. The agent has bgpd ask once more, which withdraws nothing.
func TestForgottenRoute(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration, "--resync", "2s")
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		n.mirrored(1)
		n.Kill("agent", syscall.SIGSTOP)
		n.Vtysh("configure terminal", "ip prefix-list FORGOTTEN seq 5 permit 10.9.9.2/32",
			"route-map K8FRR-IMPORT deny 1", "match ip address prefix-list FORGOTTEN")
		time.Sleep(2 * time.Second) // until that acts (bgp route-map delay-timer)
		n.add("10.9.9.2/32")
		n.Vtysh("configure terminal", "ip route 10.9.9.2/32 kube-lb0 tag 7473") // as the agent would
		time.Sleep(time.Second)
		n.Vtysh("configure terminal", "bgp route-map delay-timer 0", "no route-map K8FRR-IMPORT deny 1")
		n.Vtysh("configure terminal", "no ip prefix-list FORGOTTEN")
		n.Vtysh("configure terminal", "bgp route-map delay-timer 1")
		time.Sleep(2 * time.Second)
		n.announced("10.9.9.1/32") // and not the second, which kube-lb0 carries
		mark, logged := n.heard.Mark(), len(n.Logged())
		n.Kill("agent", syscall.SIGCONT)
		n.announced("10.9.9.1/32", "10.9.9.2/32")
		n.quiet(mark, "announced 10.9.9.2/32")
		n.Configured("the entry is taken back", func(running string) bool { return !strings.Contains(running, "65535") })
		n.Logs(logged, "bgpd lacks mirrored prefixes")
	})
}
