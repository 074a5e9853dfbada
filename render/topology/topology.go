// Package topology is a picture of a cluster's BGP sessions: which nodes speak
// to which routers, and what is wrong.
//
// It is pure, and the same cluster always gives the same picture. Build makes
// the graph of what every node has resolved, nodes with equal sessions
// together; Collapse makes one of many that are alike; SVG, Dot and Mermaid
// draw it.
package topology

import v1 "github.com/k8frr/k8frr/api/v1"

// Topology is a graph with groups of nodes on one side and routers on the
// other.
type Topology struct {
	// Name is that of the BGPConfiguration, namespace/name, and ASN its AS.
	Name string
	ASN  v1.ASN
	// Groups and Routers are in their natural order: rack-2 before rack-10.
	Groups  []Group
	Routers []Router
	// Edges are sorted by group, router and session.
	Edges []Edge
}

// Group is the nodes that have the same sessions.
type Group struct {
	// Nodes are their names in natural order.
	Nodes []string
	// Labels are what they have in common, and not with all others, of the
	// labels that selectors ask for: the key, and its values or none.
	Labels []Label
	// Failure is why nothing runs on them; "" for nothing.
	Failure string
	// Alike is how many groups this one stands for: 1 unless collapsed. Mixed
	// says that they are not alike, but too many to be drawn.
	Alike int
	Mixed bool
}

// Label is a label and the values that the nodes of a group have of it. A node
// without the label has the value Absent.
type Label struct {
	Key    string
	Values []string
}

// Absent stands for the value of a label that a node has not. No label has it.
const Absent = "-"

// Router is a peer of nodes, or several that are alike.
type Router struct {
	Peer
	// Sessions are the different ways in which nodes speak to it.
	Sessions []Session
	// Fields are the neighbors of the BGPConfiguration that it comes from.
	Fields []string
	// Unused says that no node has it.
	Unused bool
	// Peers are those that it stands for if it is collapsed; Mixed says that
	// they are not alike.
	Peers []Peer
	Mixed bool
}

// Kind is how a peer is found.
type Kind int

// The kinds of peers.
const (
	Named      Kind = iota // by its address
	Unnumbered             // by an interface of the node
	Range                  // by connecting from a range of addresses
)

// Relation is what a peer's AS is to that of the nodes.
type Relation int

// The relations. Confederated is another member of the confederation.
const (
	External Relation = iota
	Internal
	Confederated
)

// Peer is who a session is with. Peers that differ in any field are not the
// same one, as far as can be told: one address may be another router in each
// rack.
type Peer struct {
	VRF  string
	Kind Kind
	// Where is the address, the interface or the prefix.
	Where       string
	ASN         v1.ASN
	PeerGroup   string
	Description string
	Relation    Relation
}

// Session is how nodes speak to a router.
type Session struct {
	// Families are those that it carries, such as ipv4-unicast, in FRR's order,
	// with blanks between them.
	Families string
	Password bool
	BFD      bool
	Multihop bool
	Client   bool // of the nodes, which reflect routes
	Passive  bool
	// Down says that it is shut down by adminDown.
	Down bool
	// LocalASN is the AS that the peer sees in place of the nodes' own; or 0.
	LocalASN v1.ASN
	// Warning is what the user should know of it; Refused is why there is no
	// such session although it is asked for.
	Warning, Refused string
}

// Edge says that every node of a group has a session with a router. They are
// given by index: the session is one of the router's.
type Edge struct {
	Group, Router, Session int
	// Each is with how many of the routers each node has it if the router is
	// collapsed, 1 if it is not; 0 if that is not the same for all.
	Each int
	// Count is the number of sessions, of all nodes together.
	Count int
}

// failed reports whether there is no such session although it is asked for.
func (s Session) failed() bool { return s.Refused != "" }

// NodeCount is the number of nodes.
func (t *Topology) NodeCount() int {
	n := 0
	for _, g := range t.Groups {
		n += len(g.Nodes)
	}
	return n
}

// SessionCount is the number of sessions of all nodes, less those that are
// refused. Nobody knows how many come from a range, so they do not count.
func (t *Topology) SessionCount() int {
	n := 0
	for _, e := range t.Edges {
		if r := &t.Routers[e.Router]; r.Kind != Range && !r.Sessions[e.Session].failed() {
			n += e.Count
		}
	}
	return n
}

// count is the number of routers that a router stands for.
func (r *Router) count() int { return max(1, len(r.Peers)) }

// isolated reports whether the nodes of a group have no session at all.
func (t *Topology) isolated() []bool {
	alone := make([]bool, len(t.Groups))
	for i := range alone {
		alone[i] = true
	}
	for _, e := range t.Edges {
		if !t.Routers[e.Router].Sessions[e.Session].failed() {
			alone[e.Group] = false
		}
	}
	return alone
}
