//go:build linux

package agent

import (
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// What a peer is told of because a route map changes while its session is so new that bgpd has not told it all it has
// (`coalesce-time`) bgpd 8.4 does not withdraw when it goes in that time, nor later. The agent has it withdrawn, and nothing
// else happens to what is announced. 10.3 withdraws it by itself.
func TestLostWithdrawal(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration, "--resync", "2s")
		stay, go4, go6 := []string{"10.9.9.1/32", "fd00:9::1/128"}, "10.9.9.2/32", "fd00:9::2/128"
		all := append([]string{go4, go6}, stay...)
		n.add(all...)
		n.announced(all...)
		n.mirrored(len(all))
		n.Kill("agent", syscall.SIGSTOP)
		n.Vtysh("configure terminal", "router bgp 65000", "coalesce-time 8000") // instead of 1000: there is time
		if err := n.heard.Notify(6, 4); err != nil {
			t.Fatal(err)
		}
		n.Until("the sessions are new", func() bool { return n.heard.Resets() >= 2 && len(n.heard.Established()) == 2 })
		n.Vtysh("configure terminal", "route-map K8FRR-ORIGINATED permit 60000", "exit", "bgp route-map delay-timer 0")
		n.announced(all...)
		n.del(go4, go6)
		n.Vtysh("configure terminal", "no ip route "+go4+" kube-lb0 tag 7473", "no ipv6 route "+go6+" kube-lb0 tag 7473") // as the agent would
		n.established("10.1.0.2", "fd00:1::2")
		n.Vtysh("configure terminal", "no route-map K8FRR-ORIGINATED permit 60000", "bgp route-map delay-timer 1")
		n.Vtysh("configure terminal", "router bgp 65000", "no coalesce-time 8000")
		time.Sleep(time.Second)
		if version.Name == lab.FRR84.Name {
			n.announced(all...) // although bgpd has two of them no more
		} else {
			n.announced(stay...)
		}
		mark, logged := n.heard.Mark(), len(n.Logged())
		n.Kill("agent", syscall.SIGCONT)
		n.announced(stay...)
		if version.Name == lab.FRR84.Name {
			n.quiet(mark, "withdrawn "+go4, "withdrawn "+go6)
			n.Logs(logged, "has announced "+go4+", which it has no path for")
		} else {
			n.quiet(mark)
		}
		n.Ready()
	})
}
