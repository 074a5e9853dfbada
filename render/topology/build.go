package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// Class is nodes for which the configuration resolves equally, but for what is
// each node's own, as its name and router ID are.
type Class struct {
	Nodes []*corev1.Node
	// Config and Notes are those of one of them.
	Config *render.Config
	Notes  []render.Note
	// Err is why nothing of the configuration can run there; Config is nil.
	Err error
}

// Build makes the graph of a cluster from what every node has resolved. It does
// not matter how the nodes are divided into classes, nor in what order they come.
func Build(c *v1.BGPConfiguration, classes []Class) *Topology {
	b := builder{
		spec:    &c.Spec,
		routers: map[Peer]*router{},
		groups:  map[string]*group{},
		keys:    map[link]string{},
	}
	for _, class := range classes {
		b.add(class)
	}
	b.unused()
	t := &Topology{Name: strings.TrimPrefix(c.Namespace+"/"+c.Name, "/"), ASN: c.Spec.Global.ASN}
	index := b.addRouters(t)
	b.addGroups(t, index)
	return t
}

// builder collects what the classes tell, by what it is and not in what order
// it came.
type builder struct {
	spec    *v1.BGPConfigurationSpec
	routers map[Peer]*router
	groups  map[string]*group
	// keys are the links as texts that differ if they do.
	keys map[link]string
}

type router struct {
	sessions map[Session]bool
	fields   map[string]bool
	unused   bool
}

// link is a session with a peer.
type link struct {
	Peer
	Session
}

type group struct {
	nodes   []*corev1.Node
	links   []link
	failure string
}

// add adds the nodes of a class to the group of those with the same sessions.
func (b *builder) add(class Class) {
	var links []link
	failure := ""
	if class.Err != nil {
		failure = plain(class.Err.Error())
	} else {
		links = b.links(class)
	}
	var key strings.Builder
	key.WriteString(strconv.Quote(failure))
	for _, l := range links {
		key.WriteString(b.key(l))
	}
	g := b.groups[key.String()]
	if g == nil {
		g = &group{links: links, failure: failure}
		b.groups[key.String()] = g
	}
	g.nodes = append(g.nodes, class.Nodes...)
}

// links are the sessions of a class, sorted, each once.
func (b *builder) links(class Class) []link {
	said := sayings(class.Notes)
	var links []link
	have := map[string]bool{}
	join := func(field string, p Peer, s Session) {
		have[field] = true
		links = append(links, link{p, s})
		b.router(p, field).sessions[s] = true
	}
	for _, i := range class.Config.Instances() {
		for _, n := range i.Neighbors {
			p, s := b.neighbor(class.Config, i, n)
			s.Warning = said.warnings[n.Path]
			join(n.Path, p, s)
		}
		for _, rg := range i.Ranges {
			p, s := b.dynamic(class.Config, i, rg)
			join(rg.Path, p, s)
		}
	}
	for field, refused := range said.refusals {
		if p, ok := b.declared(field); ok && !have[field] {
			join(field, p, Session{Refused: refused})
		}
	}
	slices.SortFunc(links, func(x, y link) int { return strings.Compare(b.key(x), b.key(y)) })
	return slices.Compact(links)
}

func (b *builder) key(l link) string {
	key, ok := b.keys[l]
	if !ok {
		key = fmt.Sprintf("%#v", l)
		b.keys[l] = key
	}
	return key
}

func (b *builder) router(p Peer, field string) *router {
	r := b.routers[p]
	if r == nil {
		r = &router{sessions: map[Session]bool{}, fields: map[string]bool{}}
		b.routers[p] = r
	}
	r.fields[field] = true
	return r
}

// unused adds the neighbors that no node has, nor is refused.
func (b *builder) unused() {
	seen := map[string]bool{}
	for _, r := range b.routers {
		for field := range r.fields {
			seen[field] = true
		}
	}
	for _, field := range b.fields() {
		if seen[field] {
			continue
		}
		if p, ok := b.declared(field); ok {
			r := b.router(p, field)
			r.unused = len(r.sessions) == 0
		}
	}
}

// addRouters adds the routers in order, and returns where each session with a
// peer is: the router, and the session of it.
func (b *builder) addRouters(t *Topology) map[link][2]int {
	peers := make([]Peer, 0, len(b.routers))
	for p := range b.routers {
		peers = append(peers, p)
	}
	slices.SortFunc(peers, Peer.compare)
	index := map[link][2]int{}
	for i, p := range peers {
		r := Router{Peer: p, Unused: b.routers[p].unused}
		for s := range b.routers[p].sessions {
			r.Sessions = append(r.Sessions, s)
		}
		slices.SortFunc(r.Sessions, Session.compare)
		for j, s := range r.Sessions {
			index[link{p, s}] = [2]int{i, j}
		}
		for field := range b.routers[p].fields {
			r.Fields = append(r.Fields, field)
		}
		slices.SortFunc(r.Fields, natural)
		t.Routers = append(t.Routers, r)
	}
	return index
}

func (b *builder) addGroups(t *Topology, index map[link][2]int) {
	type drawn struct {
		*Group
		links []link
	}
	var all []drawn
	var groups []*Group
	keys := b.selectorKeys()
	for _, g := range b.groups {
		if len(g.nodes) > 0 {
			slices.SortFunc(g.nodes, func(a, b *corev1.Node) int { return natural(a.Name, b.Name) })
			made := &Group{Nodes: namesOf(g.nodes), Labels: labelsOf(g.nodes, keys), Failure: g.failure, Alike: 1}
			all, groups = append(all, drawn{made, g.links}), append(groups, made)
		}
	}
	// The first of them is any one: all that matters is whether others differ.
	distinguish(groups)
	slices.SortFunc(all, func(a, b drawn) int {
		return cmp.Or(slices.CompareFunc(a.Labels, b.Labels, Label.compare), slices.CompareFunc(a.Nodes, b.Nodes, natural))
	})
	for i, g := range all {
		t.Groups = append(t.Groups, *g.Group)
		for _, l := range g.links {
			at := index[l]
			t.Edges = append(t.Edges, Edge{Group: i, Router: at[0], Session: at[1], Each: 1, Count: len(g.Nodes)})
		}
	}
	t.sortEdges()
}

func (t *Topology) sortEdges() {
	slices.SortFunc(t.Edges, func(a, b Edge) int {
		return cmp.Or(a.Group-b.Group, a.Router-b.Router, a.Session-b.Session)
	})
}

func namesOf(nodes []*corev1.Node) []string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = n.Name
	}
	return names
}
