package forecast

import (
	"fmt"
	"strings"
)

// Summary is a forecast in figures.
type Summary struct {
	// Nodes are all, ChangedNodes those that change, ResetNodes those with a
	// session that is reset.
	Nodes        int `json:"nodes"`
	ChangedNodes int `json:"changedNodes"`
	ResetNodes   int `json:"resetNodes"`
	// RestartNodes are those on which bgpd has to be started again.
	RestartNodes int `json:"restartNodes,omitempty"`
	// Resets and the others count sessions by what happens to them.
	Resets    int `json:"resets"`
	MayReset  int `json:"mayReset"`
	Removed   int `json:"removed"`
	Added     int `json:"added"`
	Refreshed int `json:"refreshed"`
	Pending   int `json:"pending"`
	// Withdrawn are the prefixes that some peer of some node loses permanently,
	// Announced those that one gains, each once. Uncertain are those of either
	// kind that depend on what no configuration tells.
	Withdrawn int `json:"withdrawn"`
	Announced int `json:"announced"`
	Uncertain int `json:"uncertain"`
	// PrefixesUnknown says that prefixes were not looked at.
	PrefixesUnknown bool `json:"prefixesUnknown,omitempty"`
}

func (f *Forecast) sum() Summary {
	s := Summary{Nodes: len(f.Same)}
	lost, gained, unsure := map[Route]bool{}, map[Route]bool{}, map[Route]bool{}
	for _, c := range f.Changes {
		n := len(c.Nodes)
		s.Nodes += n
		s.ChangedNodes += n
		count := map[Effect]int{}
		for _, session := range c.Sessions {
			count[session.Effect] += n
		}
		s.Resets += count[Reset]
		s.MayReset += count[MayReset]
		s.Removed += count[Removed]
		s.Added += count[Added]
		s.Refreshed += count[Refreshed]
		s.Pending += count[Pending]
		if count[Reset] > 0 {
			s.ResetNodes += n
		}
		if c.Restart != "" {
			s.RestartNodes += n
		}
		for _, r := range c.Routes {
			of := Route{What: r.What}
			switch {
			case !r.Certain:
				unsure[of] = true
			case r.Gained:
				gained[of] = true
			default:
				lost[of] = true
			}
		}
	}
	s.Withdrawn, s.Announced, s.Uncertain = len(lost), len(gained), len(unsure)
	return s
}

// String is the summary as a line: resets 4 sessions on 2 of 120 nodes; 0
// prefixes withdrawn.
func (s Summary) String() string {
	if s.ChangedNodes == 0 {
		return "no change on " + several(s.Nodes, "node")
	}
	parts := []string{fmt.Sprintf("resets %s on %d of %s", several(s.Resets, "session"), s.ResetNodes, several(s.Nodes, "node"))}
	if s.RestartNodes > 0 {
		parts = append(parts, "needs bgpd started again on "+several(s.RestartNodes, "node")+", which resets all sessions there")
	}
	add := func(n int, verb, what string) {
		if n > 0 {
			parts = append(parts, verb+" "+several(n, what))
		}
	}
	add(s.MayReset, "may reset", "session")
	add(s.Removed, "removes", "session")
	add(s.Added, "adds", "session")
	add(s.Refreshed, "refreshes", "session")
	if s.PrefixesUnknown {
		return strings.Join(append(parts, "prefixes not known"), "; ")
	}
	parts = append(parts, several(s.Withdrawn, "prefix")+" withdrawn")
	if s.Announced > 0 {
		parts = append(parts, several(s.Announced, "prefix")+" announced anew")
	}
	if s.Uncertain > 0 {
		parts = append(parts, several(s.Uncertain, "prefix")+" uncertain")
	}
	return strings.Join(parts, "; ")
}

func several(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "x"):
		return fmt.Sprintf("%d %ses", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
