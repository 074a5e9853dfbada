package render

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// familyNames are the address families of FRR, in the order in which it shows
// them, and what it calls them.
var familyNames = []struct {
	family v1.Family
	name   string
}{
	{v1.IPv4Unicast, "ipv4 unicast"},
	{v1.IPv4Multicast, "ipv4 multicast"},
	{v1.IPv4Labeled, "ipv4 labeled-unicast"},
	{v1.IPv4VPN, "ipv4 vpn"},
	{v1.IPv4Flowspec, "ipv4 flowspec"},
	{v1.IPv6Unicast, "ipv6 unicast"},
	{v1.IPv6Multicast, "ipv6 multicast"},
	{v1.IPv6Labeled, "ipv6 labeled-unicast"},
	{v1.IPv6VPN, "ipv6 vpn"},
	{v1.IPv6Flowspec, "ipv6 flowspec"},
	{v1.L2VPNEVPN, "l2vpn evpn"},
}

// unicast are the families of a speaker that states none.
var unicast = []v1.Family{v1.IPv4Unicast, v1.IPv6Unicast}

// noFamily is why a family is not rendered.
const noFamily = "FRR has no %s, so that it is left out"

func familyName(f v1.Family) string {
	for _, n := range familyNames {
		if n.family == f {
			return n.name
		}
	}
	return ""
}

// globalFamilies are the families of the speaker. Where none is stated, they
// are IPv4 and IPv6 unicast and those that neighbors and peer groups state.
func (r *resolver) globalFamilies() []v1.Family {
	stated := r.spec.Global.Families
	if len(stated) == 0 {
		return inOrder(append(r.enabledFamilies(), unicast...))
	}
	for _, f := range stated {
		if familyName(f) == "" {
			r.note("spec.global.families", "NotApplied", noFamily, f)
		}
	}
	return inOrder(stated)
}

// enabledFamilies are those that neighbors of the default instance and peer
// groups of this node enable.
func (r *resolver) enabledFamilies() []v1.Family {
	var enabled []v1.Family
	add := func(stated []v1.AfiSafi) {
		for _, a := range stated {
			if a.Enabled == nil || *a.Enabled {
				enabled = append(enabled, a.Family)
			}
		}
	}
	for i := range r.spec.Neighbors {
		n := &r.spec.Neighbors[i]
		if n.Config.VRF == "" && r.selected(fmt.Sprintf("spec.neighbors[%d]", i), n.NodeSelector) {
			add(n.AfiSafis)
		}
	}
	for i := range r.spec.PeerGroups {
		if g := &r.spec.PeerGroups[i]; r.selected(fmt.Sprintf("spec.peerGroups[%d]", i), g.NodeSelector) {
			add(g.AfiSafis)
		}
	}
	return enabled
}

// inOrder keeps the families that FRR has, each once, in its order.
func inOrder(families []v1.Family) []v1.Family {
	var ordered []v1.Family
	for _, n := range familyNames {
		if slices.Contains(families, n.family) {
			ordered = append(ordered, n.family)
		}
	}
	return ordered
}

// familyOf is the family of a session that states none: that of the peer's
// address.
func familyOf(a netip.Addr) v1.Family {
	if a.Is4() {
		return v1.IPv4Unicast
	}
	return v1.IPv6Unicast
}

// statedFamilies are what a neighbor or group says of families one by one; nil
// if it says nothing.
func (r *resolver) statedFamilies(path string, stated []v1.AfiSafi) []FamilySession {
	var out []FamilySession
	if len(stated) > 0 {
		out = []FamilySession{} // stated, even if none is enabled
	}
	for i, a := range stated {
		if a.Enabled != nil && !*a.Enabled {
			continue
		}
		if familyName(a.Family) == "" {
			r.note(path+".afiSafis", "NotApplied", noFamily, a.Family)
			continue
		}
		fs := FamilySession{Family: a.Family}
		if l := a.PrefixLimit; l != nil && l.MaxPrefixes != 0 {
			fs.PrefixLimit = PrefixLimit{Max: l.MaxPrefixes, WarnPercent: l.ShutdownThresholdPct}
			if fs.PrefixLimit.WarnPercent == 75 {
				fs.PrefixLimit.WarnPercent = 0
			}
		}
		if a.AddPaths != nil {
			fs.AddPaths = AddPaths{SendAll: a.AddPaths.SendMax > 1, NotReceived: !a.AddPaths.Receive}
			if fs.AddPaths.SendAll {
				// "addpath-tx-best-selected" of 10.3 withdraws the best path when
				// a worse one comes.
				r.note(fmt.Sprintf("%s.afiSafis[%d].addPaths.sendMax", path, i), "Altered", "%s: FRR cannot limit the paths to %d and sends all that it has", a.Family, a.AddPaths.SendMax)
			}
		}
		out = append(out, fs)
	}
	return out
}

