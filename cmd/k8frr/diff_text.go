package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/k8frr/k8frr/render/fleet"
	"github.com/k8frr/k8frr/status/view"
	"github.com/k8frr/k8frr/supervise/forecast"
)

// diffText prints a forecast for people.
func diffText(to io.Writer, f *forecast.Forecast, p palette) error {
	out := bufio.NewWriter(to)
	fmt.Fprintln(out, p.paint(bold, f.Summary.String()))
	for i := range f.Changes {
		c := &f.Changes[i]
		fmt.Fprintf(out, "\n%s%s\n", p.paint(bold, listed(c.Nodes)), fates[c.Fate])
		if c.Restart != "" {
			fmt.Fprintf(out, "  %s\n", p.paint(red, restartWords(c)))
		}
		sessionsText(out, c, p)
		routesText(out, c, p)
		if c.Fate != forecast.Changed {
			continue // the whole frr.conf, which render shows
		}
		planText(out, c)
		linesText(out, c.Diff, p)
	}
	return out.Flush()
}

func restartWords(c *forecast.Change) string {
	return "bgpd has to be started again " + c.Restart + ", which resets every session"
}

var fates = map[forecast.Fate]string{forecast.Joins: " (new)", forecast.Leaves: " (not there any more)"}

// colorOf is red for what hurts.
var colorOf = map[forecast.Effect]string{
	forecast.Reset: red, forecast.MayReset: red, forecast.Removed: red, forecast.Added: green, forecast.Refreshed: cyan, forecast.Pending: yellow,
}

// effectWords are how effects are told.
var effectWords = map[forecast.Effect]string{
	forecast.Pending:  "pending until the next session",
	forecast.MayReset: "reset if it has sent more",
}

func wordsOf(e forecast.Effect) string {
	if words, ok := effectWords[e]; ok {
		return words
	}
	return string(e)
}

func sessionsText(out io.Writer, c *forecast.Change, p palette) {
	fmt.Fprintln(out, "  Sessions:")
	table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, s := range told(c) {
		// The color is last, or the columns would count it.
		fmt.Fprintf(table, "    %s\t%s\t%s\t%s\n", peerOf(s.VRF, s.Peer), printable(s.Description), printable(s.Field), p.paint(colorOf[s.Effect], wordsOf(s.Effect)))
	}
	_ = table.Flush()
	if n := len(c.Sessions) - len(told(c)); n > 0 {
		fmt.Fprintf(out, "    %d unchanged\n", n)
	}
	if len(c.Sessions) == 0 {
		fmt.Fprintln(out, "    none")
	}
}

// told are the sessions that something happens to.
func told(c *forecast.Change) []forecast.Session {
	var list []forecast.Session
	for _, s := range c.Sessions {
		if s.Effect != forecast.Unchanged {
			list = append(list, s)
		}
	}
	return list
}

func peerOf(vrf, peer string) string {
	if vrf != "" {
		peer += " (VRF " + vrf + ")"
	}
	return printable(peer)
}

func routesText(out io.Writer, c *forecast.Change, p palette) {
	if len(c.Routes) == 0 {
		return
	}
	fmt.Fprintln(out, "  Prefixes:")
	for _, r := range c.Routes {
		color := red
		if r.Gained {
			color = green
		}
		fmt.Fprintf(out, "    %s\n", p.paint(color, routeWords(r)))
	}
}

// routeWords is a sentence: 192.0.2.1 loses 10.200.0.0/24.
func routeWords(r forecast.Route) string {
	verb := map[[2]bool]string{
		{true, true}: "gains", {false, true}: "loses", {true, false}: "may gain", {false, false}: "may lose",
	}[[2]bool{r.Gained, r.Certain}]
	what := r.What
	if !strings.Contains(what, "/") {
		what = "what " + what + " carries"
	}
	return peerOf(r.VRF, r.Peer) + " " + verb + " " + printable(what)
}

func planText(out io.Writer, c *forecast.Change) {
	fmt.Fprintln(out, "  Plan:")
	if c.Plan.Empty() {
		fmt.Fprintln(out, "    none: nothing that FRR runs changes")
	}
	reasons := c.Plan.Reasons()
	for i, step := range c.Plan.Steps {
		fmt.Fprintf(out, "    %d. %s", i+1, printable(step.Command.String()))
		for _, e := range step.Effects {
			fmt.Fprintf(out, "  (%s)", printable(e.String()))
		}
		if reasons[i] != "" {
			fmt.Fprintf(out, "  # %s", printable(reasons[i]))
		}
		fmt.Fprintln(out)
	}
}

// linesText prints a difference in unified form, from the first column, so that
// it can be copied.
func linesText(out io.Writer, diff string, p palette) {
	for line := range strings.Lines(diff) {
		color := ""
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
			color = bold
		case strings.HasPrefix(line, "@@"):
			color = cyan
		case strings.HasPrefix(line, "+"):
			color = green
		case strings.HasPrefix(line, "-"):
			color = red
		}
		fmt.Fprintln(out, p.paint(color, view.Text(strings.TrimSuffix(line, "\n"))))
	}
}

func failureOf(f fleet.Failure) jsonFailure { return jsonFailure{f.Node, f.Err.Error()} }
