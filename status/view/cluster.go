package view

import (
	"cmp"
	"fmt"
	"slices"
)

// Cluster is everything on one screen.
type Cluster struct {
	Rollout  Rollout       `json:"rollout"`
	Nodes    NodeCounts    `json:"nodes"`
	Sessions SessionCounts `json:"sessions"`
	VIPs     VIPCounts     `json:"vips"`
	// Waiting are Services of type LoadBalancer without an address.
	Waiting  []string  `json:"servicesWithoutAddress,omitempty"`
	Problems []Finding `json:"problems"`
	// All are the nodes, the worst first.
	All []Node `json:"allNodes"`
}

// Rollout is how far a configuration is.
type Rollout struct {
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name,omitempty"`
	Generation int64  `json:"generation"`
	// Running is how many of Nodes run that generation, as far as is known.
	Running int `json:"running"`
	Nodes   int `json:"nodes"`
	// Message is what the configuration's own status says.
	Message string `json:"message,omitempty"`
}

// Done reports whether every node runs the generation.
func (r Rollout) Done() bool { return r.Running == r.Nodes }

// NodeCounts are nodes by how they are.
type NodeCounts struct {
	Total   int `json:"total"`
	OK      int `json:"ok"`
	Problem int `json:"problem"`
	Stale   int `json:"stale"`
}

// SessionCounts are sessions by how they are. Those of stale nodes are Unknown.
type SessionCounts struct {
	Total       int `json:"total"`
	Established int `json:"established"`
	Down        int `json:"down"`
	AdminDown   int `json:"adminDown"`
	Unknown     int `json:"unknown"`
}

// VIPCounts are VIPs by how far they get.
type VIPCounts struct {
	Total int `json:"total"`
	OK    int `json:"ok"`
	// Degraded are announced by some of the nodes that carry them only.
	Degraded int `json:"degraded"`
	// Unreachable are announced by no node.
	Unreachable int `json:"unreachable"`
	Notice      int `json:"notice"`
}

// Of sums up a cluster.
func Of(in Input) Cluster { return Sum(in, Sessions(in), VIPs(in)) }

// Sum sums up a cluster of which the sessions and VIPs are known already.
func Sum(in Input, sessions []Session, vips []VIP) Cluster {
	c := Cluster{All: Nodes(in)}
	c.Nodes = CountNodes(c.All)
	c.Sessions = CountSessions(sessions)
	c.VIPs = CountVIPs(vips)
	c.Rollout = in.rollout(c.All)
	for _, s := range in.Services {
		if len(s.Addresses) == 0 {
			c.Waiting = append(c.Waiting, s.String())
		}
	}
	slices.SortFunc(c.Waiting, Natural)
	c.Problems = find(c, sessions, vips)
	return c
}

func (in Input) rollout(nodes []Node) Rollout {
	r := Rollout{Generation: in.wanted(), Nodes: len(nodes)}
	if in.Configuration != nil {
		r.Namespace, r.Name, r.Message = in.Configuration.Namespace, in.Configuration.Name, in.Configuration.Status.Message
	}
	for _, n := range nodes {
		if n.Generation == r.Generation && n.Generation != 0 {
			r.Running++
		}
	}
	return r
}

// CountNodes counts nodes by how they are.
func CountNodes(all []Node) (c NodeCounts) {
	for _, n := range all {
		c.Total++
		switch {
		case n.Stale:
			c.Stale++
		case n.Level == Problem:
			c.Problem++
		default:
			c.OK++
		}
	}
	return c
}

// CountSessions counts sessions by how they are.
func CountSessions(all []Session) (c SessionCounts) {
	for _, s := range all {
		c.Total++
		switch {
		case s.Stale:
			c.Unknown++
		case s.Established():
			c.Established++
		case s.AdminDown:
			c.AdminDown++
		default:
			c.Down++
		}
	}
	return c
}

// CountVIPs counts VIPs by how far they get.
func CountVIPs(all []VIP) (c VIPCounts) {
	for _, v := range all {
		c.Total++
		switch {
		case v.Level == Problem && !v.Reachable:
			c.Unreachable++
		case v.Level == Problem:
			c.Degraded++
		case v.Level == Notice:
			c.Notice++
		default:
			c.OK++
		}
	}
	return c
}

