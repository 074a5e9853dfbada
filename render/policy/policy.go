// Package policy compiles policies, with the meaning that GoBGP documents, to
// FRR's route maps and the lists that these consult.
//
// Statements are tried in order. One that matches and accepts or rejects ends
// the evaluation; one that matches and does neither changes the route, and
// what follows sees the changed route. Then comes the next policy of the chain,
// and at last the default action.
//
// A route map of FRR ends with its first matching entry unless that one says
// otherwise, a statement's conditions cannot be negated, and of each kind of
// condition an entry has one. So a statement becomes up to a handful of
// entries:
//
//	permit 10, match what must not be,   on-match goto 40
//	permit 20, match what else must be,  on-match goto 40 for the rest of 20
//	permit 30, match what must be, set …, on-match next, or the end
//	… 40, the next statement
//
// What FRR cannot express exactly is a Problem, never an approximation.
package policy

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// Direction is in which direction a policy is applied.
type Direction string

// Import is for received routes, Export for advertised ones.
const (
	Import Direction = "in"
	Export Direction = "out"
)

// Dialect is in what FRR's versions differ, as far as policies are concerned.
type Dialect struct {
	// DeletesExtCommunities says that there is "set extended-comm-list … delete".
	DeletesExtCommunities bool
}

// Subject is what a policy is applied to: one family of one neighbor's routes,
// in one direction. What depends on it alone is decided while compiling.
type Subject struct {
	Direction Direction
	Family    v1.Family
	// Peer is the neighbor's address; the zero Addr for an unnumbered or a
	// dynamic neighbor.
	Peer netip.Addr
	// Range is where dynamic neighbors come from; else the zero Prefix.
	Range netip.Prefix
	// External says that the neighbor is in another AS.
	External bool
	// LocalASN is the AS number that the neighbor sees in front of the AS path.
	LocalASN uint32
	// Tag is the tag of routes that the node itself originates.
	Tag int
	// Reflected reports whether the neighbor is one to which a route reflector
	// passes on what other neighbors sent: an export policy without default
	// action then accepts learned routes, too.
	Reflected bool
	// Learned says from which kinds of neighbors the node learns routes. With
	// both, or none, an export policy cannot ask for routeType internal or
	// external.
	Learned Learned
	Dialect Dialect
}

// Learned are the kinds of neighbors of a node.
type Learned struct{ Internal, External bool }

// Map is a route map, complete but for its lists' content.
type Map struct {
	// Name follows from the entries: what is equal has the same name, and a
	// change makes another map, to be attached in one step.
	Name    string
	Entries []Entry
	// Lists are what the entries consult. A list's name follows from the set
	// that it is for, so that a changed set is edited line by line.
	Lists []List
}

// Entry is an entry of a route map.
type Entry struct {
	Action string // permit or deny
	Seq    uint32
	Lines  []string // in the order in which FRR shows them
}

// List is a prefix list, AS path access list or community list.
type List struct {
	Command string // such as "ip prefix-list"
	Name    string
	Entries []ListEntry
}

// ListEntry is a line of a list. All permit, so that their order means nothing.
type ListEntry struct {
	Seq   uint32
	Value string
}

// Line is the whole command of an entry.
func (l List) Line(e ListEntry) string {
	return fmt.Sprintf("%s %s seq %d permit %s", l.Command, l.Name, e.Seq, e.Value)
}

// Problem is what cannot be done, or makes no sense, in a field of the
// BGPConfigurationSpec.
type Problem struct {
	Field string // such as policyDefinitions[0].statements[1].conditions.medEq
	Value string
	Text  string // a sentence without its subject: "must be …"
}

// Error names the field and says what is wrong.
func (p Problem) Error() string { return fmt.Sprintf("%s: %q %s", p.Field, p.Value, p.Text) }

// Policies are the policies and sets of a configuration, ready to be compiled.
// They keep what they compiled, so that a subject costs only once. Only one
// goroutine may use them at a time.
type Policies struct {
	definitions map[string]definition
	sets        map[setKey]*set
	// Effects, if not nil, is told what Compile finds out about statements.
	Effects Effects

	work    *work
	members map[setKey]readResult
	lists   map[setKey]List
	// unions are the commands of lists of whole sets.
	unions map[setKey]string
	lines  map[lineKey]lineResult
	maps   map[mapKey]compiled
	// learned are the maps that AcceptsLearned has judged.
	learned map[judgedMap]bool
}

