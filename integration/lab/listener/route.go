//go:build linux

package listener

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
)

// Origin is the ORIGIN attribute (RFC 4271, section 5.1.1).
type Origin uint8

// The three origins.
const (
	IGP Origin = iota
	EGP
	Incomplete
)

// Route is a prefix with its path attributes: one that was heard, or one to announce.
//
// In one to announce, everything but Prefix may be left out. NextHop is then the listener's own address, ASPath its ASN on
// an eBGP session and empty on an iBGP session, LocalPref 100 on an iBGP session. LinkLocal and Attributes are not sent.
type Route struct {
	Prefix           netip.Prefix
	NextHop          netip.Addr
	LinkLocal        netip.Addr // the second, link-local next hop of IPv6 (RFC 2545); invalid without
	Origin           Origin
	ASPath           []uint32 // nearest first; sets and confederation segments flattened
	MED              *uint32  // nil: absent
	LocalPref        *uint32  // nil: absent
	Communities      []string // "65000:100"
	LargeCommunities []string // "65000:1:2"

	Attributes []bgp.PathAttributeInterface // all that was heard, as it was heard
}

// readAttributes makes a Route without a prefix.
func readAttributes(attributes []bgp.PathAttributeInterface) Route {
	r := Route{Attributes: attributes}
	for _, attribute := range attributes {
		switch a := attribute.(type) {
		case *bgp.PathAttributeOrigin:
			r.Origin = Origin(a.Value)
		case *bgp.PathAttributeAsPath:
			for _, segment := range a.Value {
				r.ASPath = append(r.ASPath, segment.GetAS()...)
			}
		case *bgp.PathAttributeNextHop:
			r.NextHop = addr(a.Value)
		case *bgp.PathAttributeMpReachNLRI:
			r.NextHop, r.LinkLocal = addr(a.Nexthop), addr(a.LinkLocalNexthop)
		case *bgp.PathAttributeMultiExitDisc:
			r.MED = &a.Value
		case *bgp.PathAttributeLocalPref:
			r.LocalPref = &a.Value
		case *bgp.PathAttributeCommunities:
			for _, c := range a.Value {
				r.Communities = append(r.Communities, fmt.Sprintf("%d:%d", c>>16, c&0xffff))
			}
		case *bgp.PathAttributeLargeCommunities:
			for _, c := range a.Values {
				r.LargeCommunities = append(r.LargeCommunities, c.String())
			}
		}
	}
	return r
}

// attributes are those of a route to announce to a peer, without the next hop.
func (r Route) attributes(own, peer uint32) ([]bgp.PathAttributeInterface, error) {
	internal := own == peer
	path := r.ASPath
	if path == nil && !internal {
		path = []uint32{own}
	}
	var segments []bgp.AsPathParamInterface
	if len(path) > 0 {
		segments = append(segments, bgp.NewAs4PathParam(bgp.BGP_ASPATH_ATTR_TYPE_SEQ, path))
	}
	attributes := []bgp.PathAttributeInterface{
		bgp.NewPathAttributeOrigin(uint8(r.Origin)),
		bgp.NewPathAttributeAsPath(segments),
	}
	if r.MED != nil {
		attributes = append(attributes, bgp.NewPathAttributeMultiExitDisc(*r.MED))
	}
	if r.LocalPref != nil {
		attributes = append(attributes, bgp.NewPathAttributeLocalPref(*r.LocalPref))
	} else if internal {
		attributes = append(attributes, bgp.NewPathAttributeLocalPref(100))
	}
	if len(r.Communities) > 0 {
		var values []uint32
		for _, text := range r.Communities {
			n, err := numbers(text, 16, 16)
			if err != nil {
				return nil, fmt.Errorf("community %q: %w", text, err)
			}
			values = append(values, n[0]<<16|n[1])
		}
		attributes = append(attributes, bgp.NewPathAttributeCommunities(values))
	}
	if len(r.LargeCommunities) > 0 {
		var values []*bgp.LargeCommunity
		for _, text := range r.LargeCommunities {
			n, err := numbers(text, 32, 32, 32)
			if err != nil {
				return nil, fmt.Errorf("large community %q: %w", text, err)
			}
			values = append(values, bgp.NewLargeCommunity(n[0], n[1], n[2]))
		}
		attributes = append(attributes, bgp.NewPathAttributeLargeCommunities(values))
	}
	return attributes, nil
}

// numbers reads "1:2:3" with so many bits in each part.
func numbers(text string, bits ...int) ([]uint32, error) {
	parts := strings.Split(text, ":")
	if len(parts) != len(bits) {
		return nil, fmt.Errorf("it has %d parts, not %d", len(parts), len(bits))
	}
	var values []uint32
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, bits[i])
		if err != nil {
			return nil, err
		}
		values = append(values, uint32(n))
	}
	return values, nil
}

func addr(ip net.IP) netip.Addr {
	a, _ := netip.AddrFromSlice(ip)
	return a.Unmap()
}

// prefix is the netip form of what gobgp's library decoded.
func prefix(n bgp.AddrPrefixInterface) netip.Prefix {
	switch n := n.(type) {
	case *bgp.IPAddrPrefix:
		return netip.PrefixFrom(addr(n.Prefix.To4()), int(n.Length))
	case *bgp.IPv6AddrPrefix:
		a, _ := netip.AddrFromSlice(n.Prefix.To16())
		return netip.PrefixFrom(a, int(n.Length))
	}
	return netip.Prefix{}
}

func nlri(p netip.Prefix) bgp.AddrPrefixInterface {
	if p.Addr().Is4() {
		return bgp.NewIPAddrPrefix(uint8(p.Bits()), p.Addr().String())
	}
	return bgp.NewIPv6AddrPrefix(uint8(p.Bits()), p.Addr().String())
}
