package forecast

import (
	"cmp"
	"net/netip"
	"slices"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// Route is something that a peer gains or loses.
type Route struct {
	VRF  string `json:"vrf,omitempty"`
	Peer string `json:"peer"`
	// What is a prefix; or, where no addresses are known, the interface whose
	// prefixes they are.
	What   string `json:"what"`
	Gained bool   `json:"gained"`
	// Certain is false where it depends on what no configuration tells.
	Certain bool `json:"certain"`
}

// offer is something that a peer may be told of.
type offer struct{ vrf, peer, what string }

// routes are what peers gain and lose from one configuration to another, when
// all sessions that can be are up. That a reset withdraws everything for a
// while is told by the effect on the session.
func routes(before, after *render.Config) []Route {
	known := mirrors(before) || mirrors(after)
	old, goal := offers(before, known), offers(after, known)
	var list []Route
	tell := func(o offer, was, will verdict) {
		if was.is == will.is && (was.is != perhaps || was.because == will.because) {
			return
		}
		list = append(list, Route{o.vrf, o.peer, o.what, will.is > was.is, was.is != perhaps && will.is != perhaps})
	}
	for o, will := range goal {
		tell(o, old[o], will)
	}
	for o, was := range old {
		if _, still := goal[o]; !still {
			tell(o, was, verdict{})
		}
	}
	return sortRoutes(list)
}

func sortRoutes(list []Route) []Route {
	slices.SortFunc(list, func(a, b Route) int {
		return cmp.Or(cmp.Compare(a.VRF, b.VRF), comparePeers(a.Peer, b.Peer), cmp.Compare(a.What, b.What), compareBool(a.Gained, b.Gained))
	})
	return list
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// offers are what each session of a node tells its peer of what the node
// itself originates. Unless any address is known, the interfaces stand for
// what they carry.
func offers(c *render.Config, known bool) map[offer]verdict {
	all := map[offer]verdict{}
	maps := policiesOf(c)
	for _, i := range c.Instances() {
		for _, n := range i.Neighbors {
			if n.AdminDown {
				continue
			}
			g := groupOf(i, n.PeerGroup)
			for _, f := range n.Families {
				shared, _ := g.Family(f.Family)
				offerAll(all, i, n.ID, f.Family, known, maps.judge(cmp.Or(f.Export, shared.Export)))
			}
		}
		for _, r := range i.Ranges {
			for _, f := range groupOf(i, r.PeerGroup).Families {
				offerAll(all, i, r.Prefix.String(), f.Family, known, maps.judge(f.Export))
			}
		}
	}
	return all
}

func groupOf(i *render.Instance, name string) *render.Session {
	for k := range i.PeerGroups {
		if i.PeerGroups[k].Name == name {
			return &i.PeerGroups[k].Session
		}
	}
	return &render.Session{}
}

// mirrors reports whether a node announces prefixes that are known.
func mirrors(c *render.Config) bool {
	return slices.ContainsFunc(c.Instances(), func(i *render.Instance) bool { return len(i.Import.Mirrored) > 0 })
}

// offerAll adds what a session carries in a family: the prefixes that are
// imported, or the interfaces if no address is known.
func offerAll(all map[offer]verdict, i *render.Instance, peer string, f v1.Family, known bool, judge func(netip.Prefix) verdict) {
	add := func(what string, v verdict) {
		o := offer{i.Device, peer, what}
		if all[o].is < v.is {
			all[o] = v
		}
	}
	is4 := f == v1.IPv4Unicast || f == v1.IPv4Labeled
	if !is4 && f != v1.IPv6Unicast && f != v1.IPv6Labeled {
		return // only these have what is imported
	}
	for _, m := range i.Import.Mirrored {
		if m.Prefix.Addr().Is4() == is4 {
			add(m.Prefix.String(), judge(m.Prefix))
		}
	}
	if !known {
		for _, pattern := range i.Import.Patterns {
			add(pattern, judge(netip.Prefix{}))
		}
	}
}
