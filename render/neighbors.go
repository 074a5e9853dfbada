package render

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/token"
)

// selected says whether a nodeSelector matches this node. Absent and empty
// selectors match every node. An invalid one matches none: it costs its own
// neighbor, not the node.
func (r *resolver) selected(path string, s *metav1.LabelSelector) bool {
	if s == nil {
		return true
	}
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		r.note(path+".nodeSelector", "InvalidSelector", "is invalid, so this entry is left out: %v", err)
		return false
	}
	return selector.Matches(labels.Set(r.in.Node.Labels))
}

func (r *resolver) peerGroups(global []v1.Family) []PeerGroup {
	var groups []PeerGroup
	first := map[string]string{}
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
		password, ok := r.password(path, "", &g.Config.SessionConfig, nil)
		if !ok {
			continue
		}
		timers := timersOf(g.Timers)
		timers.fillIn()
		timers.settle(r, path, Timers{})
		groups = append(groups, PeerGroup{
			Name:        g.Config.Name,
			Path:        path,
			PeerASN:     g.Config.PeerASN,
			Description: r.description(path, g.Config.Description),
			Session: Session{
				Password: password,
				Timers:   timers,
				Families: r.sessionFamilies(path, g.AfiSafis, nil, global),
			},
		})
	}
	slices.SortFunc(groups, func(a, b PeerGroup) int { return cmp.Compare(a.Name, b.Name) })
	return groups
}

func (r *resolver) neighbors(global []v1.Family, groups []PeerGroup) []Neighbor {
	var neighbors []Neighbor
	first := map[string]string{}
	for i := range r.spec.Neighbors {
		n, path := &r.spec.Neighbors[i], "spec.neighbors["+strconv.Itoa(i)+"]"
		if !r.selected(path, n.NodeSelector) {
			continue
		}
		neighbor, ok := r.neighbor(path, n, global, groups)
		if !ok {
			continue
		}
		if earlier, taken := first[neighbor.ID]; taken {
			r.note(path, "Duplicate", "is to FRR the same neighbor as %s, which is used", earlier)
			continue
		}
		first[neighbor.ID] = path
		neighbors = append(neighbors, neighbor)
	}
	// The order in the object means nothing, so it must not show.
	slices.SortFunc(neighbors, func(a, b Neighbor) int {
		return cmp.Or(a.Address.Compare(b.Address), cmp.Compare(a.ID, b.ID))
	})
	return neighbors
}

