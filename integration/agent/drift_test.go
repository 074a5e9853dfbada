//go:build linux

package agent

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// byHand are changes that somebody makes in what is k8frr's, and what the log says of each.
var byHand = []struct {
	commands []string
	says     string
}{
	{[]string{"ip route 10.66.0.0/24 Null0 tag 7473 17"}, "unwanted: ip route 10.66.0.0/24 Null0 tag 7473 17"},
	{[]string{"no ip route 10.9.9.2/32 kube-lb0 tag 7473 17"}, "missing: ip route 10.9.9.2/32 kube-lb0 tag 7473 17"},
	{[]string{"router bgp 65000", "neighbor 10.1.0.1 description drifted"}, "unwanted: router bgp 65000 / neighbor 10.1.0.1 description"},
	{[]string{"router bgp 65000", "address-family ipv4 unicast", "network 10.66.0.0/24"}, "unwanted: router bgp 65000 / address-family ipv4 unicast / network 10.66.0.0/24"},
	{[]string{"router bgp 65000", "address-family ipv4 unicast", "no redistribute static"}, "missing: router bgp 65000 / address-family ipv4 unicast / redistribute static"},
	{[]string{"router bgp 65000", "neighbor 10.1.0.99 remote-as 65099", "neighbor 10.1.0.99 password hunter2"}, "unwanted: router bgp 65000 / neighbor 10.1.0.99"},
	{[]string{"route-map K8FRR-IMPORT-STATIC permit 10", "set metric 77"}, "missing: route-map K8FRR-IMPORT-STATIC permit 10 / set metric 0"},
	{[]string{"route-map K8FRR-STRANGE permit 10"}, "unwanted: route-map K8FRR-STRANGE permit 10"},
	{[]string{"no route-map K8FRR-KERNEL"}, "missing: route-map K8FRR-KERNEL"},
	{[]string{"ip prefix-list K8FRR-LISTED seq 7 permit 10.66.0.0/16"}, "unwanted: ip prefix-list K8FRR-LISTED seq 7"},
}

// linesOf are the lines of a running configuration, in a fixed order, for FRR shows some in that in which they were entered.
func linesOf(running string) []string {
	lines := strings.Split(strings.ReplaceAll(running, "\r", ""), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.Trim(line, "! ") == "" })
	slices.Sort(lines)
	return lines
}

// again waits until exactly some lines run.
func (n *node) again(what string, lines []string) {
	n.t.Helper()
	n.Configured(what, func(running string) bool { return slices.Equal(linesOf(running), lines) })
}

// metrics is what the agent shows Prometheus.
func (n *node) metrics() string {
	n.t.Helper()
	ctx, cancel := n.Deadline()
	defer cancel()
	_, body, err := n.Get(ctx, "http://127.0.0.1:7473/metrics")
	if err != nil {
		n.t.Fatal(err)
	}
	return body
}

// What somebody enters by hand is undone where it is ours, and is left alone where it is not.
func TestDrift(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration, "--resync", "2s")
		n.add("10.9.9.1/32", "10.9.8.9/24")
		n.AddAddress("kube-lb0", "10.9.9.2/32", bare...)
		want := []string{"10.9.9.1/32", "10.9.8.0/24", "10.9.9.2/32"}
		n.announced(want...)
		n.Vtysh("configure terminal", "ip route 10.77.0.0/24 Null0", "access-list MINE seq 5 permit 10.0.0.0/8",
			"ip prefix-list MINE seq 5 permit 10.0.0.0/8", "interface eth0", "description mine")
		mine := []string{"ip route 10.77.0.0/24 Null0", "access-list MINE seq 5 permit 10.0.0.0/8",
			"ip prefix-list MINE seq 5 permit 10.0.0.0/8", " description mine"}
		n.runs(mine)
		clean := linesOf(n.Vtysh("show running-config"))
		if log := n.Logged(); strings.Contains(log, "drift") {
			t.Errorf("the operator's own lines are taken for drift:\n%s", log)
		}
		for _, drift := range byHand {
			what := strings.Join(drift.commands, " / ")
			mark, logged, began := n.heard.Mark(), len(n.Logged()), time.Now()
			n.Vtysh(append([]string{"configure terminal"}, drift.commands...)...)
			said := n.Logs(logged, "it is undone")
			t.Logf("%s: undone after %v", what, time.Since(began).Round(time.Millisecond))
			if !strings.Contains(said, drift.says) {
				t.Errorf("%s: the log does not say %q:\n%s", what, drift.says, said)
			}
			n.again(what, clean)
			n.announced(want...)
			for _, e := range n.heard.Since(mark) {
				if e.Kind.String() == "down" {
					t.Errorf("%s: %v", what, e)
				}
			}
		}
		n.Condition("ConfigurationApplied", "True", "")
		if log := n.Logged(); strings.Contains(log, "hunter2") || strings.Contains(log, "it is left so") {
			t.Errorf("the log shows a password, or drift that was left:\n%s", log)
		}
		if m := n.metrics(); !strings.Contains(m, `k8frr_drifts_total{action="undone"} `) || strings.Contains(m, `k8frr_drifts_total{action="undone"} 0`) {
			t.Errorf("no drift is counted:\n%s", m)
		}
		n.Write("bgp.yaml", edit(t, configuration, "interfaceList", "interfaceList: [kube-lb0, kube-lb1]}\n  #"))
		n.add("10.9.9.3/32")
		n.announced(append(want, "10.9.9.3/32")...)
		n.runs(mine)
	})
}