// mapKey is what a route map follows from.
type mapKey struct {
	chain   string
	subject Subject
	tail    string
}

type compiled struct {
	Map
	problems []Problem
	effects  []effect
}

type definition struct {
	path string
	*v1.PolicyDefinition
	// seesPeer reports whether a statement depends on the neighbor's address.
	seesPeer bool
}

type setKey struct{ kind, name string }

// LastSeq is the greatest sequence number that Compile gives an entry. Those of
// a tail are greater.
const LastSeq = 59999

// Compile makes the route map of a chain of policies for a subject.
//
// If there is a tail, accepted routes go on to it instead of ending in the map:
// entries with numbers greater than LastSeq, the last of which permits all.
//
// The problems are those that depend on the subject, and those that Check
// would have found; with any, there is no map.
func (p *Policies) Compile(chain *v1.PolicyAssignment, s Subject, tail []Entry) (Map, []Problem) {
	key := mapKey{chainKey(chain), p.essential(chain, s), Map{Entries: tail}.text()}
	known, ok := p.maps[key]
	if !ok {
		known = p.compile(chain, s, tail)
		p.maps[key] = known
	}
	if p.Effects != nil {
		for _, e := range known.effects {
			e.tell(p.Effects)
		}
	}
	return known.Map, known.problems
}

func chainKey(chain *v1.PolicyAssignment) string {
	return strings.Join(append([]string{chain.Name, string(chain.DefaultAction)}, chain.Policies...), "\x00")
}

// essential is the subject without what the policies of a chain do not look at.
func (p *Policies) essential(chain *v1.PolicyAssignment, s Subject) Subject {
	if slices.ContainsFunc(chain.Policies, func(name string) bool { return p.definitions[name].seesPeer }) {
		return s
	}
	s.Peer, s.Range = netip.Addr{}, netip.Prefix{}
	return s
}

func seesPeer(d *v1.PolicyDefinition) bool {
	return slices.ContainsFunc(d.Statements, func(st v1.Statement) bool {
		nexthop := st.Actions.Nexthop
		return st.Conditions.NeighborSet != nil || len(st.Conditions.NextHopInList) > 0 || nexthop != nil && nexthop.PeerAddress
	})
}

func (p *Policies) compile(chain *v1.PolicyAssignment, s Subject, tail []Entry) compiled {
	c := &compiler{policies: p, subject: s}
	if len(tail) > 0 {
		c.tail = tail[0].Seq
	}
	ended := c.chain(chain)
	if !ended {
		c.end(chain.DefaultAction)
	}
	entries, ok := c.numbered()
	switch {
	case p.work.entries < 0:
		c.problems = []Problem{{"policyDefinitions", chain.Name, tooManyEntries}}
	case !ok:
		c.problem("policyDefinitions", chain.Name, "does not fit a route map: its policies need more than %d entries", LastSeq)
	}
	if len(c.problems) > 0 {
		return compiled{problems: c.problems, effects: c.told}
	}
	m := Map{Entries: append(entries, tail...), Lists: c.lists}
	slices.SortFunc(m.Lists, func(a, b List) int {
		return cmp.Or(cmp.Compare(a.Command, b.Command), cmp.Compare(a.Name, b.Name))
	})
	title := chain.Name
	if title == "" && len(chain.Policies) > 0 {
		title = chain.Policies[0]
	}
	m.Name = prefix + readable(cmp.Or(title, "DEFAULT")) + "-" + digest(m.text())
	return compiled{Map: m, effects: c.told}
}

// text is what two equal maps have in common.
func (m Map) text() string {
	var b strings.Builder
	for _, e := range m.Entries {
		fmt.Fprintf(&b, "%s %d\n%s\n", e.Action, e.Seq, strings.Join(e.Lines, "\n"))
	}
	return b.String()
}
