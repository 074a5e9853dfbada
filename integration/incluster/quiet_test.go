//go:build linux

package incluster

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// The log has a line for what happens, which says it all, and none for what does not: not in as many looks at everything as
// an agent takes in ten minutes, nor for a configuration that is written anew as it was.
func TestLog(t *testing.T) {
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, shared)
			heard := s.router("192.0.2.1")
			n := s.node("1", version, nil)
			n.flags = []string{"--log-format", "json", "--resync", "1s"}
			n.start()
			s.must(s.apply(plain))
			n.established(heard)
			n.add("10.9.9.9/32")
			n.announces(heard, "10.9.9.9/32")
			n.healthy()
			n.says("session up", "192.0.2.1")
			time.Sleep(3 * time.Second) // the last of it is told
			logged := len(n.log())
			time.Sleep(10 * time.Second)
			s.kubectl("label", "bgpconfig", "default", "touched=yes")
			time.Sleep(time.Second)
			if text := n.log()[logged:]; text != "" {
				t.Errorf("nothing happened, and the agent wrote:\n%s", text)
			}

			s.must(s.apply(edit(t, plain, "peerAsn: 65001}", "peerAsn: 65001, description: other}")))
			line := n.says("applied generation 2: 1 step, ", "ms, no session reset")
			t.Log(line)
			s.must(s.apply(more("{neighborAddress: 192.0.2.11, peerAsn: 65001}")))
			n.says("the declared configuration does not run", "RefusedByFRR")
			time.Sleep(3 * time.Second)
			if count := strings.Count(n.log(), "RefusedByFRR"); count > 2 { // by the node, and by who keeps the configuration's status
				t.Errorf("it is said %d times that FRR refuses it:\n%s", count, n.log())
			}
		})
	}
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
