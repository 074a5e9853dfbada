package render

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// listenLimit is how many peers FRR accepts from all ranges together. Its
// default is 100, less than a rack of nodes may have; 5,000 is the most that
// every version takes.
const listenLimit = 5000

// Range is a range of addresses from which peers may connect.
type Range struct {
	Prefix    netip.Prefix
	PeerGroup string
	// Path is the field: spec.dynamicNeighbors[0].
	Path string
}

// ranges resolves where peers of the default instance may come from that no
// neighbor names. Of ranges that overlap FRR takes one: the widest.
func (r *resolver) ranges(i *Instance, groups []group) []Range {
	if i.VRF != "" {
		return nil
	}
	var all []Range
	for j, d := range r.spec.DynamicNeighbors {
		path := "spec.dynamicNeighbors[" + strconv.Itoa(j) + "]"
		g := slices.IndexFunc(groups, func(g group) bool { return g.Name == d.PeerGroup })
		switch {
		case g < 0:
			r.leaveOut(path+".peerGroup", "NoPeerGroup", "there is no peer group %q on this node, so this range is left out", d.PeerGroup)
		case groups[g].PeerASN == 0:
			r.leaveOut(path+".peerGroup", "NoPeerASN", "peer group %s states no peerAsn, without which FRR takes no peer from a range, so this one is left out", d.PeerGroup)
		default:
			prefix := netip.MustParsePrefix(d.Prefix).Masked() // validate has parsed it
			all = append(all, Range{prefix, d.PeerGroup, path})
		}
	}
	slices.SortStableFunc(all, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits()), comparePrefixes(a.Prefix, b.Prefix), cmp.Compare(a.PeerGroup, b.PeerGroup))
	})
	var kept []Range
	for _, rg := range all {
		k := slices.IndexFunc(kept, func(k Range) bool { return k.Prefix.Overlaps(rg.Prefix) })
		if k >= 0 {
			r.leaveOut(rg.Path+".prefix", "RangesOverlap", "%s is within %s (%s), and FRR takes no ranges that overlap, so this one is left out", rg.Prefix, kept[k].Prefix, kept[k].Path)
			continue
		}
		kept = append(kept, rg)
	}
	// In FRR's order: by peer group.
	slices.SortFunc(kept, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.PeerGroup, b.PeerGroup), comparePrefixes(a.Prefix, b.Prefix))
	})
	return kept
}

// familiesFrom are the families of the peers that come from the ranges of a
// group, where the group states none.
func familiesFrom(ranges []Range, group string) []v1.Family {
	var families []v1.Family
	for _, rg := range ranges {
		if rg.PeerGroup == group {
			families = append(families, familyOf(rg.Prefix.Addr()))
		}
	}
	return families
}
