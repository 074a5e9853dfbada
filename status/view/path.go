package view

import (
	"fmt"
	"net/netip"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// paths are the addresses that a node carries.
func (r report) paths() []Path {
	if r.NetlinkImport == nil {
		return nil
	}
	links := map[string]v1.ImportInterfaceStatus{}
	for _, i := range r.NetlinkImport.Interfaces {
		links[i.Name] = i
	}
	type place struct {
		vrf    string
		prefix netip.Prefix
	}
	routes := map[place]*v1.RIBRoute{}
	if r.RIB != nil {
		for i := range r.RIB.LocalRoutes {
			route := &r.RIB.LocalRoutes[i]
			if p, err := netip.ParsePrefix(route.Prefix); err == nil {
				routes[place{route.VRF, p.Masked()}] = route
			}
		}
	}
	whole := r.whole()
	var updated *time.Time
	if r.LastUpdated != nil {
		updated = &r.LastUpdated.Time
	}
	all := make([]Path, 0, len(r.NetlinkImport.ImportedAddresses))
	for _, a := range r.NetlinkImport.ImportedAddresses {
		address, err := netip.ParsePrefix(a.Address)
		if err != nil {
			continue // no agent writes that
		}
		p := Path{Node: r.name, Interface: a.Interface, VRF: a.VRF, Address: address, Prefix: address.Masked(), Stale: r.stale, Updated: updated}
		route := routes[place{p.VRF, p.Prefix}]
		if route != nil {
			p.NextHop, p.Communities, p.Peers = route.NextHop, route.Communities, route.AdvertisedTo
		}
		r.judge(&p, links[a.Interface], a.InRIB, route, whole)
		all = append(all, p)
	}
	return all
}

// whole is what concerns every address of a node: the first link that does not
// hold, and why.
type whole struct {
	broken Link
	why    string
	// unsent is why nothing is sent to anybody.
	unsent string
}

func (r report) whole() whole {
	var w whole
	applied := r.condition(status.ConfigurationApplied)
	switch reachable := r.condition(status.FRRReachable); {
	case reachable.Status == metav1.ConditionFalse:
		w.broken, w.why = InFRR, sentence(reachable.Message)
	case applied.Status == metav1.ConditionFalse && r.Configuration != nil && r.Configuration.Generation == 0:
		w.broken, w.why = InFRR, "FRR runs no configuration: "+sentence(applied.Message)
	}
	if r.established() > 0 {
		return w
	}
	switch len(r.Neighbors) {
	case 0:
		w.unsent = "there is nobody to send it to: the node has no neighbors."
	case 1:
		w.unsent = fmt.Sprintf("the only session, with %s, is not established: %s", r.Neighbors[0].Address, sentence(r.Neighbors[0].LastError))
	default:
		w.unsent = fmt.Sprintf("none of %d sessions is established: %s: %s", len(r.Neighbors), r.Neighbors[0].Address, sentence(r.Neighbors[0].LastError))
	}
	return w
}

// judge finds the first link of a path that does not hold.
func (r report) judge(p *Path, link v1.ImportInterfaceStatus, inRIB bool, route *v1.RIBRoute, w whole) {
	breaks := func(at Link, ofNode bool, format string, args ...any) {
		p.Broken, p.OfNode, p.Level = at, ofNode, Problem
		p.Why = fmt.Sprintf(format, args...)
		if p.Stale {
			p.Level = Notice
		}
	}
	switch {
	case link.Name != "" && !link.Exists:
		breaks(OnNode, true, "the interface %s does not exist.", p.Interface)
	case link.Name != "" && link.OperState != "up":
		breaks(OnNode, true, "the interface %s is down.", p.Interface)
	case w.broken != "":
		breaks(w.broken, true, "%s", w.why)
	case !inRIB && r.condition(status.ImportHealthy).Status == metav1.ConditionTrue:
		breaks(InBGP, false, "it is new, and on its way into BGP.")
		p.Level = Notice
	case !inRIB:
		breaks(InBGP, false, "bgpd does not have %s. %s", p.Prefix, r.whyNotInBGP())
	case route == nil && r.RIB != nil && r.RIB.Truncated:
		p.Level, p.Why = Notice, fmt.Sprintf("the status lists %d routes only, and this one is not among them.", v1.MaxLocalRoutes)
	case len(p.Peers) == 0 && w.unsent != "":
		breaks(Sent, true, "%s", w.unsent)
	case len(p.Peers) == 0:
		breaks(Sent, false, "%s is sent to none of %s: an export policy rejects it, or no session carries %s.",
			p.Prefix, plural(r.established(), "established peer"), family(p.Prefix))
	}
}

// whyNotInBGP is what the node itself says.
func (r report) whyNotInBGP() string {
	if c := r.condition(status.ConfigurationApplied); c.Status == metav1.ConditionFalse {
		return sentence(c.Message)
	}
	return sentence(r.condition(status.ImportHealthy).Message)
}

func family(p netip.Prefix) string {
	if p.Addr().Is4() {
		return "ipv4-unicast"
	}
	return "ipv6-unicast"
}