// Finding is something that is wrong, wherever it is.
type Finding struct {
	Level Level  `json:"level"`
	Kind  string `json:"kind"`
	// Subject is what it is about, in a few words.
	Subject string   `json:"subject"`
	Text    string   `json:"text"`
	Nodes   []string `json:"nodes,omitempty"`
	rank    int
}

// The kinds of findings, the worst first.
const (
	findingVIP      = "VIP unreachable"
	findingNode     = "node"
	findingSession  = "session"
	findingDegraded = "VIP degraded"
)

// find lists what is wrong, the worst first. What is so on several nodes is
// told once, and what follows from something else not at all.
func find(c Cluster, sessions []Session, vips []VIP) []Finding {
	found := collection{at: map[[3]string]int{}}
	for _, v := range vips {
		if v.Level != Problem {
			continue
		}
		subject := v.Name()
		if len(v.Services) > 0 {
			subject += " (" + Few(v.Services, 1) + ")"
		}
		switch {
		case !v.Reachable:
			found.add(Finding{Level: Problem, Kind: findingVIP, Subject: subject, Text: "reaches nobody: " + v.Why, rank: 0}, "", v.Why)
		default:
			for _, p := range v.Paths {
				if p.Level == Problem && !p.OfNode {
					found.add(Finding{Level: Problem, Kind: findingDegraded, Subject: subject, Text: p.Why, rank: 30}, p.Node, v.Name())
				}
			}
		}
	}
	for _, n := range c.All {
		for _, t := range n.Problems {
			found.add(Finding{Level: t.Level, Kind: findingNode, Text: t.Text, rank: 20 - t.rank/10}, n.Name, t.Kind)
		}
	}
	dead := unreachable(c.All)
	for _, s := range sessions {
		if s.Level == Problem && !dead[s.Node] {
			found.add(Finding{Level: Problem, Kind: findingSession, Subject: "session " + s.Neighbor, Text: cmp.Or(s.Why, "is "+s.State+"."), rank: 25}, s.Node, s.Neighbor)
		}
	}
	return found.list()
}

// unreachable are nodes whose sessions say nothing but that FRR is away.
func unreachable(nodes []Node) map[string]bool {
	dead := map[string]bool{}
	for _, n := range nodes {
		for _, t := range n.Problems {
			dead[n.Name] = dead[n.Name] || t.Kind == troubleFRR
		}
	}
	return dead
}

// collection puts together what is the same on several nodes, or of several
// VIPs.
type collection struct {
	all  []Finding
	at   map[[3]string]int
	also []int
}

func (c *collection) add(f Finding, node, key string) {
	id := [3]string{f.Kind, key, f.Text}
	i, ok := c.at[id]
	if !ok {
		i = len(c.all)
		c.at[id] = i
		c.all, c.also = append(c.all, f), append(c.also, 0)
	} else if c.all[i].Subject != f.Subject {
		c.also[i]++
	}
	if node != "" {
		c.all[i].Nodes = append(c.all[i].Nodes, node)
	}
}

func (c *collection) list() []Finding {
	for i := range c.all {
		f := &c.all[i]
		if n := c.also[i]; n > 0 {
			f.Subject += fmt.Sprintf(" and %d more", n)
		}
		slices.SortFunc(f.Nodes, Natural)
		f.Nodes = slices.Compact(f.Nodes)
		switch {
		case len(f.Nodes) == 0:
		case f.Subject == "":
			f.Subject = NodesNamed(f.Nodes)
		case len(f.Nodes) == 1:
			f.Subject = f.Nodes[0] + ": " + f.Subject
		default:
			f.Subject += " on " + NodesNamed(f.Nodes)
		}
	}
	slices.SortStableFunc(c.all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.Level, a.Level), cmp.Compare(a.rank, b.rank), cmp.Compare(len(b.Nodes), len(a.Nodes)), Natural(a.Subject, b.Subject))
	})
	return c.all
}

// NodesNamed names a few nodes after counting them, if they are more than a few.
func NodesNamed(names []string) string {
	if len(names) <= few+1 {
		return Few(names, few)
	}
	return fmt.Sprintf("%d nodes: %s", len(names), Few(names, few))
}
