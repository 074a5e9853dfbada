package status

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// neighbors are the configured neighbors of the default instance, then those of VRFs, then the peers that came from
// listen ranges, then what is declared and left out. Which are meant to be down is said beside it.
func (b *builder) neighbors() (out []v1.NeighborStatus, meant []bool) {
	add := func(s v1.NeighborStatus, down bool) { out, meant = append(out, s), append(meant, down) }
	for _, i := range b.config.Instances() {
		for _, n := range i.Neighbors {
			add(b.neighbor(i, n), n.AdminDown)
		}
	}
	left := maxFromRanges
	for _, i := range b.config.Instances() {
		from := b.fromRanges(i, left)
		left -= len(from)
		for _, s := range from {
			add(s, false)
		}
	}
	for _, s := range b.leftOut() {
		add(s, false)
	}
	return out, meant
}

func (b *builder) neighbor(i *render.Instance, n render.Neighbor) v1.NeighborStatus {
	s := v1.NeighborStatus{
		Address:     n.ID,
		Interface:   n.Interface,
		VRF:         i.VRF,
		PeerASN:     n.PeerASN,
		LocalASN:    b.config.ASN,
		State:       Idle,
		Description: n.Description,
	}
	if n.LocalASN != 0 {
		s.LocalASN = n.LocalASN
	}
	previous := b.previously(&s)
	if b.Snapshot == nil {
		if previous != nil {
			s.Address = previous.Address
		}
		noBGPD.explain().tell(&s, previous, explanation{})
		return s
	}
	instance := b.Snapshot.instance(i.Device)
	shown := instance.Neighbors[n.ID]
	if n.Unnumbered() && shown.Address.IsValid() {
		s.Address = shown.Address.String()
	}
	peer, ok := instance.Summary.Session(n.ID)
	if !ok {
		notInFRR.explain().tell(&s, nil, explanation{})
		return s
	}
	show(&s, peer, previous)
	if s.State == Established {
		return s
	}
	why := session{n, i.WaitsFor(n), hasPassword(i, n), n.Multihop == "" && n.PeerASN != b.config.ASN, peer, shown, b.Snapshot.Kernel}
	now, ended := why.explain()
	now.tell(&s, previous, ended)
	return s
}

// show takes over what FRR says of a session.
func show(s *v1.NeighborStatus, p Peer, previous *v1.NeighborStatus) {
	if p.LocalAS != 0 {
		s.LocalASN = v1.ASN(p.LocalAS)
	}
	if s.State = fsm(p.State); s.State == Established {
		s.PrefixesReceived, s.PrefixesSent = max(p.Received, 0), max(p.Sent, 0)
		s.SessionUpSince = steady(p.Since, previous)
	}
}

func hasPassword(i *render.Instance, n render.Neighbor) bool {
	return !n.Password.IsZero() ||
		slices.ContainsFunc(i.PeerGroups, func(g render.PeerGroup) bool { return g.Name == n.PeerGroup && !g.Password.IsZero() })
}

// maxFromRanges bounds the peers from listen ranges that are listed, of all instances together.
const maxFromRanges = 500

// fromRanges are the first most peers of an instance that no neighbor names.
func (b *builder) fromRanges(i *render.Instance, most int) []v1.NeighborStatus {
	if b.Snapshot == nil || len(i.Ranges) == 0 || most == 0 {
		return nil
	}
	summary := b.Snapshot.instance(i.Device).Summary
	found := map[netip.Addr]Peer{}
	for _, table := range summary {
		for name, p := range table.Peers {
			if addr, err := netip.ParseAddr(name); err == nil && p.Dynamic {
				found[addr], _ = summary.Session(name)
			}
		}
	}
	peers := slices.SortedFunc(maps.Keys(found), netip.Addr.Compare)
	var out []v1.NeighborStatus
	for _, addr := range peers[:min(len(peers), most)] {
		p := found[addr]
		s := v1.NeighborStatus{Address: addr.String(), VRF: i.VRF, PeerASN: v1.ASN(p.RemoteAS), LocalASN: b.config.ASN}
		for _, r := range i.Ranges {
			g := slices.IndexFunc(i.PeerGroups, func(g render.PeerGroup) bool { return g.Name == r.PeerGroup })
			if r.Prefix.Contains(addr) && g >= 0 {
				s.Description = i.PeerGroups[g].Description
			}
		}
		show(&s, p, b.previously(&s))
		if s.State != Established {
			s.LastError, s.Reason = notYet, string(CauseNeverUp)
		}
		out = append(out, s)
	}
	return out
}

// omissions are the notes about neighbors and ranges that are declared and that FRR does not get.
func (b *builder) omissions() []render.Note {
	running := map[string]bool{}
	for _, i := range b.config.Instances() {
		for _, n := range i.Neighbors {
			running[n.Path] = true
		}
	}
	var out []render.Note
	for _, note := range b.Applied.Notes {
		// A part of a neighbor that runs may be left out, too.
		path := note.Path[:strings.Index(note.Path, "]")+1]
		of := func(list string) bool { return strings.HasPrefix(path, "spec."+list+"[") }
		// A mesh names each node to all, and so to itself.
		if note.LeftOut && note.Reason != "LocalAddress" && (of("neighbors") && !running[path] || of("dynamicNeighbors")) {
			running[path] = true // one reason is enough
			out = append(out, note)
		}
	}
	return out
}

// leftOut are the neighbors among the omissions, each with the reason.
func (b *builder) leftOut() []v1.NeighborStatus {
	if b.Declared == nil {
		return nil
	}
	var out []v1.NeighborStatus
	for _, note := range b.omissions() {
		index, found := strings.CutPrefix(note.Path, "spec.neighbors[")
		index, _, _ = strings.Cut(index, "]")
		k, err := strconv.Atoi(index)
		if !found || err != nil || k < 0 || k >= len(b.Declared.Spec.Neighbors) {
			continue
		}
		c := b.Declared.Spec.Neighbors[k].Config
		s := v1.NeighborStatus{Address: c.NeighborAddress, Interface: c.NeighborInterface, VRF: c.VRF, PeerASN: c.PeerASN,
			LocalASN: b.config.ASN, State: Idle, Description: c.Description, LastError: "not configured: " + note.String(), Reason: string(CauseLeftOut)}
		if s.Interface != "" {
			s.Address = s.Interface
		}
		out = append(out, s)
	}
	return out
}

// previously is what was last written of a neighbor, nil if nothing was.
func (b *builder) previously(s *v1.NeighborStatus) *v1.NeighborStatus {
	for i, p := range b.Previous.Neighbors {
		if p.VRF == s.VRF && p.Interface == s.Interface && (p.Address == s.Address || s.Address == s.Interface) {
			return &b.Previous.Neighbors[i]
		}
	}
	return nil
}

// steady keeps the time that was written before, if it is the same but for rounding: bgpd subtracts two clocks that it
// rounds to seconds, so its answer moves by one from time to time.
func steady(since time.Time, previous *v1.NeighborStatus) *metav1.Time {
	if since.IsZero() {
		return nil
	}
	if previous != nil && previous.SessionUpSince != nil && since.Sub(previous.SessionUpSince.Time).Abs() <= 2*time.Second {
		return previous.SessionUpSince
	}
	t := metav1.NewTime(since)
	return &t
}
