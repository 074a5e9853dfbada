package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/k8frr/k8frr/status/view"
)

const sessionsHelp = `List the sessions of all nodes, sessions that are down first, each with the
reason and what to check.

  k8frr sessions --state down
  k8frr sessions --neighbor 10.1.0.1 --sort uptime
  k8frr sessions -l rack=1 -o wide

A neighbor is named by its address, interface, description or AS number. STATE is
in capitals if the session should be established and is not, and "stale" if the
node has not reported for three heartbeats; the rest of such a line is out of
date. FOR is the time since the session was established.

` + sourceHelp + `

` + checkHelp

// sessionsOptions are the flags of k8frr sessions.
type sessionsOptions struct {
	inspector
	neighbors []string
	state     string
	sort      string
}

func newSessions() *cobra.Command {
	var o sessionsOptions
	cmd := &cobra.Command{
		Use:   "sessions",
		Short: "List all sessions, with the reason if one is down",
		Long:  sessionsHelp,
		Args:  usage(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return o.run(c, o.look) },
	}
	f := cmd.Flags()
	o.inspector.flags(f)
	o.nodeFlags(f)
	f.StringArrayVar(&o.neighbors, "neighbor", nil, "only this `neighbor`; repeatable")
	f.StringVar(&o.state, "state", "", "only sessions in this `state`: "+strings.Join(view.States, ", "))
	f.StringVar(&o.sort, "sort", view.SessionOrders[0], "sort `by` "+strings.Join(view.SessionOrders, ", "))
	o.complete(cmd)
	for flag, names := range map[string][]string{"state": view.States, "sort": view.SessionOrders} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

// sessionList is what k8frr sessions shows.
type sessionList struct {
	preamble
	Counts   view.SessionCounts `json:"counts"`
	Stale    []string           `json:"staleNodes,omitempty"`
	Sessions []view.Session     `json:"sessions"`
}

func (o *sessionsOptions) look(e evidence) (answer, error) {
	if o.state != "" && !slices.Contains(view.States, strings.ToLower(o.state)) {
		return nil, usageError{fmt.Errorf("--state %s: must be one of %s", view.Text(o.state), strings.Join(view.States, ", "))}
	}
	if !slices.Contains(view.SessionOrders, o.sort) {
		return nil, usageError{fmt.Errorf("--sort %s: must be one of %s", view.Text(o.sort), strings.Join(view.SessionOrders, ", "))}
	}
	keep, err := o.kept(e)
	if err != nil {
		return nil, err
	}
	all := view.Sessions(e.Input)
	named := func(s view.Session) bool { return slices.ContainsFunc(o.neighbors, s.Is) }
	for _, n := range o.neighbors {
		if !slices.ContainsFunc(all, func(s view.Session) bool { return s.Is(n) }) {
			return nil, fmt.Errorf("no node has a neighbor %s", view.Text(n))
		}
	}
	all = slices.DeleteFunc(all, func(s view.Session) bool {
		return !keep(s.Node) || len(o.neighbors) > 0 && !named(s) || o.state != "" && !s.In(o.state)
	})
	view.SortSessions(all, o.sort)
	list := sessionList{preamble: preamble{e.Now, e.notes}, Counts: view.CountSessions(all), Sessions: all}
	for _, n := range view.Nodes(e.Input) {
		if n.Stale && keep(n.Name) {
			list.Stale = append(list.Stale, n.Name)
		}
	}
	slices.SortFunc(list.Stale, view.Natural)
	return list, nil
}

func (l sessionList) wrong() bool { return l.Counts.Down > 0 || len(l.Stale) > 0 }

func (l sessionList) print(p *page) {
	p.table(sessionGrid(l.Sessions, p, p.wide, true))
	p.line()
	p.line(sessionSummary(p.palette, "session", l.Counts))
	if len(l.Stale) > 0 {
		p.say(0, red, staleSentence(l.Stale))
	}
}

func staleSentence(nodes []string) string {
	verb := "does"
	if len(nodes) > 1 {
		verb = "do"
	}
	return fmt.Sprintf("%s %s not report any more: what is shown of it is old.", view.NodesNamed(nodes), verb)
}

// sessionSummary is 12 sessions: 9 established, 2 down, 1 shut down on purpose.
func sessionSummary(p palette, what string, c view.SessionCounts) string {
	return p.counted(c.Total, what,
		count{c.Established, "established", green}, count{c.Down, "down", boldRed},
		count{c.AdminDown, "shut down on purpose", yellow}, count{c.Unknown, "unknown", red})
}

// sessionGrid is a table of sessions. Explained adds why those that are down
// are so, and what to check.
func sessionGrid(all []view.Session, p *page, wide, explained bool) grid {
	g := grid{columns: []column{
		{title: "NODE", flex: true}, {title: "NEIGHBOR", flex: true}, {title: "AS", right: true, drop: 1}, {title: "STATE"},
		{title: "FOR", right: true}, {title: "SENT", right: true, drop: 3}, {title: "RECEIVED", right: true, drop: 2},
	}}
	vrfs := wide || slices.ContainsFunc(all, func(s view.Session) bool { return s.VRF != "" })
	if vrfs {
		g.columns = append(g.columns, column{title: "VRF", drop: 4, flex: true})
	}
	if wide {
		g.columns = append(g.columns, column{title: "LOCAL AS", right: true, drop: 6}, column{title: "DESCRIPTION", drop: 5, flex: true}, column{title: "REPORTED", right: true, drop: 7})
	}
	for _, s := range all {
		neighbor := s.Neighbor
		if s.Interface != "" && s.Address != s.Interface {
			neighbor += " (" + s.Address + ")"
		}
		state, color := sessionState(s)
		up, sent, received := "-", "-", "-"
		if s.Established() {
			sent, received = strconv.FormatInt(s.Sent, 10), strconv.FormatInt(s.Received, 10)
		}
		if s.UpSince != nil && s.Established() {
			up = view.Age(s.Up(p.now))
		}
		r := row{cells: []cell{
			{text: s.Node}, {text: neighbor}, {text: strconv.FormatUint(uint64(s.PeerASN), 10)}, {state, color},
			{text: up}, {text: sent}, {text: received},
		}}
		if vrfs {
			r.cells = append(r.cells, cell{text: orDash(s.VRF)})
		}
		if wide {
			r.cells = append(r.cells, cell{text: strconv.FormatUint(uint64(s.LocalASN), 10)}, cell{text: orDash(s.Description)}, cell{text: p.ago(s.Updated)})
		}
		if s.Stale || s.AdminDown {
			for i := range r.cells {
				if i != 3 {
					r.cells[i].color = dim
				}
			}
		}
		if explained && s.Level == view.Problem {
			r.below = []cell{{orWord(s.Why, "it is not known why."), red}}
		}
		g.rows = append(g.rows, r)
	}
	return g
}

// sessionState is the state of a session, and the color that it is shown in.
func sessionState(s view.Session) (text, color string) {
	switch {
	case s.Stale:
		return s.State + " (stale)", dim
	case s.Established():
		return s.State, green
	case s.AdminDown:
		return s.State + " (admin)", yellow
	}
	return strings.ToUpper(s.State), boldRed
}

func orDash(text string) string { return orWord(text, "-") }

func orWord(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// count is how many there are of a kind.
type count struct {
	n     int
	what  string
	color string
}

// counted is how many there are, and how they are: 6 nodes: 4 ok, 2 stale.
func (p palette) counted(all int, what string, kinds ...count) string {
	text := strconv.Itoa(all)
	switch {
	case what != "" && all == 1:
		text += " " + what
	case what != "":
		text += " " + what + "s"
	}
	separator := ": "
	for _, k := range kinds {
		if k.n > 0 {
			text += separator + p.paint(k.color, fmt.Sprintf("%d %s", k.n, k.what))
			separator = ", "
		}
	}
	return text
}
