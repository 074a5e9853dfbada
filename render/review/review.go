// Package review finds what is wrong in what is declared for a whole cluster,
// and that no look at a single node or field shows: selectors that match no
// node, names that nobody uses, nodes that share a router ID.
package review

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/fleet"
)

// Severity is how bad something is.
type Severity string

// An Error keeps something from running as declared; a Warning is probably not
// what was meant.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is something that is wrong.
type Finding struct {
	Severity Severity
	// Rule is a CamelCase word for machines.
	Rule string
	// Field is of the BGPConfiguration: spec.neighbors[3].config.peerGroup; ""
	// if the finding is about a node.
	Field string
	// Nodes are those that it concerns; none for all.
	Nodes []string
	// Message is a sentence without the field.
	Message string
}

// Of reviews a cluster: what is declared, the nodes, and what they will run.
// Without nodes, nothing is said of what selectors match.
func Of(c *v1.BGPConfiguration, nodes []*corev1.Node, f *fleet.Fleet) []Finding {
	r := &review{spec: &c.Spec, nodes: nodes, fleet: f}
	r.failures()
	r.routerIDs()
	r.selectors()
	r.notes()
	r.nothingAnnounced()
	r.unusedGroups()
	r.unusedPolicies()
	r.unusedSets()
	slices.SortStableFunc(r.findings, func(a, b Finding) int {
		return cmp.Or(compareFields(a.Field, b.Field), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	return r.findings
}

// review collects findings.
type review struct {
	spec     *v1.BGPConfigurationSpec
	nodes    []*corev1.Node
	fleet    *fleet.Fleet
	findings []Finding
}

func (r *review) find(s Severity, rule, field string, nodes []string, format string, args ...any) {
	r.findings = append(r.findings, Finding{s, rule, field, nodes, fmt.Sprintf(format, args...)})
}

// grave are the notes that tell of something that cannot be meant, whatever the
// node.
var grave = []string{"InvalidSelector", "InvalidPassword", "PolicyRefused", "NoPeerASN", "Contradiction", "NoPeerAddress", "SameLinkLocal"}

// notes tells once what is noted of several nodes.
func (r *review) notes() {
	type key struct{ field, rule, message string }
	var order []key
	on := map[key][]string{}
	for i := range r.fleet.Groups {
		g := &r.fleet.Groups[i]
		for _, n := range g.Notes {
			k := key{n.Path, n.Reason, n.Message}
			if n.Reason == "Duplicate" {
				k = key(r.duplicate(n))
			}
			if on[k] == nil {
				order = append(order, k)
			}
			on[k] = append(on[k], g.Nodes()...)
		}
	}
	for _, k := range order {
		severity := Warning
		if slices.Contains(grave, k.rule) {
			severity = Error
		}
		nodes := slices.Sorted(slices.Values(on[k]))
		if len(nodes) == r.fleet.Size() {
			nodes = nil
		}
		r.find(severity, k.rule, k.field, nodes, "%s", k.message)
	}
}

// failures are nodes that nothing can run on.
func (r *review) failures() {
	for _, failure := range r.fleet.Failures {
		r.find(Error, "NoRouterID", "", []string{failure.Node}, "%v", failure.Err)
	}
}
