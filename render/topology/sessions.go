package topology

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// neighbor is a session that is configured. What its peer group says is taken
// off the neighbor, so both are asked.
func (b *builder) neighbor(c *render.Config, i *render.Instance, n render.Neighbor) (Peer, Session) {
	p := Peer{VRF: i.VRF, Where: n.ID, ASN: n.PeerASN, PeerGroup: b.peerGroup(n.Path), Description: plain(n.Description)}
	switch {
	case n.Unnumbered():
		p.Kind = Unnumbered
	case n.Interface != "":
		p.Where += "%" + n.Interface
	}
	p.Relation = relation(c, p.ASN)
	s := sessionOf(c, &n.Session, groupOf(i, n.PeerGroup))
	s.Passive, s.Down = i.WaitsFor(n), n.AdminDown
	return p, s
}

// dynamic is a range from which peers may connect.
func (b *builder) dynamic(c *render.Config, i *render.Instance, rg render.Range) (Peer, Session) {
	g := groupOf(i, rg.PeerGroup)
	p := Peer{
		VRF: i.VRF, Kind: Range, Where: rg.Prefix.String(), PeerGroup: rg.PeerGroup,
		ASN: g.PeerASN, Description: plain(g.Description), Relation: relation(c, g.PeerASN),
	}
	return p, sessionOf(c, &g.Session, g)
}

func groupOf(i *render.Instance, name string) *render.PeerGroup {
	if k := slices.IndexFunc(i.PeerGroups, func(g render.PeerGroup) bool { return g.Name == name }); k >= 0 {
		return &i.PeerGroups[k]
	}
	return &render.PeerGroup{}
}

func relation(c *render.Config, peer v1.ASN) Relation {
	switch {
	case peer == c.ASN:
		return Internal
	case c.Confederation != nil && slices.Contains(c.Confederation.Peers, peer):
		return Confederated
	}
	return External
}

func sessionOf(c *render.Config, own *render.Session, g *render.PeerGroup) Session {
	s := Session{
		Password: !own.Password.IsZero() || !g.Password.IsZero(),
		BFD:      own.BFD != nil || g.BFD != nil,
		Multihop: own.Multihop != "" || g.Multihop != "",
		LocalASN: own.LocalASN,
	}
	if s.LocalASN == 0 {
		s.LocalASN = g.LocalASN
	}
	if s.LocalASN == c.ASN {
		s.LocalASN = 0
	}
	var names []string
	for _, f := range own.Families {
		names = append(names, string(f.Family))
		s.Client = s.Client || f.RouteReflectorClient
	}
	s.Families = strings.Join(names, " ")
	return s
}

// said is what notes tell of neighbors and ranges, by their fields.
type said struct{ refusals, warnings map[string]string }

// refusing are the reasons for which a neighbor or a range is left out, and
// warning those for which it is not quite what was asked for.
var (
	refusing = []string{
		"Duplicate", "InvalidPassword", "InvalidSelector", "LocalAddress", "NoPeerASN", "NoPeerAddress", "NoPeerGroup", "NoVRF", "PolicyRefused",
		"RangesOverlap", "Refused", "SameLinkLocal", "SecretMissing",
	}
	warning = []string{"NoFamily", "SecretMissing"}
)

var entry = regexp.MustCompile(`^spec\.(neighbors|dynamicNeighbors)\[(\d+)\]`)

func sayings(notes []render.Note) said {
	out := said{map[string]string{}, map[string]string{}}
	tell := func(to map[string]string, field, message string) {
		if to[field] == "" {
			to[field] = plain(message)
		}
	}
	for _, n := range notes {
		field := entry.FindString(n.Path)
		if field == "" {
			continue
		}
		if slices.Contains(refusing, n.Reason) {
			tell(out.refusals, field, n.Message)
		}
		if slices.Contains(warning, n.Reason) {
			tell(out.warnings, field, n.Message)
		}
	}
	return out
}

// fields are those of all neighbors and ranges.
func (b *builder) fields() []string {
	var out []string
	for i := range b.spec.Neighbors {
		out = append(out, fmt.Sprintf("spec.neighbors[%d]", i))
	}
	for i := range b.spec.DynamicNeighbors {
		out = append(out, fmt.Sprintf("spec.dynamicNeighbors[%d]", i))
	}
	return out
}

// at returns the neighbor, or the range, that a field is.
func (b *builder) at(field string) (*v1.Neighbor, *v1.DynamicNeighbor) {
	m := entry.FindStringSubmatch(field)
	if m == nil {
		return nil, nil
	}
	i, err := strconv.Atoi(m[2])
	switch {
	case err != nil:
	case m[1] == "neighbors" && i < len(b.spec.Neighbors):
		return &b.spec.Neighbors[i], nil
	case m[1] == "dynamicNeighbors" && i < len(b.spec.DynamicNeighbors):
		return nil, &b.spec.DynamicNeighbors[i]
	}
	return nil, nil
}

// peerGroup is the one that a neighbor states. FRR may have the neighbor
// outside of it, with the same values.
func (b *builder) peerGroup(field string) string {
	if n, _ := b.at(field); n != nil {
		return n.Config.PeerGroup
	}
	return ""
}

// declared is the peer of a neighbor, or a range, that no node has: what is
// stated of it.
func (b *builder) declared(field string) (Peer, bool) {
	n, d := b.at(field)
	p := Peer{}
	switch {
	case n != nil:
		p = Peer{VRF: n.Config.VRF, Where: n.Config.NeighborAddress, ASN: n.Config.PeerASN, PeerGroup: n.Config.PeerGroup, Description: plain(n.Config.Description)}
		if n.Config.NeighborInterface != "" {
			p.Kind, p.Where = Unnumbered, n.Config.NeighborInterface
		}
	case d != nil:
		p = Peer{Kind: Range, Where: d.Prefix, PeerGroup: d.PeerGroup}
	default:
		return p, false
	}
	for _, g := range b.spec.PeerGroups {
		if p.PeerGroup != "" && g.Config.Name == p.PeerGroup && g.Config.PeerASN != 0 {
			p.ASN = g.Config.PeerASN
			break
		}
	}
	p.Where = plain(p.Where)
	if p.ASN == b.spec.Global.ASN {
		p.Relation = Internal
	}
	return p, true
}
