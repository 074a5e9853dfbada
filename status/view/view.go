// Package view turns what the nodes of a cluster report into what an operator
// wants to know: which session is down and why, where the way of an address to
// its peers is broken, how far a rollout is, and what to look at first.
package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// Input is what is looked at. Its strings are Clean.
type Input struct {
	// Now is the time by which ages are told.
	Now time.Time
	// Nodes are the reports, in any order.
	Nodes []*v1.BGPNodeStatus
	// Services are those of type LoadBalancer; nil if nobody could read them.
	Services []Service
	// Configuration is the one that the nodes use; nil if it is not known.
	Configuration *v1.BGPConfiguration
}

// Level says how much something matters.
type Level uint8

// The levels, the worst last.
const (
	OK      Level = iota
	Notice        // good to know, nothing to do
	Problem       // somebody has to do something
)

func (l Level) String() string { return [...]string{"ok", "notice", "problem"}[l] }

// MarshalText writes the name of a level.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// grace is how many heartbeats a node may miss before nobody believes its last
// report any more.
const grace = 3

// defaultHeartbeat is that of a report that does not state its own.
const defaultHeartbeat = status.DefaultHeartbeatSeconds

// report is the report of one node, and how old it is.
type report struct {
	*v1.BGPNodeStatusData
	name   string
	labels map[string]string
	age    time.Duration // 0 if it was never written
	stale  bool
}

// reports are those of all nodes, by name.
func (in Input) reports() []report {
	all := make([]report, 0, len(in.Nodes))
	for _, n := range in.Nodes {
		r := report{BGPNodeStatusData: &n.Status, name: cmp.Or(n.Name, n.Status.NodeName), labels: n.Labels}
		heartbeat := time.Duration(cmp.Or(n.Status.HeartbeatSeconds, defaultHeartbeat)) * time.Second
		if n.Status.LastUpdated != nil {
			r.age = max(0, in.Now.Sub(n.Status.LastUpdated.Time))
			r.stale = r.age > grace*heartbeat
		} else {
			r.stale = true
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b report) int { return Natural(a.name, b.name) })
	return all
}

// condition returns a condition of a report; an unknown one if it is missing.
func (r report) condition(kind string) metav1.Condition {
	for _, c := range r.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return metav1.Condition{Type: kind, Status: metav1.ConditionUnknown}
}

// fails reports whether a condition is there and not true.
func (r report) fails(kind string) bool { return r.condition(kind).Status == metav1.ConditionFalse }

// ended reports whether the agent of the node has said that it ends.
func (r report) ended() bool { return r.condition(status.Ready).Reason == status.ReasonAgentShutdown }

// established is how many sessions are.
func (r report) established() (n int) {
	for _, s := range r.Neighbors {
		if s.State == status.Established {
			n++
		}
	}
	return n
}

// Natural compares names as people sort them: worker-9 before worker-10.
func Natural(a, b string) int {
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da == 0 || db == 0 {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		na, nb := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
		if c := cmp.Or(cmp.Compare(len(na), len(nb)), strings.Compare(na, nb), cmp.Compare(da, db)); c != 0 {
			return c
		}
		a, b = a[da:], b[db:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is how many digits a text begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// Age is a duration as short as it can be told: 45s, 12m, 3h, 3h20m, 12d.
func Age(d time.Duration) string {
	d = max(0, d)
	switch seconds := int64(d / time.Second); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", seconds)
	case d < time.Hour:
		return fmt.Sprintf("%dm", seconds/60)
	case d < 10*time.Hour && seconds/60%60 != 0:
		return fmt.Sprintf("%dh%dm", seconds/3600, seconds/60%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", seconds/3600)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

// Few names a few and counts the rest: worker-1, worker-2, worker-3 and 34 more.
func Few(names []string, most int) string {
	if len(names) <= most+1 { // "and 1 more" is no shorter than a name
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// plural is 1 node, 2 nodes.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// sentence ends a text with a full stop, once.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") {
		return text
	}
	return text + "."
}