// families settles those of a session in an instance: what is stated, or else
// the fallback, with what the session says of all families at once.
func (r *resolver) families(path string, s *stated, fallback []v1.Family, i *Instance) []FamilySession {
	wanted := s.families
	if wanted == nil {
		for _, f := range fallback {
			wanted = append(wanted, FamilySession{Family: f})
		}
	}
	var out []FamilySession
	for _, n := range familyNames {
		k := slices.IndexFunc(wanted, func(fs FamilySession) bool { return fs.Family == n.family })
		if k < 0 {
			continue
		}
		if !slices.Contains(i.Families, n.family) {
			if s.families != nil {
				r.notEnabled(path, n.family, i)
			}
			continue
		}
		if plain, labeled := unlabeled[n.family]; labeled && slices.ContainsFunc(out, func(fs FamilySession) bool { return fs.Family == plain }) {
			r.note(path+".afiSafis", "NotApplied", "FRR exchanges either %s or %s with a neighbor, so the second is left out", plain, n.family)
			continue
		}
		fs := s.everywhere
		fs.Family, fs.PrefixLimit, fs.AddPaths = n.family, wanted[k].PrefixLimit, wanted[k].AddPaths
		out = append(out, r.possible(path, fs))
	}
	return out
}

func (r *resolver) notEnabled(path string, f v1.Family, i *Instance) {
	if i.VRF != "" {
		r.note(path+".afiSafis", "FamilyNotEnabled", "%s is not a family of VRF %s and stays inactive there", f, i.VRF)
		return
	}
	r.note(path+".afiSafis", "FamilyNotEnabled", "%s is not among spec.global.families and stays inactive", f)
}

// unlabeled are the families that FRR keeps in one table with a labeled one.
var unlabeled = map[v1.Family]v1.Family{v1.IPv4Labeled: v1.IPv4Unicast, v1.IPv6Labeled: v1.IPv6Unicast}

// possible leaves out what FRR cannot do in a family, and tells.
func (r *resolver) possible(path string, fs FamilySession) FamilySession {
	can := fs
	switch fs.Family {
	case v1.IPv4Flowspec, v1.IPv6Flowspec:
		can = FamilySession{Family: fs.Family, RouteReflectorClient: fs.RouteReflectorClient}
	case v1.L2VPNEVPN:
		can = FamilySession{Family: fs.Family, RouteReflectorClient: fs.RouteReflectorClient, AllowOwnASN: fs.AllowOwnASN}
		if r.in.Dialect.EVPNPrefixLimit {
			can.PrefixLimit = fs.PrefixLimit
		}
	case v1.IPv4VPN, v1.IPv6VPN:
		can.Dampening = false
	case v1.IPv4Labeled, v1.IPv6Labeled:
		can.AddPaths.SendAll = fs.AddPaths.SendAll && !r.in.Dialect.MislaysPaths
	}
	if can != fs {
		r.note(path+".afiSafis", "NotApplied", "FRR has no %s for %s", strings.Join(lost(fs, can), " and no "), fs.Family)
	}
	return can
}

// lost are the settings, by their field in the spec, that can lacks.
func lost(fs, can FamilySession) []string {
	var fields []string
	a, b := reflect.ValueOf(fs), reflect.ValueOf(can)
	for _, s := range []struct{ setting, field string }{
		{"PrefixLimit", "prefixLimit"}, {"AddPaths", "addPaths"}, {"AllowOwnASN", "allowOwnAsn"}, {"ReplacePeerASN", "replacePeerAsn"},
		{"SendCommunity", "sendCommunity"}, {"RemovePrivate", "removePrivate"}, {"Dampening", "routeFlapDamping"},
	} {
		if !a.FieldByName(s.setting).Equal(b.FieldByName(s.setting)) {
			fields = append(fields, s.field)
		}
	}
	return fields
}
