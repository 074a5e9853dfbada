//go:build linux

package agent

import (
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// Somebody edits FRR's configuration (10.x). The agent says since when it waits, in words that do not change, and afterwards how
// long it was.
func TestLockIsWaitedFor(t *testing.T) {
	t.Parallel()
	n := running(t, lab.FRR103, configuration)
	n.add("10.9.9.1/32")
	n.announced("10.9.9.1/32")
	ctx, cancel := n.Deadline()
	defer cancel()
	unlock, err := n.FRR.Lock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	logged := len(n.Logged())
	n.AddAddress("kube-lb0", "10.9.9.2/32", bare...) // whose route goes to mgmtd, which is locked; what is bgpd's alone would not wait
	n.Write("bgp.yaml", edit(t, configuration, "10.1.0.1, peerAsn", "10.1.0.1, description: waits, peerAsn"))
	before := n.Condition("ConfigurationApplied", "False", "locked by another session", "waited for since", "instead of generation 2")
	n.Logs(logged, "locked by another session")
	time.Sleep(5 * time.Second)
	if now := n.Condition("ConfigurationApplied", "False", "locked by another session"); now.Message != before.Message {
		t.Errorf("the status said\n%s\nand says\n%s", before.Message, now.Message)
	}
	if said := n.Logged()[logged:]; strings.Count(said, "locked by another session") > 1 {
		t.Errorf("it is said more than once:\n%s", said)
	}
	unlock()
	n.Condition("ConfigurationApplied", "True")
	n.Logs(logged, "FRR's configuration is not locked any more")
	n.runs([]string{" neighbor 10.1.0.1 description waits"})
	n.announced("10.9.9.1/32", "10.9.9.2/32")
}
