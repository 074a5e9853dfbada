package render

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/token"
)

// group is a peer group of the node, before it is in an instance.
type group struct {
	PeerGroup
	said stated
}

// peer is a neighbor before what its group says is taken off.
type peer struct {
	Neighbor
	said      stated
	group     *group
	clusterID string
}

// sessions resolves the neighbors, ranges and peer groups of an instance, whose
// VRF and Families are set. The instance has the groups that it uses.
func (r *resolver) sessions(i *Instance) {
	groups := r.peerGroups()
	i.Ranges = r.ranges(i, groups)
	peers := r.peers(i, groups)
	r.clusterID(i, peers)
	reflects := slices.ContainsFunc(peers, func(p peer) bool { return p.said.everywhere.RouteReflectorClient })

	learned := r.learned(peers, i.Ranges, groups)

	settled := map[string]Session{}
	for _, g := range groups {
		s := g.said
		s.complete()
		s.Families = r.families(g.Path, &s, familiesFrom(i.Ranges, g.Name), i)
		_, carries4 := s.Family(v1.IPv4Unicast)
		s.ExtendedNextHop = carries4 && slices.ContainsFunc(i.Ranges, func(rg Range) bool { return rg.PeerGroup == g.Name && rg.Prefix.Addr().Is6() })
		r.unshared(g, &s.Session, i.Ranges)
		i.Ranges = r.attachToGroup(&s, g, i, learned, reflects)
		settled[g.Name] = s.Session
	}
	used := map[string]bool{}
	for _, rg := range i.Ranges {
		used[rg.PeerGroup] = true
	}
	for _, p := range peers {
		p.Session = p.said.Session
		subject := r.subject(&p.Session, p.PeerASN, i)
		subject.Peer, subject.Learned = p.Address, learned
		r.refused(p.Path, "neighbor", r.attach(&p.Session, p.said.chains, subject, i, reflects))
		r.noteTransit(&p.Session, p.said.chains.Export, reflects && !subject.External)
		i.Restart.Preserved = i.Restart.Preserved || p.GracefulRestart == Restarts
		if p.group != nil {
			own, fits := ownOf(p.Session, settled[p.PeerGroup])
			// "Peer-group members must be all internal or all external": FRR
			// refuses a mixture, and one with other ASes of the confederation,
			// too. Of a member it does not show the dampening.
			mixed := p.group.PeerASN == 0 && (p.PeerASN == r.spec.Global.ASN || r.inConfederation(p.PeerASN))
			if fits && !mixed && !p.said.everywhere.Dampening {
				p.Session = own
				used[p.PeerGroup] = true
			} else {
				p.PeerGroup = "" // it has the group's values without it
			}
		}
		i.Neighbors = append(i.Neighbors, p.Neighbor)
	}
	r.noteReflected(peers)
	for _, g := range groups {
		if used[g.Name] {
			g.Session = settled[g.Name]
			i.PeerGroups = append(i.PeerGroups, g.PeerGroup)
		}
	}
}

// unshared takes off a group what FRR does not pass on to its members as it
// should: they have it themselves. 10.3 gives members of a group with dampening
// parameters of zero, and with a local AS a group that states no AS of its own
// becomes a multihop one.
func (r *resolver) unshared(g group, s *Session, ranges []Range) {
	if g.said.everywhere.Dampening && slices.ContainsFunc(ranges, func(rg Range) bool { return rg.PeerGroup == g.Name }) {
		r.note(g.Path+".config.routeFlapDamping", "NotApplied", "FRR damps the routes of neighbors that are named, and not of those from dynamicNeighbors")
	}
	for i := range s.Families {
		s.Families[i].Dampening = false
	}
	if g.PeerASN == 0 {
		s.LocalASN = 0
	}
}

// selected reports whether a nodeSelector matches this node. Absent and empty
// selectors match every node. An invalid one matches none: it costs its own
// neighbor, not the node.
func (r *resolver) selected(path string, s *v1.LabelSelector) bool {
	matches, err := selects(s, r.in.Node)
	if err != nil {
		r.leaveOut(path+".nodeSelector", "InvalidSelector", "is invalid, so this entry is left out: %v", err)
	}
	return matches
}

// selects reports whether a nodeSelector matches a node. The error says that
// the selector is invalid.
func selects(s *v1.LabelSelector, node *corev1.Node) (bool, error) {
	if s == nil {
		return true, nil
	}
	selector, err := s.Selector()
	if err != nil {
		return false, err
	}
	return selector.Matches(labels.Set(node.Labels)), nil
}

