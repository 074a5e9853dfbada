package validate

import (
	"fmt"
	"net/netip"
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation/field"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/token"
)

// listen are the addresses that bgpd listens on.
func listen(p *field.Path, addresses []string) field.ErrorList {
	var errs field.ErrorList
	for i, s := range addresses {
		if a, err := netip.ParseAddr(s); err != nil || a.Zone() != "" || a.Is4In6() || a.IsMulticast() {
			errs = append(errs, field.Invalid(p.Index(i), s, "must be an IPv4 or IPv6 address of the node, or 0.0.0.0 or :: for all"))
		}
	}
	return errs
}

// confederation may be incomplete while it is not enabled.
func confederation(p *field.Path, c *v1.Confederation) field.ErrorList {
	if c == nil || !c.Enabled {
		return nil
	}
	var errs field.ErrorList
	if c.Identifier == 0 {
		errs = append(errs, field.Required(p.Child("identifier"), "the AS number that the confederation shows to others"))
	}
	for i, member := range c.MemberASList {
		switch at := p.Child("memberAsList").Index(i); {
		case member == 0:
			errs = append(errs, field.Invalid(at, member, "must be an AS number, 1 to 4294967295"))
		case member == c.Identifier:
			errs = append(errs, field.Invalid(at, member, "is the confederation's own identifier, which no member can have (RFC 5065)"))
		}
	}
	return errs
}

// families are named once each in a list.
func families(p *field.Path, list []v1.AfiSafi) field.ErrorList {
	var errs field.ErrorList
	seen := map[v1.Family]bool{}
	for i, a := range list {
		if seen[a.Family] {
			errs = append(errs, field.Duplicate(p.Index(i).Child("family"), a.Family))
		}
		seen[a.Family] = true
	}
	return errs
}

func transport(p *field.Path, t *v1.Transport) field.ErrorList {
	if t == nil {
		return nil
	}
	var errs field.ErrorList
	if s := t.LocalAddress; s != "" {
		if a, err := token.Address(s); err != nil {
			errs = append(errs, field.Invalid(p.Child("localAddress"), s, "must be a unicast IPv4 or IPv6 address of the node"))
		} else if a.Zone() != "" {
			errs = append(errs, field.Invalid(p.Child("localAddress"), s, "must not carry an interface: use bindInterface"))
		}
	}
	if s := t.BindInterface; s != "" {
		if _, err := token.Interface(s); err != nil {
			errs = append(errs, field.Invalid(p.Child("bindInterface"), s, err.Error()))
		} else if _, err := netip.ParseAddr(s); err == nil {
			errs = append(errs, field.Invalid(p.Child("bindInterface"), s, "is an address: use localAddress"))
		}
	}
	return errs
}

// sameFamily checks the source of a session against its peer.
func sameFamily(p *field.Path, n *v1.Neighbor) field.ErrorList {
	if n.Transport == nil || n.Config.NeighborInterface != "" {
		return nil
	}
	local, localErr := netip.ParseAddr(n.Transport.LocalAddress)
	peer, peerErr := netip.ParseAddr(n.Config.NeighborAddress)
	if localErr == nil && peerErr == nil && local.Is4() != peer.Is4() {
		return field.ErrorList{field.Invalid(p.Child("transport", "localAddress"), n.Transport.LocalAddress, fmt.Sprintf("is not of the address family of the neighbor, %s", peer))}
	}
	return nil
}

// clusterID is an IPv4 address or the number that it stands for.
func clusterID(p *field.Path, r *v1.RouteReflector) field.ErrorList {
	if r == nil || r.RouteReflectorClusterID == "" {
		return nil
	}
	s := r.RouteReflectorClusterID
	if n, err := strconv.ParseUint(s, 10, 32); err == nil && n > 0 {
		return nil
	}
	if a, err := netip.ParseAddr(s); err == nil && a.Is4() && !a.IsUnspecified() {
		return nil
	}
	return field.ErrorList{field.Invalid(p.Child("routeReflectorClusterId"), s, "must be an IPv4 address such as 10.0.0.1, or a number, 1 to 4294967295 (RFC 4456)")}
}

// ranges are networks, and the group of the peers from there.
func ranges(p *field.Path, list []v1.DynamicNeighbor) field.ErrorList {
	var errs field.ErrorList
	for i, d := range list {
		if prefix, err := netip.ParsePrefix(d.Prefix); err != nil || prefix.Addr().Is4In6() {
			errs = append(errs, field.Invalid(p.Index(i).Child("prefix"), d.Prefix, "must be a network such as 10.0.0.0/16 or fd00::/64"))
		}
		if d.PeerGroup == "" {
			errs = append(errs, field.Required(p.Index(i).Child("peerGroup"), "the peer group of the peers from this range"))
		}
	}
	return errs
}
