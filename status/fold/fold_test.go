package fold

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

var now = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// node is the status of a node that runs a generation and has one of one sessions.
func node(name string, generation int64, changes ...func(*v1.BGPNodeStatus)) *v1.BGPNodeStatus {
	updated := metav1.NewTime(now.Add(-10 * time.Second))
	o := &v1.BGPNodeStatus{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: v1.BGPNodeStatusData{
		NodeName: name, LastUpdated: &updated, HeartbeatSeconds: 60, RouterIDSource: "node-ipv4", NeighborCount: 1, EstablishedCount: 1,
	}}
	for _, kind := range []string{status.Ready, status.FRRReachable, status.ConfigurationApplied, status.RouterIDResolved} {
		o.Status.Conditions = append(o.Status.Conditions, metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: "Fine",
			ObservedGeneration: generation, LastTransitionTime: metav1.NewTime(now.Add(-time.Hour))})
	}
	for _, change := range changes {
		change(o)
	}
	return o
}

// fails has a condition of a node fail, since some time.
func fails(kind, reason, message string, since time.Duration) func(*v1.BGPNodeStatus) {
	return func(o *v1.BGPNodeStatus) {
		for _, k := range []string{kind, status.Ready} {
			c := meta.FindStatusCondition(o.Status.Conditions, k)
			c.Status, c.Reason, c.Message, c.LastTransitionTime = metav1.ConditionFalse, reason, message, metav1.NewTime(now.Add(-since))
		}
	}
}

func ended(o *v1.BGPNodeStatus) {
	c := meta.FindStatusCondition(o.Status.Conditions, status.Ready)
	c.Status, c.Reason = metav1.ConditionFalse, status.ReasonAgentShutdown
}

func silent(o *v1.BGPNodeStatus) {
	t := metav1.NewTime(now.Add(-181 * time.Second))
	o.Status.LastUpdated = &t
}

func noSession(o *v1.BGPNodeStatus) {
	o.Status.EstablishedCount = 0
	fails(status.Ready, status.ReasonDegraded, "Of 1 sessions, 1 are not established.", time.Minute)(o)
}

func configuration(generation int64) *v1.BGPConfiguration {
	return &v1.BGPConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "default", Generation: generation},
		Spec: v1.BGPConfigurationSpec{Neighbors: make([]v1.Neighbor, 2)}}
}

func foldOf(generation int64, nodes ...*v1.BGPNodeStatus) v1.BGPConfigurationStatus {
	in := Input{Now: now, Configuration: configuration(generation)}
	for _, o := range nodes {
		in.Nodes = append(in.Nodes, Digest(o))
	}
	return Fold(in)
}

