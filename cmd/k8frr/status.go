package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/k8frr/k8frr/status/view"
)

const statusHelp = `Show the cluster on one screen: the rollout of the configuration, the state of
sessions and addresses, the problems, and the nodes with the most severe ones.

  k8frr status
  k8frr status --check -o json

A problem of several nodes is printed once. The most severe come first: addresses
that are not reachable from outside, then nodes, then sessions.

` + sourceHelp + `

` + checkHelp

// What fits a screen.
const (
	mostProblems = 6
	mostNodes    = 6
)

// statusOptions are the flags of k8frr status.
type statusOptions struct {
	inspector
	all bool
}

func newStatus() *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the cluster on one screen, problems first",
		Long:  statusHelp,
		Args:  usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c, func(e evidence) (answer, error) {
				return clusterStatus{preamble{e.Now, e.notes}, view.Of(e.Input), o.all}, nil
			})
		},
	}
	o.inspector.flags(cmd.Flags())
	cmd.Flags().BoolVar(&o.all, "all", false, "list every problem and every node, even if they fill more than one screen")
	o.complete(cmd)
	return cmd
}

// clusterStatus is what k8frr status shows.
type clusterStatus struct {
	preamble
	view.Cluster
	all bool
}

func (s clusterStatus) wrong() bool {
	return slices.ContainsFunc(s.Problems, func(f view.Finding) bool { return f.Level == view.Problem })
}

func (s clusterStatus) print(p *page) {
	s.summary(p)
	problems, more := s.Problems, 0
	if !s.all && len(problems) > mostProblems+1 {
		problems, more = problems[:mostProblems], len(problems)-mostProblems
	}
	if len(problems) > 0 {
		p.head("PROBLEMS")
	}
	for _, f := range problems {
		p.say(0, levelSubjects[f.Level], f.Subject)
		p.say(2, levelColors[f.Level], f.Text)
	}
	if more > 0 {
		p.say(0, dim, fmt.Sprintf("and %d more: k8frr status --all, k8frr sessions, k8frr dataplane", more))
	}
	nodes, fine := s.Cluster.All, 0
	if !s.all && len(nodes) > mostNodes+1 {
		nodes = nodes[:mostNodes]
		for _, n := range s.Cluster.All[mostNodes:] {
			if n.Level == view.OK {
				fine++
			}
		}
	}
	p.line()
	p.table(nodeGrid(nodes, p.now, p.wide))
	if rest := len(s.Cluster.All) - len(nodes); rest > 0 {
		how := fmt.Sprintf(", %d of them ok", fine)
		if fine == rest {
			how = ", all ok"
		}
		p.say(0, dim, fmt.Sprintf("and %d more%s: k8frr status --all", rest, how))
	}
}

var levelSubjects = map[view.Level]string{view.Notice: yellow, view.Problem: boldRed}

// summary is how everything is, in a few lines.
func (s clusterStatus) summary(p *page) {
	verdict, color := "all is well", green
	if s.wrong() {
		verdict, color = "something is wrong", boldRed
	}
	p.field("Cluster", color, fmt.Sprintf("%s (%s)", verdict, s.AsOf.UTC().Format(time.RFC3339)))
	p.field("Rollout", rolloutColor(s.Rollout), rolloutText(s.Rollout))
	p.field("Nodes", "", nodeSummary(p.palette, "", s.Nodes))
	p.field("Sessions", "", sessionSummary(p.palette, "", s.Sessions))
	p.field("VIPs", "", vipSummary(p.palette, "", s.VIPs))
	if n := len(s.Waiting); n > 0 {
		p.field("Services", yellow, fmt.Sprintf("%d without an address: %s", n, view.Few(s.Waiting, 3)))
	}
}

func nodeSummary(p palette, what string, c view.NodeCounts) string {
	return p.counted(c.Total, what, count{c.OK, "ok", green}, count{c.Problem, "with problems", red}, count{c.Stale, "stale", boldRed})
}

func rolloutColor(r view.Rollout) string {
	if r.Done() {
		return ""
	}
	return yellow
}

// rolloutText is generation 7 of purelb-system/default runs on 5 of 6 nodes.
func rolloutText(r view.Rollout) string {
	text := fmt.Sprintf("generation %d", r.Generation)
	if r.Generation == 0 {
		text = "no generation is known"
	}
	if r.Name != "" {
		text += fmt.Sprintf(" of %s/%s", r.Namespace, r.Name)
	}
	return text + fmt.Sprintf(" runs on %d of %d nodes", r.Running, r.Nodes)
}

// nodeGrid is a table of nodes.
func nodeGrid(all []view.Node, now time.Time, wide bool) grid {
	g := grid{columns: []column{
		{title: "NODE", flex: true}, {title: "STATE", flex: true}, {title: "CONFIG", right: true, drop: 2}, {title: "SESSIONS", right: true},
		{title: "VIPS", right: true, drop: 3}, {title: "REPORTED", right: true}, {title: "ROUTER ID", drop: 4},
	}}
	if wide {
		g.columns = append(g.columns, column{title: "AS", right: true, drop: 5}, column{title: "ROUTES", right: true, drop: 6},
			column{title: "K8FRR", drop: 8, flex: true}, column{title: "FRR", drop: 7})
	}
	for _, n := range all {
		color := map[view.Level]string{view.OK: green, view.Notice: yellow, view.Problem: boldRed}[n.Level]
		updated := "never"
		if n.Updated != nil {
			updated = view.Age(now.Sub(*n.Updated)) + " ago"
		}
		cells := []cell{
			{text: n.Name}, {n.Word, color}, generationCell(n),
			fraction(n.Established, n.Sessions-n.AdminDown), fraction(n.Announced, n.Addresses), {text: updated}, {text: orDash(n.RouterID)},
		}
		if wide {
			cells = append(cells, cell{text: strconv.FormatUint(uint64(n.ASN), 10)}, cell{text: strconv.Itoa(int(n.Received))},
				cell{text: orDash(n.Agent)}, cell{text: orDash(n.FRR)})
		}
		if n.Stale {
			for i := range cells {
				if i > 1 {
					cells[i].color = dim
				}
			}
			cells[5].color = boldRed
		}
		g.rows = append(g.rows, row{cells: cells})
	}
	return g
}

// generationCell is the generation that runs, and the one that should.
func generationCell(n view.Node) cell {
	switch {
	case n.Generation == 0 && n.Wanted == 0:
		return cell{text: "-"}
	case n.Generation == 0:
		return cell{"none", red}
	case n.Generation != n.Wanted:
		return cell{fmt.Sprintf("%d of %d", n.Generation, n.Wanted), yellow}
	}
	return cell{text: strconv.FormatInt(n.Generation, 10)}
}

// fraction is 2/3, in red if that is not all.
func fraction(some, all int) cell {
	if all == 0 {
		return cell{"-", dim}
	}
	c := cell{text: fmt.Sprintf("%d/%d", some, all)}
	if some < all {
		c.color = red
	}
	return c
}
