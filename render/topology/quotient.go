package topology

import "slices"

// quotient makes one group, router or edge of each class of them.
func (t *Topology) quotient(p partition, mixedGroups, mixedRouters int) *Topology {
	out := &Topology{Name: t.Name, ASN: t.ASN}
	out.Groups = make([]Group, 1+slices.Max(append(slices.Clone(p.groups), -1)))
	for i, g := range t.Groups {
		into := &out.Groups[p.groups[i]]
		if into.Alike == 0 {
			into.Failure, into.Mixed = g.Failure, p.groups[i] == mixedGroups
		}
		into.absorb(g)
	}
	out.Routers = make([]Router, 1+slices.Max(append(slices.Clone(p.routers), -1)))
	alike := make([]int, len(out.Routers))
	for _, class := range p.routers {
		alike[class]++
	}
	for i, r := range t.Routers {
		class := p.routers[i]
		if alike[class] == 1 {
			out.Routers[class] = r
			continue
		}
		out.Routers[class].absorb(r, class == mixedRouters)
	}
	for i := range out.Routers {
		out.Routers[i].summarize()
		slices.SortFunc(out.Routers[i].Sessions, Session.compare)
	}
	out.join(t, p)
	return out
}

// absorb takes in a group that is like this one.
func (g *Group) absorb(other Group) {
	g.Nodes = append(g.Nodes, other.Nodes...)
	for _, l := range other.Labels {
		if i := slices.IndexFunc(g.Labels, func(mine Label) bool { return mine.Key == l.Key }); i >= 0 {
			g.Labels[i].Values = append(g.Labels[i].Values, l.Values...)
		} else {
			g.Labels = append(g.Labels, Label{l.Key, slices.Clone(l.Values)})
		}
	}
	for i := range g.Labels {
		slices.SortFunc(g.Labels[i].Values, natural)
		g.Labels[i].Values = slices.Compact(g.Labels[i].Values)
	}
	g.Alike += max(1, other.Alike)
	if g.Failure != other.Failure {
		g.Failure = ""
	}
}

// absorb takes in a router that is like this one.
func (r *Router) absorb(other Router, mixed bool) {
	if len(r.Peers) == 0 {
		r.Peer, r.Unused, r.Mixed = other.Peer, other.Unused, mixed
	}
	r.Peers = append(r.Peers, other.Peer)
	r.Fields = append(r.Fields, other.Fields...)
	for _, s := range other.Sessions {
		if !slices.Contains(r.Sessions, s) {
			r.Sessions = append(r.Sessions, s)
		}
	}
	// What they do not have in common is not said of them.
	r.Unused = r.Unused && other.Unused
	if r.PeerGroup != other.PeerGroup {
		r.PeerGroup = ""
	}
	if r.Kind != other.Kind {
		r.Kind = Named
	}
}

// summarize describes the peers of a router together.
func (r *Router) summarize() {
	var all []string
	for _, p := range r.Peers {
		if p.Description != "" && !slices.Contains(all, p.Description) {
			all = append(all, p.Description)
		}
	}
	switch n := len(all); {
	case n == 2:
		r.Description = all[0] + " / " + all[1]
	case n > 2:
		r.Description = all[0] + " … " + all[n-1]
	}
}

// join makes the edges between classes of those between their members.
func (t *Topology) join(of *Topology, p partition) {
	type ends struct{ group, router, session int }
	type share struct {
		ends
		member int // the group that has these edges
	}
	shares, counts := map[share]int{}, map[ends]int{}
	for _, e := range of.Edges {
		class := p.routers[e.Router]
		session := slices.Index(t.Routers[class].Sessions, of.Routers[e.Router].Sessions[e.Session])
		to := ends{p.groups[e.Group], class, session}
		counts[to] += e.Count
		shares[share{to, e.Group}]++
	}
	// How many members have a share of each size.
	sizes := map[ends]map[int]int{}
	for s, n := range shares {
		if sizes[s.ends] == nil {
			sizes[s.ends] = map[int]int{}
		}
		sizes[s.ends][n]++
	}
	for to, count := range counts {
		e := Edge{Group: to.group, Router: to.router, Session: to.session, Count: count}
		for n, members := range sizes[to] {
			if members == t.Groups[to.group].Alike {
				e.Each = n
			}
		}
		t.Edges = append(t.Edges, e)
	}
	t.sortEdges()
}
