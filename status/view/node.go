package view

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// Node is a node in one line.
type Node struct {
	Name     string `json:"name"`
	RouterID string `json:"routerID,omitempty"`
	ASN      v1.ASN `json:"asn,omitempty"`
	// Word is its state in a word or two.
	Word  string `json:"state"`
	Level Level  `json:"level"`
	// Generation is the one that runs, Wanted the one that should.
	Generation  int64      `json:"generation"`
	Wanted      int64      `json:"wantedGeneration"`
	Established int        `json:"established"`
	AdminDown   int        `json:"adminDown,omitempty"`
	Sessions    int        `json:"sessions"`
	Addresses   int        `json:"addresses"`
	Announced   int        `json:"announced"`
	Received    int32      `json:"receivedRoutes"`
	Updated     *time.Time `json:"updated,omitempty"`
	Stale       bool       `json:"stale,omitempty"`
	Agent       string     `json:"agentVersion,omitempty"`
	FRR         string     `json:"frrVersion,omitempty"`
	// Problems are what is wrong with the node, the sessions and addresses aside.
	Problems []Trouble `json:"problems,omitempty"`
	// rank orders nodes that are equally bad by what is worse.
	rank int
}

// Trouble is something that is wrong with a node.
type Trouble struct {
	Kind  string `json:"kind"`
	Level Level  `json:"level"`
	Text  string `json:"text"`
	rank  int
}

// Nodes are all nodes, the worst first.
func Nodes(in Input) []Node {
	wanted := in.wanted()
	var all []Node
	for _, r := range in.reports() {
		all = append(all, r.node(wanted))
	}
	SortNodes(all, "")
	return all
}

// wanted is the generation that nodes should run: that of the configuration,
// or the highest that a node knows of.
func (in Input) wanted() (generation int64) {
	if in.Configuration != nil {
		return in.Configuration.Generation
	}
	for _, n := range in.Nodes {
		if c := n.Status.Configuration; c != nil {
			generation = max(generation, c.Declared)
		}
	}
	return generation
}

func (r report) node(wanted int64) Node {
	n := Node{
		Name: r.name, RouterID: r.RouterID, ASN: r.ASN, Wanted: wanted, Sessions: len(r.Neighbors), Stale: r.stale,
		Agent: r.AgentVersion, FRR: r.FRRVersion, Problems: r.troubles(wanted),
	}
	if r.Configuration != nil {
		n.Generation = r.Configuration.Generation
	}
	if r.LastUpdated != nil {
		n.Updated = &r.LastUpdated.Time
	}
	down := 0
	for _, s := range r.sessions() {
		switch {
		case s.Established():
			n.Established++
		case s.AdminDown:
			n.AdminDown++
		default:
			down++
		}
	}
	for _, p := range r.paths() {
		n.Addresses++
		if p.Reaches(Sent) {
			n.Announced++
		}
	}
	if r.NetlinkImport != nil {
		n.Addresses = max(n.Addresses, int(r.NetlinkImport.TotalImported))
		if r.NetlinkImport.Truncated {
			n.Announced = n.Addresses - (len(r.NetlinkImport.ImportedAddresses) - n.Announced)
		}
	}
	if r.RIB != nil {
		n.Received = r.RIB.ReceivedRouteCount
	}
	switch {
	case len(n.Problems) > 0 && n.Problems[0].Level == Problem:
		n.Level, n.rank, n.Word = Problem, 1000+n.Problems[0].rank, n.Problems[0].Kind
	case down > 0:
		n.Level, n.rank, n.Word = Problem, down, fmt.Sprintf("%d down", down)
	case len(n.Problems) > 0:
		n.Level, n.Word = Notice, n.Problems[0].Kind
	default:
		n.Word = "ok"
	}
	return n
}

// The kinds of trouble, as a word or two say them.
const (
	troubleStale   = "stale"
	troubleNever   = "no report"
	troubleEnded   = "agent ended"
	troubleFRR     = "FRR down"
	troubleApply   = "not applied"
	troublePending = "applying"
	troubleRouter  = "no router ID"
	troubleImport  = "import"
	troubleOther   = "not ready"
)

