//go:build linux

package agent

import (
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// bgpd lacks a route that zebra has told it of, as it may in the middle of restarts. Here a policy kept it out, which went
// while bgpd looks at no change of policies. The agent has bgpd ask once more, which withdraws nothing.
func TestForgottenRoute(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration, "--resync", "2s")
		n.add("10.9.9.1/32", "10.9.9.3/32")
		n.announced("10.9.9.1/32", "10.9.9.3/32")
		n.mirrored(2)
		n.Kill("agent", syscall.SIGSTOP)
		maps := []string{"K8FRR-IMPORT-CONNECTED", "K8FRR-IMPORT-STATIC"}
		for _, name := range maps {
			n.Vtysh("configure terminal", "ip prefix-list FORGOTTEN seq 5 permit 10.9.9.2/31 ge 32",
				"route-map "+name+" deny 5", "match ip address prefix-list FORGOTTEN")
		}
		n.announced("10.9.9.1/32") // it acts, after bgp route-map delay-timer
		asked := n.imports()
		n.add("10.9.9.2/32")
		n.Until("zebra sends bgpd the second", func() bool { return n.imports() > asked })
		n.Vtysh("configure terminal", "ip route 10.9.9.2/32 kube-lb0 tag 7473 17") // as the agent would
		n.mirrored(3)
		n.Vtysh("configure terminal", "bgp route-map delay-timer 0")
		for _, name := range maps {
			n.Vtysh("configure terminal", "no route-map "+name+" deny 5")
		}
		n.Vtysh("configure terminal", "no ip prefix-list FORGOTTEN")
		n.Vtysh("configure terminal", "bgp route-map delay-timer 1")
		time.Sleep(2 * time.Second)
		n.announced("10.9.9.1/32") // and not the others, which kube-lb0 carries
		mark, logged := n.heard.Mark(), len(n.Logged())
		n.Kill("agent", syscall.SIGCONT)
		n.announced("10.9.9.1/32", "10.9.9.2/32", "10.9.9.3/32")
		n.quiet(mark, "announced 10.9.9.2/32", "announced 10.9.9.3/32")
		n.Configured("the entry is taken back", func(running string) bool { return !strings.Contains(running, "65535") })
		n.Logs(logged, "bgpd lacks mirrored prefixes")
	})
}

var invoked = regexp.MustCompile(`K8FRR-IMPORT-CONNECTED Invoked: (\d+)`)

// imports is how many routes bgpd has asked the import map about.
func (n *node) imports() int {
	n.t.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	out, err := n.FRR.Ask(ctx, "bgpd", "show route-map K8FRR-IMPORT-CONNECTED")
	if err != nil {
		n.t.Fatal(err)
	}
	m := invoked.FindStringSubmatch(out)
	if m == nil {
		n.t.Fatalf("bgpd does not count:\n%s", out)
	}
	count, err := strconv.Atoi(m[1])
	if err != nil {
		n.t.Fatal(err)
	}
	return count
}