// With --drift=report, a manual change is reported once and left, regardless of the kernel, until something else is
// declared.
func TestDriftReported(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version, "--resync", "1s", "--drift", "report")
		n.begin(configuration)
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		n.Logs(0, "applied")
		n.Looks(2) // it is seen to run
		drifted := []string{" neighbor 10.1.0.1 description drifted", "route-map K8FRR-STRANGE permit 10"}
		resets, logged := n.heard.Resets(), len(n.Logged())
		n.Vtysh("configure terminal", "route-map K8FRR-STRANGE permit 10", "exit", "router bgp 65000", "neighbor 10.1.0.1 description drifted",
			"neighbor 10.1.0.99 remote-as 65099", "neighbor 10.1.0.99 password hunter2")
		n.Logs(logged, "it is left so")
		n.Condition("ConfigurationApplied", "True", "changed by hand", "--drift=report", "K8FRR-STRANGE")

		n.Looks(3)
		told := strings.Count(n.Logged()[logged:], "it is left so") // once, or twice if a look came in the midst of it
		n.AddAddress("kube-lb0", "10.9.9.2/32", bare...)
		n.announced("10.9.9.1/32", "10.9.9.2/32")
		n.mirrored(2)
		n.del("10.9.9.2/32")
		n.mirrored(1)
		n.announced("10.9.9.1/32")
		n.runs(drifted)
		said := n.Logged()[logged:]
		if told > 2 || strings.Count(said, "it is left so") != told || strings.Contains(said, "it is undone") || strings.Contains(said, "hunter2") {
			t.Errorf("the agent says:\n%s", said)
		}
		n.Condition("ConfigurationApplied", "True", "changed by hand")
		if m := n.metrics(); !strings.Contains(m, fmt.Sprintf(`k8frr_drifts_total{action="reported"} %d`, told)) || !strings.Contains(m, `k8frr_drifts_total{action="undone"} 0`) {
			t.Errorf("not what is told is counted:\n%s", m)
		}

		// One that is refused as a whole leaves it, too.
		n.Write("bgp.yaml", edit(t, configuration, second, `  - config: {neighborInterface: "10.1.0.9", peerAsn: 65001}`+"\n"+second))
		n.Condition("ConfigurationApplied", "False", "spec.neighbors[1].config.neighborInterface", "is an address")
		n.Looks(3)
		n.runs(drifted)

		n.Write("bgp.yaml", edit(t, configuration, `"fd00:1::1", peerAsn`, `"fd00:1::1", description: declared, peerAsn`))
		n.runs([]string{" neighbor fd00:1::1 description declared"}, drifted...)
		n.Logs(logged, "it is undone")
		if c := n.Condition("ConfigurationApplied", "True"); strings.Contains(c.Message, "by hand") {
			t.Errorf("the status still says %q", c.Message)
		}
		if m := n.metrics(); !strings.Contains(m, `k8frr_drifts_total{action="undone"} 1`) {
			t.Errorf("the undone drift is not counted:\n%s", m)
		}
		if n.heard.Resets() != resets {
			t.Errorf("%d sessions ended", n.heard.Resets()-resets)
		}
	})
}
