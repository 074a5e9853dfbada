//go:build linux

package agent

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// slower has other timers, which FRR and its peers agree on at the start of a session.
func slower(t *testing.T) string {
	return strings.ReplaceAll(configuration, "timers: {connectRetry: 1}", "timers: {connectRetry: 1, holdTime: 30, keepaliveInterval: 10}")
}

// holdTimes are those that the sessions run with.
func (n *node) holdTimes() map[string]int {
	n.t.Helper()
	var neighbors map[string]struct {
		Milliseconds int `json:"bgpTimerHoldTimeMsecs"`
	}
	if err := json.Unmarshal([]byte(n.Vtysh("show bgp neighbors json")), &neighbors); err != nil {
		n.t.Fatal(err)
	}
	times := map[string]int{}
	for name, neighbor := range neighbors {
		times[name] = neighbor.Milliseconds / 1000
	}
	return times
}

// What acts at the next session only is said to be pending until then, by an agent that comes later, too. A soft clear is no new
// session.
func TestPendingChanges(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		time.Sleep(2 * time.Second) // FRR tells the age of a session in seconds
		mark := n.heard.Mark()
		n.Write("bgp.yaml", slower(t))
		pending := []string{"spec.neighbors[0]: acts when the session with 10.1.0.1 is next established", "timers 10 30",
			"spec.neighbors[1]: acts when the session with fd00:1::1 is next established"}
		n.Condition("ConfigurationApplied", "True", pending...)
		n.Vtysh("clear bgp 10.1.0.1 soft")
		time.Sleep(3 * time.Second)
		n.Condition("ConfigurationApplied", "True", pending...)
		if times := n.holdTimes(); times["10.1.0.1"] != 90 || times["fd00:1::1"] != 90 {
			t.Errorf("the sessions run with the hold times %v", times)
		}
		n.undisturbed(mark)

		n.KillAgent(syscall.SIGKILL)
		n.StartAgent()
		n.Condition("ConfigurationApplied", "True", pending...)
		n.undisturbed(mark)
		n.Vtysh("clear bgp 10.1.0.1")
		n.Until("the first session has begun anew", func() bool {
			c := n.Condition("ConfigurationApplied", "True")
			return !strings.Contains(c.Message, "10.1.0.1") && strings.Contains(c.Message, "fd00:1::1")
		})
		n.Until("the hold time is the new one", func() bool { return n.holdTimes()["10.1.0.1"] == 30 })
		n.Vtysh("clear bgp fd00:1::1")
		n.Until("nothing is pending", func() bool {
			return !strings.Contains(n.Condition("ConfigurationApplied", "True").Message, "acts when")
		})
	})
}

// With --clear-pending, exactly the sessions that something is pending for are cleared, each when the one before it is back.
func TestPendingChangesAreApplied(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration, "--clear-pending")
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		time.Sleep(2 * time.Second)
		mark, began := n.heard.Mark(), time.Now()
		n.Write("bgp.yaml", slower(t))
		n.Until("both sessions run with the new hold time", func() bool {
			times := n.holdTimes()
			return times["10.1.0.1"] == 30 && times["fd00:1::1"] == 30
		})
		t.Logf("all acts after %v", time.Since(began).Round(time.Millisecond))
		n.Until("nothing is pending", func() bool {
			c := n.Condition("ConfigurationApplied", "True").Message
			return !strings.Contains(c, "acts when") && !strings.Contains(c, "was cleared")
		})
		down := map[string]int{}
		away := 0
		for _, e := range n.heard.Since(mark) {
			switch e.Kind {
			case listener.Down:
				down[e.Peer.String()]++
				away++
			case listener.Established:
				away--
			}
			if away > 1 {
				t.Errorf("no session is left: %v", e)
			}
		}
		if len(down) != 2 || down["10.1.0.2"] != 1 || down["fd00:1::2"] != 1 {
			t.Errorf("the sessions ended %v times", down)
		}
		n.announced("10.9.9.1/32")

		// What needs no session again clears none.
		resets := n.heard.Resets()
		n.Write("bgp.yaml", edit(t, slower(t), "10.1.0.1, peerAsn", "10.1.0.1, description: other, peerAsn"))
		n.runs([]string{" neighbor 10.1.0.1 description other"})
		time.Sleep(5 * time.Second)
		if n.heard.Resets() != resets {
			t.Errorf("%d sessions were cleared for nothing", n.heard.Resets()-resets)
		}
	})
}
