//go:build linux

package incluster

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/machine"
)

// The log has a line for what happens, which says it all, and none for what does not: not in as many looks at everything as
// an agent takes in ten minutes, nor for a configuration that is written again as it was.
func TestLog(t *testing.T) {
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, shared)
			heard := s.router("192.0.2.1")
			n := s.node("1", version, nil)
			n.flags = append(n.Refusing(), "--log-format", "json", "--resync", "1s")
			n.start()
			s.must(s.apply(plain))
			n.established(heard)
			n.add("10.9.9.9/32")
			n.announces(heard, "10.9.9.9/32")
			n.healthy()
			n.says("session up", "192.0.2.1")
			var text string
			touched := 0
			s.eventually("the log is silent while nothing happens", func() bool {
				logged := len(n.log())
				n.looks(10)
				touched++
				s.kubectl("label", "bgpconfig", "default", "--overwrite", fmt.Sprint("touched=", touched))
				n.looks(2)
				text = n.log()[logged:]
				return text == ""
			}, func() any { return text })

			s.must(s.apply(edit(t, plain, "peerAsn: 65001}", "peerAsn: 65001, description: other}")))
			line := n.says(`"configuration applied"`, `"generation":2`, `"summary":"1 step, `, "ms, no session reset")
			t.Log(line)
			s.must(s.apply(more("{neighborAddress: 192.0.2.12, peerAsn: 65001, description: refused}")))
			n.says("the declared configuration does not run", "RefusedInPart")
			time.Sleep(3 * time.Second)
			if count := strings.Count(n.log(), "RefusedInPart"); count > 2 { // by the node, and by who keeps the configuration's status
				t.Errorf("it is said %d times that FRR refuses it:\n%s", count, n.log())
			}
		})
	}
}

// looks waits until the agent has compared everything so many times without an event.
func (n *node) looks(times int) {
	n.Helper()
	machine.Looks(n.wait(), n.Host, times)
}

// says waits for a line of the agent's log in JSON that contains every one of some texts, and returns it.
func (n *node) says(texts ...string) string {
	n.Helper()
	var found string
	n.eventually("the log says "+strings.Join(texts, " … "), func() bool {
		for line := range strings.Lines(n.log()) {
			missing := false
			for _, text := range texts {
				missing = missing || !strings.Contains(line, text)
			}
			if missing {
				continue
			}
			if !json.Valid([]byte(line)) {
				n.Errorf("the log is to be JSON: %s", line)
			}
			found = line
			return true
		}
		return false
	})
	return found
}