// neighbor resolves one neighbor; false if it has to be left out.
func (r *resolver) neighbor(path string, n *v1.Neighbor, global []v1.Family, groups []PeerGroup) (Neighbor, bool) {
	if n.Config.VRF != "" {
		r.note(path+".config.vrf", "NotApplied", "VRFs are not applied yet, so this neighbor is left out")
		return Neighbor{}, false
	}
	out := Neighbor{
		Path:        path,
		PeerASN:     n.Config.PeerASN,
		Description: r.description(path, n.Config.Description),
		AdminDown:   n.Config.AdminDown,
	}
	if n.Config.NeighborInterface != "" {
		out.ID, out.Interface = n.Config.NeighborInterface, n.Config.NeighborInterface
	} else {
		addr := netip.MustParseAddr(n.Config.NeighborAddress) // validate has parsed it
		out.Interface = addr.Zone()
		out.Address = addr.WithZone("")
		out.ID = out.Address.String()
		if out.Address.IsLinkLocalUnicast() && !r.in.Dialect.DialsLinkLocal {
			r.note(path+".config.neighborAddress", "WaitsForPeer", "this version of FRR does not connect to a link-local neighbor, it waits until that one connects")
		}
	}

	var group *PeerGroup
	if name := n.Config.PeerGroup; name != "" {
		i := slices.IndexFunc(groups, func(g PeerGroup) bool { return g.Name == name })
		if i < 0 {
			r.note(path+".config.peerGroup", "NoPeerGroup", "there is no peer group %q on this node, so this neighbor is left out", name)
			return Neighbor{}, false
		}
		group = &groups[i]
		out.PeerGroup = name
		if group.PeerASN != 0 {
			if out.PeerASN != 0 && out.PeerASN != group.PeerASN {
				r.note(path+".config.peerAsn", "PeerGroupWins", "%d is not used: peer group %s states %d", out.PeerASN, name, group.PeerASN)
			}
			out.PeerASN = group.PeerASN
		}
	}
	if out.PeerASN == 0 {
		r.note(path+".config.peerAsn", "NoPeerASN", "neither this neighbor nor its peer group states the peer's AS number, so it is left out")
		return Neighbor{}, false
	}

	var ok bool
	if out.Password, ok = r.password(path, n.Config.NeighborAddress, &n.Config.SessionConfig, n.AuthPasswordSecretRef); !ok {
		return Neighbor{}, false
	}
	out.Timers = timersOf(n.Timers)
	var groupTimers Timers
	fallback := familiesOf(out)
	if group == nil {
		out.Timers.fillIn()
	} else {
		groupTimers = group.Timers
		if len(group.Families) > 0 {
			fallback = group.Families
		}
	}
	out.Timers.settle(r, path, groupTimers)
	switch {
	case group == nil:
	case group.PeerASN == 0 && out.PeerASN == r.spec.Global.ASN:
		// "Peer-group members must be all internal or all external": FRR refuses
		// a mixture, so internal peers have the values of the group without it.
		out.PeerGroup = ""
		out.inherit(group)
	default:
		out.leaveTo(group)
	}
	out.Families = r.sessionFamilies(path, n.AfiSafis, fallback, global)
	if len(out.Families) == 0 {
		r.note(path+".afiSafis", "NoFamily", "no address family of this neighbor is enabled and among spec.global.families, so it exchanges no routes")
	}
	out.ExtendedNextHop = out.Address.Is6() && slices.Contains(out.Families, v1.IPv4Unicast)
	return out, true
}

// inherit takes over what only the peer group says.
func (s *Session) inherit(group *PeerGroup) {
	if s.Password.IsZero() {
		s.Password = group.Password
	}
	s.Timers.ConnectRetry = cmp.Or(s.Timers.ConnectRetry, group.Timers.ConnectRetry)
	s.Timers.Hold = cmp.Or(s.Timers.Hold, group.Timers.Hold)
	s.Timers.Keepalive = cmp.Or(s.Timers.Keepalive, group.Timers.Keepalive)
	s.Timers.MRAI = cmp.Or(s.Timers.MRAI, group.Timers.MRAI)
}

// leaveTo drops what the peer group says anyway: FRR does not show it.
func (s *Session) leaveTo(group *PeerGroup) {
	same := func(a, b *uint32) bool { return a != nil && b != nil && *a == *b }
	if s.Password == group.Password {
		s.Password = Secret{}
	}
	if same(s.Timers.Hold, group.Timers.Hold) && same(s.Timers.Keepalive, group.Timers.Keepalive) {
		s.Timers.Hold, s.Timers.Keepalive = nil, nil
	}
	if same(s.Timers.ConnectRetry, group.Timers.ConnectRetry) {
		s.Timers.ConnectRetry = nil
	}
	if same(s.Timers.MRAI, group.Timers.MRAI) {
		s.Timers.MRAI = nil
	}
}

// familiesOf are the families of a session that states none: that of the
// peer's address, or both for an unnumbered peer.
func familiesOf(n Neighbor) []v1.Family {
	switch {
	case n.Unnumbered():
		return appliedFamilies
	case n.Address.Is4():
		return []v1.Family{v1.IPv4Unicast}
	default:
		return []v1.Family{v1.IPv6Unicast}
	}
}

// description is the text that FRR can take of the user's.
func (r *resolver) description(path, s string) string {
	clean := token.Text(s)
	if clean != s {
		r.note(path+".config.description", "Altered", "FRR shows it as %q: blanks are collapsed, a | before a blank becomes /, and it ends after 1,000 bytes", clean)
	}
	return clean
}