// peerGroups are those of the node, by name.
func (r *resolver) peerGroups() []group {
	var groups []group
	first := map[string]string{}
	used := groupsUsed(r.in.Configuration, r.in.Node)
	for i := range r.spec.PeerGroups {
		g, path := &r.spec.PeerGroups[i], "spec.peerGroups["+strconv.Itoa(i)+"]"
		if !r.selected(path, g.NodeSelector) {
			continue
		}
		// Groups of one name are for different nodes, but selectors may overlap.
		if earlier, taken := first[g.Config.Name]; taken {
			r.note(path, "Duplicate", "is the same peer group as %s, which is used", earlier)
			continue
		}
		first[g.Config.Name] = path
		var password Secret
		if used[g.Config.Name] {
			var ok bool
			if password, ok = r.password(path, "", &g.Config.SessionConfig, nil); !ok {
				continue
			}
		}
		out := group{
			PeerGroup: PeerGroup{Name: g.Config.Name, Path: path, PeerASN: g.Config.PeerASN, Description: r.description(path, g.Config.Description)},
			said:      r.sessionOf(path, &g.Config.SessionConfig, g.Transport, g.BFD, g.AfiSafis),
		}
		s := &out.said
		s.Password = password
		s.Timers = timersOf(g.Timers)
		s.Timers.fillIn()
		s.Timers.settle(r, path, Timers{})
		r.settle(path, s, out.PeerASN)
		s.chains = chainsOf(path, g.ApplyPolicy)
		groups = append(groups, out)
	}
	slices.SortFunc(groups, func(a, b group) int { return cmp.Compare(a.Name, b.Name) })
	return groups
}

// peers are the neighbors in an instance, each with all that it says and
// inherits.
func (r *resolver) peers(i *Instance, groups []group) []peer {
	var peers []peer
	for j := range r.spec.Neighbors {
		n, path := &r.spec.Neighbors[j], "spec.neighbors["+strconv.Itoa(j)+"]"
		if n.Config.VRF != i.VRF || !r.selected(path, n.NodeSelector) {
			continue
		}
		p, ok := r.peer(path, n, groups, i)
		if !ok {
			continue
		}
		if k := slices.IndexFunc(peers, func(o peer) bool { return o.ID == p.ID }); k >= 0 {
			r.sameNeighbor(path, p, peers[k])
			continue
		}
		fallback := unicast
		if !p.Unnumbered() {
			fallback = []v1.Family{familyOf(p.Address)}
		}
		s := &p.said
		if s.Families = r.families(path, s, fallback, i); len(s.Families) == 0 {
			r.note(path+".afiSafis", "NoFamily", "no address family of this neighbor is enabled and among spec.global.families, so it exchanges no routes")
		}
		_, carries4 := s.Family(v1.IPv4Unicast)
		s.ExtendedNextHop = p.Address.Is6() && carries4
		peers = append(peers, p)
	}
	// The order in the object means nothing, so it must not show.
	slices.SortFunc(peers, func(a, b peer) int {
		return cmp.Or(a.Address.Compare(b.Address), cmp.Compare(a.ID, b.ID))
	})
	return peers
}

// sameNeighbor adds a note about a neighbor that FRR cannot tell from an
// earlier one, which is used.
func (r *resolver) sameNeighbor(path string, p, earlier peer) {
	if p.Address.IsLinkLocalUnicast() && p.Interface != earlier.Interface {
		r.leaveOut(path+".config.neighborAddress", "SameLinkLocal", "is the address of %s too, on %s, and to FRR an address is one neighbor, whatever its interface, so this neighbor is left out: name the interface in neighborInterface in place of the address",
			earlier.Path, earlier.Interface)
		return
	}
	r.notes.add(Note{Path: path, Reason: "Duplicate", Other: earlier.Path,
		Message: fmt.Sprintf("is to FRR the same neighbor as %s, which is used", earlier.Path)})
}

