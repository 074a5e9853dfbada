//go:build linux

package agent

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// When staticd goes while zebra has yet to read that addresses have gone, zebra 10.3 keeps their connected routes permanently, in
// about every other case. The agent keeps them from being announced, until kube-lb0 carries them again.
func TestStaleConnectedRoutes(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration, "--resync", "2s")
		stay, come := []string{"10.9.9.1/32", "fd00:9::1/128"}, []string{"10.9.9.2/32", "10.9.9.3/32", "fd00:9::2/128"}
		all := slices.Concat(stay, come)
		n.add(stay...)
		stale := func() bool { return strings.Contains(n.Vtysh("show ip route connected"), " 10.9.9.2/32 ") }
		var was bool
		for range 12 { // until it is so
			n.add(come...)
			n.announced(all...)
			n.mirrored(len(all))
			n.Kill("zebra", syscall.SIGSTOP)
			n.Kill("staticd", syscall.SIGKILL)
			n.del(come...)
			n.Kill("zebra", syscall.SIGCONT)
			time.Sleep(time.Second)
			n.FRR.StartDaemon("staticd")
			n.announced(stay...)
			if was = stale(); was || version.Name == lab.FRR84.Name {
				break
			}
		}
		if want := version.Name == lab.FRR103.Name; was != want {
			t.Errorf("zebra has a stale route: %v", was)
		}
		n.Ready()
		n.Silent()

		mark := n.heard.Mark()
		n.Kill("agent", syscall.SIGKILL)
		<-n.Process("agent").Done()
		n.StartAgent()
		n.Ready()
		n.Silent()
		n.quiet(mark)
		if kept := strings.Contains(n.Vtysh("show running-config"), "K8FRR-STALE"); kept != was {
			t.Errorf("with another agent, stale routes are kept from being announced: %v", kept)
		}

		n.add(come...)
		n.announced(all...)
		n.mirrored(len(all))
		if running := n.Vtysh("show running-config"); strings.Contains(running, "K8FRR-STALE") {
			t.Errorf("they are still kept from being announced:\n%s", running)
		}
	})
}
