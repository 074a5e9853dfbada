package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status/view"
)

const nodeHelp = `Show everything that a node reports: the configuration that runs, the last plan,
the conditions, sessions, addresses and routes. On a node without a cluster, NODE
defaults to that node.

  k8frr node worker-3

` + sourceHelp + `

` + checkHelp

func newNode() *cobra.Command {
	var o inspector
	cmd := &cobra.Command{
		Use:   "node [NODE]",
		Short: "Show everything that a node reports",
		Long:  nodeHelp,
		Args:  usage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return o.run(c, func(e evidence) (answer, error) { return theNode(e, args) })
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return o.completeNodes(c, args, prefix)
		},
	}
	o.flags(cmd.Flags())
	o.complete(cmd)
	return cmd
}

// nodeReport is what k8frr node shows.
type nodeReport struct {
	preamble
	Node     view.Node      `json:"node"`
	Sessions []view.Session `json:"sessions"`
	VIPs     []view.VIP     `json:"vips"`
	// Status is all that the node reports.
	Status   v1.BGPNodeStatusData `json:"status"`
	services bool
}

func theNode(e evidence, args []string) (answer, error) {
	nodes := view.Nodes(e.Input)
	if len(args) == 0 && len(nodes) > 1 {
		return nil, usageError{fmt.Errorf("name one of the %d nodes", len(nodes))}
	}
	name := nodes[0].Name
	if len(args) > 0 {
		name = args[0]
	}
	i := slices.IndexFunc(nodes, func(n view.Node) bool { return n.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no BGPNodeStatus of node %s in %s", view.Text(name), e.from)
	}
	return reportOf(e.Input, nodes[i], e.notes), nil
}

// reportOf is everything about a node.
func reportOf(in view.Input, n view.Node, notes []string) nodeReport {
	is := func(node string) bool { return node == n.Name }
	r := nodeReport{preamble: preamble{in.Now, notes}, Node: n, services: in.Services != nil}
	for _, o := range in.Nodes {
		if is(orWord(o.Name, o.Status.NodeName)) {
			r.Status = o.Status
		}
	}
	for _, s := range view.Sessions(in) {
		if is(s.Node) {
			r.Sessions = append(r.Sessions, s)
		}
	}
	r.VIPs = ofNodes(view.VIPs(in), is)
	return r
}

func (r nodeReport) wrong() bool {
	return r.Node.Level == view.Problem || view.CountVIPs(r.VIPs).OK < len(r.VIPs)
}

func (r nodeReport) print(p *page) {
	r.summary(p)
	r.conditions(p)
	p.head("SESSIONS")
	if len(r.Sessions) == 0 {
		p.say(0, "", "The node has no neighbors.")
	} else {
		p.table(withoutFirst(sessionGrid(r.Sessions, p, p.wide, true)))
	}
	r.addresses(p)
	r.routes(p)
	r.kernel(p)
}

func (r nodeReport) summary(p *page) {
	s := r.Status
	p.field("Node", bold, r.Node.Name)
	p.field("State", map[view.Level]string{view.OK: green, view.Notice: yellow, view.Problem: boldRed}[r.Node.Level], r.Node.Word)
	p.field("Reported", map[bool]string{true: boldRed}[r.Node.Stale], fmt.Sprintf("%s; at least every %ds", p.ago(r.Node.Updated), s.HeartbeatSeconds))
	id := orDash(s.RouterID)
	if s.RouterIDSource != "" {
		id += " (" + s.RouterIDSource + ")"
	}
	if s.PendingRouterID != "" {
		id += ", and " + s.PendingRouterID + " when no session is up any more"
	}
	p.field("Router ID", "", id)
	p.field("AS", "", strconv.FormatUint(uint64(s.ASN), 10))
	p.field("Versions", "", fmt.Sprintf("k8frr %s, FRR %s", orWord(s.AgentVersion, "unknown"), orWord(s.FRRVersion, "unknown")))
	c := s.Configuration
	if c == nil {
		return
	}
	running, color := fmt.Sprintf("generation %d runs", c.Generation), ""
	if c.Generation == 0 {
		running, color = "none runs", boldRed
	}
	if wanted := max(c.Declared, r.Node.Wanted); wanted != c.Generation {
		running, color = running+fmt.Sprintf(", generation %d is wanted", wanted), orWord(color, yellow)
	}
	p.field("Config", color, running)
	if c.Hash != "" {
		p.field("", "", "frr.conf "+c.Hash)
	}
	for i, l := range c.LeftOut {
		title := map[bool]string{true: "Refused"}[i == 0]
		p.field(title, boldRed, fmt.Sprintf("%s; instead: %s", strings.TrimPrefix(l.Field+", "+l.Part, ", "), l.Instead))
	}
	if c.LastPlan != nil {
		p.field("Last plan", map[string]string{"RolledBack": boldRed, "Failed": boldRed}[c.LastPlan.Result], lastPlan(c.LastPlan, p.now))
	}
}

// lastPlan is 12m ago: Applied, 3 steps in 41 ms, no session reset.
func lastPlan(l *v1.PlanResult, now time.Time) string {
	steps, resets := "1 step", "no session reset"
	if l.Steps != 1 {
		steps = fmt.Sprintf("%d steps", l.Steps)
	}
	if n := len(l.Resets); n > 0 {
		resets = "reset " + view.Few(l.Resets, 5)
	}
	what := map[string]string{"RolledBack": "RolledBack (FRR runs what it ran before)", "Failed": "Failed (it is not known what FRR runs)"}[l.Result]
	return fmt.Sprintf("%s ago: %s, %s in %d ms, %s", view.Age(now.Sub(l.Time.Time)), orWord(what, l.Result), steps, l.Milliseconds, resets)
}

func (r nodeReport) conditions(p *page) {
	g := grid{columns: []column{{title: "CONDITION"}, {title: "STATUS"}, {title: "REASON", flex: true}, {title: "FOR", right: true}}}
	for _, c := range r.Status.Conditions {
		color := map[metav1.ConditionStatus]string{metav1.ConditionTrue: green, metav1.ConditionFalse: boldRed}[c.Status]
		line := row{cells: []cell{{text: c.Type}, {string(c.Status), orWord(color, yellow)}, {text: c.Reason}, {text: view.Age(p.now.Sub(c.LastTransitionTime.Time))}}}
		if c.Message != "" && (c.Status != metav1.ConditionTrue || p.wide) {
			line.below = []cell{{c.Message, map[bool]string{true: red, false: dim}[c.Status == metav1.ConditionFalse]}}
		}
		g.rows = append(g.rows, line)
	}
	if len(g.rows) > 0 {
		p.line()
		p.table(g)
	}
}

// addresses are what is announced.
func (r nodeReport) addresses(p *page) {
	i := r.Status.NetlinkImport
	p.head("ADDRESSES")
	switch {
	case i == nil || !i.Enabled:
		p.say(0, "", "netlinkImport is not enabled: nothing is announced.")
		return
	case len(i.Interfaces) > 0:
		var links []string
		color := dim
		for _, l := range i.Interfaces {
			state := l.OperState
			if !l.Exists {
				state = "does not exist"
			}
			if state != "up" {
				color = red
			}
			links = append(links, l.Name+" ("+state+")")
		}
		p.say(0, color, "from "+strings.Join(links, ", "))
	}
	if len(r.VIPs) == 0 {
		p.say(0, "", "The interfaces carry none.")
		return
	}
	g := withoutFirst(pathGrid(r.VIPs, p, false))
	g.columns = slices.Insert(g.columns, 2, column{title: "SERVICE", flex: true, drop: 1})
	for n, v := range r.VIPs {
		g.rows[n].cells = slices.Insert(g.rows[n].cells, 2, cell{text: owner(v, r.services)})
	}
	p.table(g)
	if i.Truncated {
		p.say(0, yellow, fmt.Sprintf("The first %d of %d.", len(i.ImportedAddresses), i.TotalImported))
	}
}

// mostRoutes is how many received routes are shown.
const mostRoutes = 20

// routes are those that peers have sent.
func (r nodeReport) routes(p *page) {
	b := r.Status.RIB
	if b == nil || b.ReceivedRouteCount == 0 {
		return
	}
	p.head(fmt.Sprintf("RECEIVED ROUTES (%d)", b.ReceivedRouteCount))
	if len(b.ReceivedRoutes) == 0 {
		p.say(0, dim, "Too many to be listed.")
		return
	}
	g := grid{columns: []column{{title: "PREFIX"}, {title: "NEXT HOP"}, {title: "FROM", flex: true}, {title: "COMMUNITIES", flex: true, drop: 1}}}
	few := b.ReceivedRoutes
	if !p.wide && len(few) > mostRoutes {
		few = few[:mostRoutes]
	}
	for _, route := range few {
		g.rows = append(g.rows, row{cells: []cell{{text: route.Prefix}, {text: route.NextHop}, {text: route.FromPeer}, {text: orDash(strings.Join(route.Communities, " "))}}})
	}
	p.table(g)
	if more := int(b.ReceivedRouteCount) - len(few); more > 0 {
		p.say(0, dim, fmt.Sprintf("and %d more", more))
	}
}

// kernel is what is put into the kernel, and the VRFs.
func (r nodeReport) kernel(p *page) {
	if x := r.Status.NetlinkExport; x != nil && x.Enabled {
		p.head(fmt.Sprintf("EXPORTED TO THE KERNEL (%d)", x.TotalExported))
		var rules []string
		for _, rule := range x.Rules {
			rules = append(rules, fmt.Sprintf("%s (table %d, metric %d)", rule.Name, rule.TableID, rule.Metric))
		}
		p.say(0, dim, "by "+orWord(strings.Join(rules, ", "), "no rule"))
		g := grid{columns: []column{{title: "PREFIX"}, {title: "TABLE"}, {title: "METRIC", right: true}, {title: "IN KERNEL"}}}
		for _, e := range x.ExportedRoutes {
			line := row{cells: []cell{{text: e.Prefix}, {text: e.Table}, {text: strconv.FormatUint(uint64(e.Metric), 10)}, {"yes", green}}}
			if !e.Installed {
				line.cells[3] = cell{"NO", boldRed}
				line.below = []cell{{orWord(e.Reason, "it is not known why."), red}}
			}
			g.rows = append(g.rows, line)
		}
		if len(g.rows) > 0 {
			p.table(g)
		}
	}
	if len(r.Status.VRFs) == 0 {
		return
	}
	p.head("VRFS")
	g := grid{columns: []column{{title: "VRF", flex: true}, {title: "RD"}, {title: "IMPORTED", right: true}, {title: "EXPORTED", right: true}}}
	for _, v := range r.Status.VRFs {
		g.rows = append(g.rows, row{cells: []cell{{text: v.Name}, {text: v.RD}, {text: strconv.Itoa(int(v.ImportedRouteCount))}, {text: strconv.Itoa(int(v.ExportedRouteCount))}}})
	}
	p.table(g)
}

// withoutFirst leaves out the column of the node.
func withoutFirst(g grid) grid {
	g.columns = g.columns[1:]
	for i := range g.rows {
		g.rows[i].cells = g.rows[i].cells[1:]
	}
	return g
}
