//go:build linux

package incluster

import (
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/lab"
)

// The agent is upgraded: nothing is heard of it but by who reads the status, which says so and is otherwise true all the
// time.
func TestAgentRestarts(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared)
	heard := s.router("192.0.2.1")
	n := s.node("1", lab.FRR84, nil)
	n.start()
	n.add("10.9.9.9/32")
	s.must(s.apply(plain))
	n.established(heard)
	n.announces(heard, "10.9.9.9/32")
	before := n.reports("everything works", func(s *v1.BGPNodeStatusData) bool { return s.Healthy && s.RIB.LocalRouteCount == 1 })
	mark := heard.Mark()
	history := n.history()

	n.endAgent(syscall.SIGTERM)
	if err := n.Process("agent").Err(); err != nil {
		t.Errorf("the agent ends with %v", err)
	}
	if healthy := s.kubectl("get", "bgpnodestatus", n.name, "-o", "jsonpath={.status.healthy}"); healthy != "false" {
		t.Errorf("after the end of the agent healthy is %q", healthy)
	}
	ended := n.object().Status
	if c := conditionOf(&ended, "Ready"); c.Status != metav1.ConditionFalse || c.Reason != "AgentShutdown" {
		t.Errorf("after the end of the agent: %+v", c)
	}
	time.Sleep(1100 * time.Millisecond) // times of transition are in seconds

	began := time.Now()
	n.startAgent()
	n.healthy()
	t.Logf("healthy again %v after the start", time.Since(began).Round(time.Millisecond))
	time.Sleep(3 * time.Second) // whatever it might still do
	s.quiet(heard, mark)

	after := n.object().Status
	for _, kind := range []string{"FRRReachable", "ConfigurationApplied", "RouterIDResolved", "ImportHealthy"} {
		if b, a := conditionOf(&before.Status, kind), conditionOf(&after, kind); !a.LastTransitionTime.Equal(&b.LastTransitionTime) {
			t.Errorf("%s has been %s all the time, but its time of transition went from %v to %v", kind, a.Status, b.LastTransitionTime, a.LastTransitionTime)
		}
	}
	end, ready := conditionOf(&ended, "Ready").LastTransitionTime, conditionOf(&after, "Ready").LastTransitionTime
	if !end.Before(&ready) {
		t.Errorf("Ready was false from %v, and true again from %v", end, ready)
	}
	if b, a := before.Status.Neighbors[0].SessionUpSince, after.Neighbors[0].SessionUpSince; a == nil || !a.Equal(b) {
		t.Errorf("the session has been up all the time, but its beginning went from %v to %v", b, a)
	}
	for _, o := range history() {
		c := conditionOf(&o.Status, "ConfigurationApplied")
		if c.Status != metav1.ConditionTrue || o.Status.NeighborCount != 1 || o.Status.RIB.LocalRouteCount != 1 {
			t.Errorf("meanwhile the status said: %d neighbors, %d prefixes, %s %s", o.Status.NeighborCount, o.Status.RIB.LocalRouteCount, c.Reason, c.Message)
		}
	}
}

// history watches the node's status, and returns every version of it since.
func (n *node) history() func() []*v1.BGPNodeStatus {
	n.Helper()
	w, err := n.admin.BGPNodeStatuses().Watch(n.Context(), metav1.ListOptions{
		FieldSelector: fields.OneTermEqualSelector("metadata.name", n.name).String()})
	n.must(err)
	var mu sync.Mutex
	var versions []*v1.BGPNodeStatus
	go func() {
		for e := range w.ResultChan() {
			if o, ok := e.Object.(*v1.BGPNodeStatus); ok {
				mu.Lock()
				versions = append(versions, o)
				mu.Unlock()
			}
		}
	}()
	n.Cleanup(w.Stop)
	return func() []*v1.BGPNodeStatus {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(versions)
	}
}