// troubles are what is wrong with a node, the worst first. Of a node that does
// not report any more, nothing else counts.
func (r report) troubles(wanted int64) (all []Trouble) {
	add := func(kind string, level Level, rank int, format string, args ...any) {
		all = append(all, Trouble{kind, level, sentence(fmt.Sprintf(format, args...)), rank})
	}
	if r.LastUpdated == nil {
		add(troubleNever, Problem, 90, "it has never reported: see the log of its agent")
		return all
	}
	if r.stale {
		add(troubleStale, Problem, 100, "it has not reported for more than %d heartbeats: see whether the node and its agent run", grace)
		return all
	}
	if r.ended() {
		add(troubleEnded, Problem, 80, "the agent has ended; FRR keeps what it runs")
		return all
	}
	if c := r.condition(status.FRRReachable); c.Status == metav1.ConditionFalse {
		add(troubleFRR, Problem, 95, "%s", c.Message)
	}
	switch c := r.condition(status.ConfigurationApplied); {
	case c.Status == metav1.ConditionFalse && c.Reason == string(status.OutcomePending):
		add(troublePending, Notice, 10, "%s", c.Message)
	case c.Status == metav1.ConditionFalse && c.Reason == string(status.OutcomeFRRUnreachable) && len(all) > 0:
		// said already
	case c.Status == metav1.ConditionFalse:
		add(troubleApply, Problem, 70, "%s", c.Message)
	case r.Configuration != nil && r.Configuration.Generation < wanted:
		add(troublePending, Notice, 10, "generation %d runs, and %d is on its way", r.Configuration.Generation, wanted)
	}
	if c := r.condition(status.RouterIDResolved); c.Status == metav1.ConditionFalse && !r.fails(status.ConfigurationApplied) {
		add(troubleRouter, Problem, 60, "%s", c.Message)
	}
	if c := r.condition(status.ImportHealthy); c.Status == metav1.ConditionFalse {
		add(troubleImport, Problem, 50, "%s", c.Message)
	}
	all = append(all, r.others(all)...)
	slices.SortStableFunc(all, func(a, b Trouble) int { return cmp.Or(cmp.Compare(b.Level, a.Level), cmp.Compare(b.rank, a.rank)) })
	return all
}

// others are conditions that are false and of which nothing is known here.
func (r report) others(known []Trouble) (all []Trouble) {
	// A neighbor that could not be configured is a session that is down.
	told := []string{status.Ready, status.NeighborsConfigured, status.FRRReachable, status.ConfigurationApplied, status.RouterIDResolved, status.ImportHealthy}
	for _, c := range r.Conditions {
		if c.Status == metav1.ConditionFalse && !slices.Contains(told, c.Type) {
			all = append(all, Trouble{c.Type, Problem, sentence(c.Message), 40})
		}
	}
	if c := r.condition(status.Ready); c.Status == metav1.ConditionFalse && len(known)+len(all) == 0 && r.established() == len(r.Neighbors) {
		all = append(all, Trouble{troubleOther, Problem, sentence(c.Message), 30})
	}
	return all
}

// NodeOrders are what nodes can be sorted by.
var NodeOrders = []string{"worst", "node", "sessions", "addresses", "received", "generation", "updated"}

// SortNodes sorts by one of NodeOrders, the worst first if it is empty, and
// among equals by name.
func SortNodes(all []Node, order string) {
	by := map[string]func(a, b Node) int{
		"node":       func(a, b Node) int { return 0 },
		"sessions":   func(a, b Node) int { return cmp.Compare(a.Established-a.Sessions, b.Established-b.Sessions) },
		"addresses":  func(a, b Node) int { return cmp.Compare(b.Addresses, a.Addresses) },
		"received":   func(a, b Node) int { return cmp.Compare(b.Received, a.Received) },
		"generation": func(a, b Node) int { return cmp.Compare(a.Generation, b.Generation) },
		"updated":    func(a, b Node) int { return compareTimes(b.Updated, a.Updated) },
	}[order]
	if by == nil {
		by = func(a, b Node) int { return cmp.Or(cmp.Compare(b.Level, a.Level), cmp.Compare(b.rank, a.rank)) }
	}
	slices.SortStableFunc(all, func(a, b Node) int { return cmp.Or(by(a, b), Natural(a.Name, b.Name)) })
}
