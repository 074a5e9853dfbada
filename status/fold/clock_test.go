package fold

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// TestClocks has nodes whose clocks are an hour off: they write, or have fallen silent, and what they say is judged by how
// long ago it was heard of.
func TestClocks(t *testing.T) {
	for name, off := range map[string]time.Duration{"right": 0, "behind": -time.Hour, "ahead": time.Hour} {
		// at is the node as it was told some time ago, having written just then.
		at := func(ago time.Duration, before Node, known bool, changes ...func(*v1.BGPNodeStatus)) Node {
			o := node("a", 3, changes...)
			written := metav1.NewTime(now.Add(off - ago))
			o.Status.LastUpdated = &written
			return Digest(o).HeardAfter(before, known, now.Add(-ago))
		}
		first := at(4*time.Minute, Node{}, false)
		if n := at(4*time.Minute, first, true); !n.stale(now) {
			t.Errorf("%s: silent for 4 minutes, but not stale", name)
		}
		second := at(time.Minute, first, true)
		if second.stale(now) {
			t.Errorf("%s: it has written a minute ago, and is stale", name)
		}
		for since, want := range map[time.Duration]outcome{time.Minute: progressing, 3 * time.Minute: failed} {
			n := at(0, second, true, fails(status.ConfigurationApplied, string(status.OutcomeFRRUnreachable), "", since-off))
			if got := n.outcome(3, now); got != want {
				t.Errorf("%s: what fails since %v is %v, want %v", name, since, got, want)
			}
		}
	}
	if n := Digest(node("a", 3)).HeardAfter(Node{}, false, now.Add(-2*time.Hour)); n.Heard.After(now.Add(-2 * time.Hour)) {
		t.Errorf("an agent that has just been heard of is said to have written later, %v", n.Heard)
	}
}
