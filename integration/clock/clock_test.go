//go:build linux

package clock

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

const configuration = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001, description: first}
    timers: {connectRetry: 1, holdTime: 90}
`

// The clock of a machine with a node of each version jumps. No session ends; addresses are announced and withdrawn, what is
// declared is applied, and the status is written, with the time that the clock shows. What waits for the next session to act is
// known to act once there was one.
func TestJumps(t *testing.T) {
	var nodes []*node
	for _, v := range lab.Versions {
		nodes = append(nodes, newNode(t, v))
	}
	for i, jump := range []time.Duration{400 * 24 * time.Hour, -26 * time.Hour, -time.Hour, time.Hour, -90 * time.Second}[:*jumps] {
		for _, n := range nodes {
			n.declare("first", fmt.Sprintf("after %d jumps", i), "holdTime: 90", fmt.Sprint("holdTime: ", 60-i))
			n.Condition("ConfigurationApplied", "True", "acts when the session with 10.1.0.1 is next established")
		}
		shift(t, jump)
		t.Logf("the clock jumped by %v, to %s", jump, time.Now().Format(time.DateTime))
		for _, n := range nodes {
			t.Run(fmt.Sprintf("%s after %v", n.FRR.Version, jump), func(t *testing.T) { n.goesOn(i) })
		}
	}
}

// shift sets the clock.
func shift(t *testing.T, by time.Duration) {
	t.Helper()
	tv := unix.NsecToTimeval(time.Now().Add(by).UnixNano())
	if err := unix.Settimeofday(&tv); err != nil {
		t.Fatal(err)
	}
}

// node is a node, and the router that it peers with.
type node struct {
	*machine.Node
	heard *listener.Listener
}

func newNode(t *testing.T, v lab.Version) *node {
	l := lab.New(t)
	host, router := l.Host("node"), l.Host("router")
	l.Connect(host.Port("eth0", "10.1.0.2/24"), router.Port("eth0", "10.1.0.1/24"))
	host.KubeLB("kube-lb0")
	wait := machine.Wait{TB: t, Patience: 2 * time.Minute, Rest: time.Second}
	n := &node{machine.New(wait, host, v, os.Getenv(agent), "--resync", "5s"), router.Listen(listener.Config{ASN: 65001})}
	n.Write("bgp.yaml", configuration)
	n.StartAgent()
	n.AddAddress("kube-lb0", "10.9.9.1/32")
	n.Told(n.heard, "10.1.0.2")
	n.Hears(n.heard, "10.9.9.1/32")
	n.Ready()
	return n
}

// declare replaces pieces of the configuration.
func (n *node) declare(oldnew ...string) {
	n.Helper()
	n.Write("bgp.yaml", strings.NewReplacer(oldnew...).Replace(configuration))
}

// goesOn makes sure that everything does.
func (n *node) goesOn(number int) {
	n.Helper()
	resets := n.heard.Resets()
	n.AddAddress("kube-lb0", "10.9.9.2/32")
	n.Hears(n.heard, "10.9.9.1/32", "10.9.9.2/32")
	n.DelAddress("kube-lb0", "10.9.9.2/32")
	n.Hears(n.heard, "10.9.9.1/32")
	n.AddAddress("kube-lb0", "10.9.9.3/32", lab.NoPrefixRoute) // which rests on the agent
	n.Hears(n.heard, "10.9.9.1/32", "10.9.9.3/32")
	n.DelAddress("kube-lb0", "10.9.9.3/32")
	n.Hears(n.heard, "10.9.9.1/32")

	// The session is the one from before.
	n.Condition("ConfigurationApplied", "True", "acts when the session with 10.1.0.1 is next established")

	n.declare("first", "and told otherwise", "holdTime: 90", fmt.Sprint("holdTime: ", 60-number))
	n.Configured("what is declared is applied", func(running string) bool { return strings.Contains(running, "description and told otherwise") })
	n.Ready()
	n.Until("the status is of now", func() bool {
		s, err := n.Report()
		return err == nil && s.Status.Healthy && s.Status.LastUpdated != nil && time.Since(s.Status.LastUpdated.Time).Abs() < time.Minute
	}, func() any { s, err := n.Report(); return fmt.Sprint(s.Status.LastUpdated, err) })
	if ended := n.heard.Resets() - resets; ended > 0 {
		n.Errorf("%d sessions ended", ended)
	}

	n.Vtysh("clear bgp *")
	n.Until("what waited for a session acts, and the status knows", func() bool {
		s, err := n.Report()
		return err == nil && len(n.heard.From(netip.MustParseAddr("10.1.0.2")).Established()) == 1 && !strings.Contains(fmt.Sprint(s.Status.Conditions), "is next established")
	}, func() any { s, _ := n.Report(); return s.Status.Conditions })
}
