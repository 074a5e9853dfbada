// Package fold folds what the nodes report into the status of their
// BGPConfiguration: how far a rollout is, and whether it has failed.
//
// It is pure. Package report reads the nodes and writes the result, on the one
// node that holds a Lease.
package fold

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// Reasons of the condition Ready.
const (
	// ReconcileSuccess: all nodes that report run this generation.
	ReconcileSuccess = "ReconcileSuccess"
	// ReconcileFailed: a node does not, and will not by itself.
	ReconcileFailed = "ReconcileFailed"
	// ConfigurationInvalid: it cannot be rendered for a node.
	ConfigurationInvalid = "ConfigurationInvalid"
	// Progressing: nodes are being brought to it.
	Progressing = "Progressing"
	// NotReported: no node says what it runs.
	NotReported = "NotReported"
)

// Input is what the status follows from.
type Input struct {
	Now           time.Time
	Configuration *v1.BGPConfiguration
	// Previous is the status that was last written.
	Previous v1.BGPConfigurationStatus
	Nodes    []Node
}

// Fold makes the status. What says the same as the previous one is the previous
// one, times included.
func Fold(in Input) v1.BGPConfigurationStatus {
	f := folding{Input: in, generation: in.Configuration.Generation}
	f.count()
	now := metav1.NewTime(in.Now.UTC().Truncate(time.Second))
	s := v1.BGPConfigurationStatus{
		ObservedGeneration:   f.generation,
		LastReconcileTime:    in.Previous.LastReconcileTime,
		Nodes:                &f.nodes,
		Rollout:              fmt.Sprintf("%d/%d", f.nodes.Applied, f.nodes.Reporting),
		NeighborCount:        int32(len(in.Configuration.Spec.Neighbors)),
		ConfiguredNeighbors:  f.sessions,
		EstablishedNeighbors: f.established,
		Sessions:             fmt.Sprintf("%d/%d", f.established, f.sessions),
		Problems:             f.first(),
		RouterIDSource:       strings.Join(slices.Sorted(maps.Keys(f.sources)), ", "),
	}
	ready, resolved := f.ready(), f.routerIDs()
	s.Message = fmt.Sprintf("%s Sessions: %d of %d established.", ready.Message, f.established, f.sessions)
	for _, c := range []metav1.Condition{ready, resolved} {
		c.ObservedGeneration, c.LastTransitionTime = f.generation, now
		if p := meta.FindStatusCondition(in.Previous.Conditions, c.Type); p != nil && p.Status == c.Status {
			c.LastTransitionTime = p.LastTransitionTime
		}
		s.Conditions = append(s.Conditions, c)
	}
	if resolved.Status == metav1.ConditionTrue {
		s.RouterIDResolutionTime = s.Conditions[1].LastTransitionTime.DeepCopy()
	}
	if !equality.Semantic.DeepEqual(s, in.Previous) {
		s.LastReconcileTime = &now
	}
	return s
}

// Calm reports whether two statuses differ at most in numbers and words: each write
// reaches every agent of the cluster, and sessions come and go all the time.
func Calm(a, b v1.BGPConfigurationStatus) bool {
	verdict := func(s v1.BGPConfigurationStatus) []metav1.Condition {
		list := slices.Clone(s.Conditions)
		for i := range list {
			list[i].Message = ""
		}
		return list
	}
	return a.ObservedGeneration == b.ObservedGeneration && equality.Semantic.DeepEqual(verdict(a), verdict(b))
}

// folding counts nodes.
type folding struct {
	Input
	generation            int64
	nodes                 v1.NodeCounts
	invalid               int
	sessions, established int32
	sources               map[string]bool
	problems              []problem
	unresolved, unknown   []Node
}

// problem is one of a node. The most severe has the least gravity.
type problem struct {
	v1.NodeProblem
	gravity int
}

const (
	ofConfiguration = iota
	ofNode
	ofAgent
)