func TestFold(t *testing.T) {
	const applied = status.ConfigurationApplied
	for name, c := range map[string]struct {
		nodes                       []*v1.BGPNodeStatus
		ready, rollout, sessions    string
		resolved, message, problems string
	}{
		"nobody": {nil, "Unknown/NotReported", "0/0", "0/0", "Unknown/NotKnown", "No node reports", ""},
		"all run it": {[]*v1.BGPNodeStatus{node("a", 7), node("b", 7), node("c", 7)}, "True/ReconcileSuccess", "3/3", "3/3",
			"True/Resolved", "Generation 7 runs on 3 of 3 nodes. Sessions: 3 of 3 established.", ""},
		"one has yet to hear of it": {[]*v1.BGPNodeStatus{node("a", 7), node("b", 6)}, "False/Progressing", "1/2", "2/2", "True/Resolved", "runs on 1 of 2", ""},
		"one is at it": {[]*v1.BGPNodeStatus{node("a", 7), node("b", 7, fails(applied, "Pending", "it is being applied", time.Second))},
			"False/Progressing", "1/2", "2/2", "True/Resolved", "", ""},
		"one has been at it for too long": {[]*v1.BGPNodeStatus{node("a", 7), node("b", 7, fails(applied, "Pending", "FRR is locked", 3*time.Minute))},
			"False/ReconcileFailed", "1/2", "2/2", "True/Resolved", "1 cannot have it, first b: FRR is locked", "b:Pending"},
		"FRR refuses it on one": {[]*v1.BGPNodeStatus{node("a", 7), node("b", 7, fails(applied, "RefusedByFRR", "spec.neighbors[1]: no", time.Second)), node("c", 6)},
			"False/ReconcileFailed", "1/3", "3/3", "True/Resolved", "first b: spec.neighbors[1]: no", "b:RefusedByFRR"},
		"the one before it was refused": {[]*v1.BGPNodeStatus{node("a", 6, fails(applied, "RefusedByFRR", "no", time.Hour))},
			"False/Progressing", "0/1", "1/1", "True/Resolved", "", ""},
		"invalid": {[]*v1.BGPNodeStatus{node("a", 7, fails(applied, "ConfigurationInvalid", "spec.x: no", time.Second)), node("b", 7, fails(applied, "RefusedByFRR", "no", 0))},
			"False/ConfigurationInvalid", "0/2", "2/2", "True/Resolved", "", "a:ConfigurationInvalid b:RefusedByFRR"},
		"no router ID": {[]*v1.BGPNodeStatus{node("a", 7), node("b", 7, fails(applied, "RouterIDUnresolved", "no annotation", 0), fails(status.RouterIDResolved, "ResolutionFailed", "no annotation", 0))},
			"False/ReconcileFailed", "1/2", "2/2", "False/ResolutionFailed", "", "b:RouterIDUnresolved"},
		"one is silent, one has ended": {[]*v1.BGPNodeStatus{node("a", 7), node("b", 6, silent), node("c", 6, ended)},
			"True/ReconcileSuccess", "1/1", "1/1", "True/Resolved", "2 more have not reported lately", "b:Stale c:Stale"},
		"all have ended": {[]*v1.BGPNodeStatus{node("a", 7, ended)}, "Unknown/NotReported", "0/0", "0/0", "Unknown/NotKnown", "", "a:Stale"},
		"a session is down": {[]*v1.BGPNodeStatus{node("a", 7), node("b", 7, noSession)}, "True/ReconcileSuccess", "2/2", "1/2", "True/Resolved",
			"Sessions: 1 of 2 established.", "b:Degraded"},
		"FRR is away on one that ran it": {[]*v1.BGPNodeStatus{node("a", 7, fails(status.FRRReachable, "NotAnswering", "bgpd is gone", 0))},
			"True/ReconcileSuccess", "1/1", "1/1", "True/Resolved", "", "a:NotAnswering"},
		"the gravest first": {[]*v1.BGPNodeStatus{node("a", 7, silent), node("b", 7, noSession), node("d", 7, fails(applied, "RefusedByFRR", "no", 0)), node("c", 7, fails(applied, "RefusedByFRR", "no", 0))},
			"False/ReconcileFailed", "1/3", "2/3", "True/Resolved", "", "c:RefusedByFRR d:RefusedByFRR b:Degraded a:Stale"},
	} {
		t.Run(name, func(t *testing.T) {
			s := foldOf(7, c.nodes...)
			for kind, want := range map[string]string{status.Ready: c.ready, status.RouterIDResolved: c.resolved} {
				got := meta.FindStatusCondition(s.Conditions, kind)
				if string(got.Status)+"/"+got.Reason != want || got.ObservedGeneration != 7 || got.Message == "" {
					t.Errorf("%+v, not %s", got, want)
				}
			}
			var problems []string
			for _, p := range s.Problems {
				problems = append(problems, p.Node+":"+p.Reason)
			}
			if got := strings.Join(problems, " "); got != c.problems {
				t.Errorf("problems %q, not %q", got, c.problems)
			}
			if s.Rollout != c.rollout || s.Sessions != c.sessions || !strings.Contains(s.Message, c.message) ||
				s.ObservedGeneration != 7 || s.NeighborCount != 2 || !s.LastReconcileTime.Time.Equal(now) {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestReportingSwitchedOffIsSaid(t *testing.T) {
	in := Input{Now: now, Configuration: configuration(1)}
	off := false
	in.Configuration.Spec.Global.NodeStatus = &v1.NodeStatusConfig{Enabled: &off}
	if s := Fold(in); !strings.Contains(s.Message, "nodeStatus.enabled is false") {
		t.Error(s.Message)
	}
}

// What has not changed keeps its times, and so is nothing to write.
func TestTimesAreKept(t *testing.T) {
	in := Input{Now: now, Configuration: configuration(7), Nodes: []Node{Digest(node("a", 7))}}
	first := Fold(in)
	in.Previous, in.Now = first, now.Add(time.Minute)
	if again := Fold(in); !equality.Semantic.DeepEqual(first, again) {
		t.Errorf("%+v\n%+v", first, again)
	}
	in.Nodes[0] = Digest(node("a", 7, noSession))
	down := Fold(in)
	if !down.LastReconcileTime.Time.Equal(in.Now) || !Calm(first, down) {
		t.Errorf("%+v", down)
	}
	if got := down.Conditions[0].LastTransitionTime; !got.Time.Equal(now) {
		t.Errorf("Ready is as it was, but since %s", got)
	}
	in.Configuration = configuration(8)
	if next := Fold(in); Calm(down, next) || next.Conditions[0].LastTransitionTime.Time.Equal(now) {
		t.Errorf("%+v", next)
	}
}

// However many nodes there are and whatever they say, the status stays small.
func TestBounded(t *testing.T) {
	var nodes []*v1.BGPNodeStatus
	for i := range 5000 {
		nodes = append(nodes, node(fmt.Sprint("node-", i), 7, fails(status.ConfigurationApplied, "RefusedByFRR", strings.Repeat("ä", 9999), 0)))
	}
	s := foldOf(7, nodes...)
	if len(s.Problems) != v1.MaxProblems || s.Rollout != "0/5000" || s.Nodes.Failed != 5000 {
		t.Errorf("%d problems, %s", len(s.Problems), s.Rollout)
	}
	for _, p := range s.Problems {
		if len(p.Message) > 300 || !strings.HasSuffix(p.Message, "ä …") {
			t.Errorf("%d bytes: %s", len(p.Message), p.Message)
		}
	}
	if len(s.Message) > 1000 {
		t.Errorf("%d bytes of message", len(s.Message))
	}
}