// peer resolves one neighbor; false if it has to be left out.
func (r *resolver) peer(path string, n *v1.Neighbor, groups []group, i *Instance) (peer, bool) {
	out := peer{Neighbor: Neighbor{
		Path:        path,
		PeerASN:     n.Config.PeerASN,
		Description: r.description(path, n.Config.Description),
		AdminDown:   n.Config.AdminDown,
	}}
	if n.Config.NeighborInterface != "" {
		out.ID, out.Interface = n.Config.NeighborInterface, n.Config.NeighborInterface
	} else {
		addr := netip.MustParseAddr(n.Config.NeighborAddress) // validate has parsed it
		if !r.reachable(path, addr, i) {
			return peer{}, false
		}
		out.Interface = addr.Zone()
		out.Address = addr.WithZone("")
		out.ID = out.Address.String()
		if out.Address.IsLinkLocalUnicast() && !r.in.Dialect.DialsLinkLocal {
			r.note(path+".config.neighborAddress", "WaitsForPeer", "this version of FRR does not connect to a link-local neighbor, it waits until that one connects")
		}
	}
	if name := n.Config.PeerGroup; name != "" {
		k := slices.IndexFunc(groups, func(g group) bool { return g.Name == name })
		if k < 0 {
			r.leaveOut(path+".config.peerGroup", "NoPeerGroup", "there is no peer group %q on this node, so this neighbor is left out", name)
			return peer{}, false
		}
		out.group = &groups[k]
		out.PeerGroup = name
		if of := out.group.PeerASN; of != 0 {
			if out.PeerASN != 0 && out.PeerASN != of {
				r.note(path+".config.peerAsn", "PeerGroupWins", "%d is not used: peer group %s states %d", out.PeerASN, name, of)
			}
			out.PeerASN = of
		}
	}
	if out.PeerASN == 0 {
		r.leaveOut(path+".config.peerAsn", "NoPeerASN", "neither this neighbor nor its peer group states the peer's AS number, so it is left out")
		return peer{}, false
	}
	password, ok := r.password(path, n.Config.NeighborAddress, &n.Config.SessionConfig, n.AuthPasswordSecretRef)
	if !ok {
		return peer{}, false
	}
	out.said = r.sessionOf(path, &n.Config.SessionConfig, n.Transport, n.BFD, n.AfiSafis)
	s := &out.said
	s.Password = password
	s.Timers = timersOf(n.Timers)
	s.chains = chainsOf(path, n.ApplyPolicy)
	r.only(path, n, &out)
	if out.group == nil {
		s.Timers.fillIn()
		s.Timers.settle(r, path, Timers{})
	} else {
		s.Timers.settle(r, path, out.group.said.Timers)
		s.inherit(&out.group.said)
	}
	if out.Unnumbered() {
		s.UpdateSource = "" // the interface's own address is the source
	}
	s.chains = s.chains.or(r.spec.Global.ApplyPolicy)
	r.settle(path, s, out.PeerASN)
	s.complete()
	return out, true
}

// only reads what a neighbor says and a peer group does not.
func (r *resolver) only(path string, n *v1.Neighbor, p *peer) {
	s := &p.said
	internal := p.PeerASN == r.spec.Global.ASN
	if p.Unnumbered() && s.UpdateSource != "" {
		r.note(path+".transport", "NotApplied", "a session over an interface has the interface's own address for its source")
		s.UpdateSource = ""
	}
	if m := n.EBGPMultihop; m != nil && m.Enabled {
		switch ttl := cmp.Or(m.MultihopTTL, 255); {
		case internal:
			r.note(path+".ebgpMultihop", "NotApplied", "the peer is internal, and FRR allows any number of hops to it anyway")
		case p.Unnumbered():
			r.note(path+".ebgpMultihop", "NotApplied", "a peer that is found by its interface is never more than one hop away")
		case ttl == 255 && r.in.Dialect.HidesMaxTTL:
			s.Multihop = "ebgp-multihop"
		case ttl > 1:
			s.Multihop = fmt.Sprintf("ebgp-multihop %d", ttl)
		default:
			// One hop and no more, wherever the peer's address is: FRR otherwise
			// wants it on a connected network.
			s.Multihop = "disable-connected-check"
		}
	}
	if g := n.GracefulRestart; g != nil {
		s.GracefulRestart = modeOf(g)
		if g.RestartTime != 0 && s.GracefulRestart == Restarts && !r.restartsFor(g.RestartTime) {
			r.note(path+".gracefulRestart.restartTime", "NotApplied", "FRR has one restart time for all neighbors: global.gracefulRestart.restartTime")
		}
	}
	if rr := n.RouteReflector; rr != nil {
		p.clusterID = rr.RouteReflectorClusterID
		if s.everywhere.RouteReflectorClient = rr.RouteReflectorClient && internal; rr.RouteReflectorClient && !internal {
			r.note(path+".routeReflector.routeReflectorClient", "NotApplied", "only an internal peer can be a client (RFC 4456), and this one is in AS %d", p.PeerASN)
		}
	}
}

// description is the text that FRR can take of the user's.
func (r *resolver) description(path, s string) string {
	clean := token.Text(s)
	if clean != s {
		r.note(path+".config.description", "Altered", "FRR shows it as %q: blanks are collapsed, characters that are not seen are left out, a | before a blank becomes /, and it ends after 1,000 bytes", clean)
	}
	return clean
}
