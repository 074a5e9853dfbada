package fold

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// Node is what folding needs of a BGPNodeStatus, which may be a hundred times as
// large.
type Node struct {
	Name string
	// Updated is when the agent wrote, by the clock of its node; Heard is the
	// same by the clock of who folds.
	Updated, Heard time.Time
	Heartbeat      time.Duration
	// Ended says that the agent has ended.
	Ended bool
	// Applied is the condition ConfigurationApplied, RouterID the condition
	// RouterIDResolved.
	Applied, RouterID     metav1.Condition
	RouterIDSource        string
	Sessions, Established int32
	// Problem is the most severe of the node, but for what Applied says; nil if it
	// has none.
	Problem *v1.NodeProblem
}

// Digest takes from a status what folding needs.
func Digest(o *v1.BGPNodeStatus) Node {
	s := &o.Status
	n := Node{
		Name: o.Name, Heartbeat: time.Duration(s.HeartbeatSeconds) * time.Second, RouterIDSource: s.RouterIDSource,
		Sessions: s.NeighborCount, Established: s.EstablishedCount,
	}
	if s.LastUpdated != nil {
		n.Updated, n.Heard = s.LastUpdated.Time, s.LastUpdated.Time
	}
	if n.Heartbeat <= 0 {
		n.Heartbeat = status.DefaultHeartbeatSeconds * time.Second
	}
	for _, c := range s.Conditions {
		c.Message = shorten(c.Message)
		switch c.Type {
		case status.ConfigurationApplied:
			n.Applied = c
			continue
		case status.RouterIDResolved:
			n.RouterID = c
		case status.Ready:
			n.Ended = c.Reason == status.ReasonAgentShutdown
			continue
		}
		if n.Problem == nil && c.Status == metav1.ConditionFalse {
			n.Problem = &v1.NodeProblem{Node: o.Name, Reason: c.Reason, Message: c.Message}
		}
	}
	// Ready repeats the others; what it says alone is about sessions.
	ready := meta.FindStatusCondition(s.Conditions, status.Ready)
	if n.Problem == nil && n.Applied.Status == metav1.ConditionTrue && ready != nil && ready.Status == metav1.ConditionFalse {
		n.Problem = &v1.NodeProblem{Node: o.Name, Reason: ready.Reason, Message: shorten(ready.Message)}
	}
	return n
}

// HeardAfter is the node as it is told now, after it was known as before. That it
// was written is heard when it is told: its clock may be wrong. Of a node that
// was not known nothing else can be said than what its clock says, except that
// it has not written in the future.
func (n Node) HeardAfter(before Node, known bool, now time.Time) Node {
	switch {
	case known && n.Updated.Equal(before.Updated):
		n.Heard = before.Heard
	case known || n.Heard.After(now):
		n.Heard = now
	}
	return n
}

// stale says that nobody knows what the node runs now: its agent has ended, or
// has not written for three heartbeats.
func (n *Node) stale(now time.Time) bool { return n.Ended || now.Sub(n.Heard) > 3*n.Heartbeat }

// clock is what the node's clock says now.
func (n *Node) clock(now time.Time) time.Time { return n.Updated.Add(now.Sub(n.Heard)) }

// outcome is what became of a generation on a node.
type outcome int

const (
	progressing outcome = iota
	applied
	failed
	invalid
)

// patience is how long a node may take for a generation whose trouble may pass by itself: FRR does not answer,
// somebody has its configuration locked.
const patience = 2 * time.Minute

func (n *Node) outcome(generation int64, now time.Time) outcome {
	c := n.Applied
	switch {
	case c.ObservedGeneration != generation:
		return progressing // it has yet to hear of it
	case c.Status == metav1.ConditionTrue:
		return applied
	}
	switch status.Outcome(c.Reason) {
	case status.OutcomeInvalid:
		return invalid
	case status.OutcomeRefused, status.OutcomeRefusedInPart, status.OutcomeRouterIDUnresolved:
		return failed
	}
	if n.clock(now).Sub(c.LastTransitionTime.Time) > patience {
		return failed
	}
	return progressing
}

// shorten keeps one node from filling the status of all.
func shorten(text string) string {
	const longest = 300
	if len(text) <= longest {
		return text
	}
	end := longest - len(" …")
	for end > 0 && text[end]&0xc0 == 0x80 { // within a character
		end--
	}
	return text[:end] + " …"
}
