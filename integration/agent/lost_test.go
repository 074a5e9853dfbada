//go:build linux

package agent

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
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
		static4, static6 := "ip route "+go4+" kube-lb0 tag 7473 17", "ipv6 route "+go6+" kube-lb0 tag 7473 17"
		// On a busy machine the time in which a session is new is over too soon: then it is made longer.
		for coalesce := 8 * time.Second; !n.goesWhileNew(coalesce, all, func() {
			n.del(go4, go6)
			n.Vtysh("configure terminal", "no "+static4, "no "+static6) // as the agent would
		}); coalesce *= 2 {
			if coalesce > patience {
				t.Fatalf("a session is new for %v, which is not long enough", coalesce)
			}
			n.add(go4, go6)
			n.Vtysh("configure terminal", static4, static6)
			n.announced(all...)
		}
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

// goesWhileNew has all sessions begin again, and routes go that each peer is told of before bgpd is done with its first words.
// It reports whether that was in time.
func (n *node) goesWhileNew(coalesce time.Duration, all []string, goes func()) bool {
	n.t.Helper()
	setting := fmt.Sprintf("coalesce-time %d", coalesce.Milliseconds())
	n.Vtysh("configure terminal", "router bgp 65000", setting) // instead of 1000
	resets, mark := n.heard.Resets(), n.heard.Mark()
	if err := n.heard.Notify(6, 4); err != nil {
		n.t.Fatal(err)
	}
	n.Until("the sessions are new", func() bool { return n.heard.Resets() >= resets+2 && len(n.heard.Established()) == 2 })
	n.Vtysh("configure terminal", "route-map K8FRR-ORIGINATED permit 60000", "exit", "bgp route-map delay-timer 0")
	n.announced(all...)
	goes()
	n.Vtysh("show bgp summary") // bgpd answers after what it was told before
	inTime := !slices.ContainsFunc(n.heard.Since(mark), func(e listener.Event) bool { return e.Kind == listener.EndOfRIB })
	n.established("10.1.0.2", "fd00:1::2")
	n.Vtysh("configure terminal", "no route-map K8FRR-ORIGINATED permit 60000", "bgp route-map delay-timer 1")
	n.Vtysh("configure terminal", "router bgp 65000", "no "+setting)
	return inTime
}
