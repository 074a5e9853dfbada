//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/status/fold"
	"github.com/k8frr/k8frr/status/report"
	"github.com/k8frr/k8frr/supervise"
)

// tidings tells of what happens on this node: counted as metrics, and in Events
// where users look. What concerns one node is told on the Node, what concerns
// all of them on the configuration, by the one agent that holds the Lease: a
// thousand agents would say the same.
type tidings struct {
	*report.Collector
	events *report.Events // nil without a cluster
	state  func() *supervise.State

	leading atomic.Bool
	// Of the supervisor's goroutine: what was told last.
	plan    *status.Plan
	refused string
	notes   []render.Note
	ledThen bool
}

// changed is called after each pass.
func (t *tidings) changed() {
	s := t.state()
	a := s.Applied
	if a.Plan != nil && a.Plan != t.plan && a.Plan.Result == status.PlanApplied {
		t.events.OnNode("", corev1.EventTypeNormal, "Applied", fmt.Sprintf("generation %d runs: %s", a.Generation, supervise.Sentence(*a.Plan)))
	}
	t.plan = a.Plan
	switch a.Outcome {
	case status.OutcomeRefused, status.OutcomeRefusedInPart, status.OutcomeInvalid, status.OutcomeRouterIDUnresolved:
		what := fmt.Sprintf("generation %d does not run: %s: %s", a.Wanted, a.Outcome, a.Message)
		if a.Outcome == status.OutcomeRefusedInPart {
			what = fmt.Sprintf("generation %d runs in part: %s", a.Wanted, a.Message)
		}
		if what != t.refused {
			t.refused = what
			t.events.OnNode("", corev1.EventTypeWarning, "Refused", what)
		}
	case status.OutcomeApplied:
		t.refused = ""
	}
	if leads := t.leading.Load(); leads {
		if !t.ledThen {
			t.notes = nil // whoever held the Lease before may not have told
		}
		for _, n := range a.Notes {
			if strings.HasPrefix(n.Path, "spec") && n.Reason != "Pending" && !slices.Contains(t.notes, n) {
				t.events.OnConfiguration(s.Objects.Configuration, corev1.EventTypeWarning, n.Reason, n.String())
			}
		}
		t.ledThen, t.notes = leads, a.Notes
	} else {
		t.ledThen = false
	}
}

// lead is called when this agent comes to hold the Lease, and when it loses it.
func (t *tidings) lead(holds bool) {
	t.leading.Store(holds)
	t.Leading(holds)
}

// rollout tells of all nodes.
func (t *tidings) rollout(c *v1.BGPConfiguration, ready metav1.Condition) {
	switch ready.Reason {
	case fold.ReconcileSuccess:
		t.events.OnConfiguration(c, corev1.EventTypeNormal, "Applied", ready.Message)
	case fold.ReconcileFailed, fold.ConfigurationInvalid:
		t.events.OnConfiguration(c, corev1.EventTypeWarning, "Refused", ready.Message)
	}
}

// unguarded tells that no admission policy holds the agents, on the configuration.
func (t *tidings) unguarded() {
	t.events.OnConfiguration(t.state().Objects.Configuration, corev1.EventTypeWarning, "Unguarded",
		"the admission policies of deploy/rbac do not hold the agents: they are missing, or name another ServiceAccount than the agents'; "+
			"who has an agent's token can change configurations and write other nodes' statuses")
}

// sessions tells of sessions that came up or went down.
func (t *tidings) sessions(changes []report.SessionChange) {
	for _, c := range changes {
		if c.Up {
			t.events.OnNode(c.String(), corev1.EventTypeNormal, "SessionUp", fmt.Sprintf("the session with %s, AS %d, is up", c, c.Neighbor.PeerASN))
			continue
		}
		t.events.OnNode(c.String(), corev1.EventTypeWarning, "SessionDown",
			fmt.Sprintf("the session with %s, AS %d, is down: %s", c, c.Neighbor.PeerASN, c.Neighbor.LastError))
	}
}

// drifted records an Event about a manual change, on the configuration.
func (t *tidings) drifted(d supervise.Drift) {
	action, reason := report.DriftReported, "DriftReported"
	if d.Undone {
		action, reason = report.DriftUndone, "DriftUndone"
	}
	t.Drifted(action)
	t.events.OnConfiguration(t.state().Objects.Configuration, corev1.EventTypeWarning, reason, d.Message)
}

// restarted tells of daemons of FRR.
func (t *tidings) restarted(daemons []string) {
	for _, name := range daemons {
		t.FRRRestarted(name)
	}
	t.events.OnNode("", corev1.EventTypeWarning, "FRRRestarted", "FRR was restarted: "+strings.Join(daemons, ", "))
}