func (f *folding) count() {
	f.sources = map[string]bool{}
	for _, n := range f.Nodes {
		if n.stale(f.Now) {
			f.nodes.Stale++
			message := fmt.Sprintf("The agent has not reported since %s; it is not waited for.", n.Heard.UTC().Format(time.RFC3339))
			if n.Ended {
				message = "The agent has ended; it is not waited for."
			}
			f.problems = append(f.problems, problem{v1.NodeProblem{Node: n.Name, Reason: "Stale", Message: message}, ofAgent})
			continue
		}
		f.nodes.Reporting++
		f.sessions += n.Sessions
		f.established += n.Established
		if n.RouterIDSource != "" {
			f.sources[n.RouterIDSource] = true
		}
		switch n.RouterID.Status {
		case metav1.ConditionTrue:
		case metav1.ConditionFalse:
			f.unresolved = append(f.unresolved, n)
		default:
			f.unknown = append(f.unknown, n)
		}
		switch n.outcome(f.generation, f.Now) {
		case applied:
			f.nodes.Applied++
		case invalid:
			f.invalid++
			fallthrough
		case failed:
			f.nodes.Failed++
			f.problems = append(f.problems, problem{v1.NodeProblem{Node: n.Name, Reason: n.Applied.Reason, Message: n.Applied.Message}, ofConfiguration})
			continue
		}
		if n.Problem != nil {
			f.problems = append(f.problems, problem{*n.Problem, ofNode})
		}
	}
	slices.SortFunc(f.problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.gravity, b.gravity), cmp.Compare(a.Node, b.Node))
	})
}

func (f *folding) first() []v1.NodeProblem {
	var list []v1.NodeProblem
	for _, p := range f.problems[:min(len(f.problems), v1.MaxProblems)] {
		list = append(list, p.NodeProblem)
	}
	return list
}

func (f *folding) ready() metav1.Condition {
	c := metav1.Condition{Type: status.Ready, Status: metav1.ConditionFalse}
	runs := fmt.Sprintf("Generation %d runs on %d of %d nodes.", f.generation, f.nodes.Applied, f.nodes.Reporting)
	switch {
	case f.nodes.Reporting == 0:
		c.Status, c.Reason, runs = metav1.ConditionUnknown, NotReported, "No node reports what it runs."
		if n := f.Configuration.Spec.Global.NodeStatus; n != nil && n.Enabled != nil && !*n.Enabled {
			runs = "No node reports what it runs, because spec.global.nodeStatus.enabled is false."
		}
	case f.invalid > 0:
		c.Reason = ConfigurationInvalid
	case f.nodes.Failed > 0:
		c.Reason = ReconcileFailed
	case f.nodes.Applied < f.nodes.Reporting:
		c.Reason = Progressing
	default:
		c.Status, c.Reason = metav1.ConditionTrue, ReconcileSuccess
	}
	if f.nodes.Failed > 0 {
		runs += fmt.Sprintf(" %d cannot have it, first %s: %s", f.nodes.Failed, f.problems[0].Node, f.problems[0].Message)
	}
	if f.nodes.Stale > 0 {
		runs += fmt.Sprintf(" %d more have not reported lately.", f.nodes.Stale)
	}
	c.Message = runs
	return c
}

func (f *folding) routerIDs() metav1.Condition {
	c := metav1.Condition{Type: status.RouterIDResolved, Status: metav1.ConditionTrue, Reason: status.ReasonResolved,
		Message: "Every node that reports has a router ID."}
	first := func(list []Node) Node {
		return slices.MinFunc(list, func(a, b Node) int { return cmp.Compare(a.Name, b.Name) })
	}
	switch {
	case len(f.unresolved) > 0:
		n := first(f.unresolved)
		c.Status, c.Reason = metav1.ConditionFalse, status.ReasonResolutionFailed
		c.Message = fmt.Sprintf("%d of %d nodes have no router ID, first %s: %s", len(f.unresolved), f.nodes.Reporting, n.Name, n.RouterID.Message)
	case len(f.unknown) > 0 || f.nodes.Reporting == 0:
		c.Status, c.Reason = metav1.ConditionUnknown, status.ReasonNotKnown
		c.Message = "It is not known of every node whether it has a router ID."
	}
	return c
}
