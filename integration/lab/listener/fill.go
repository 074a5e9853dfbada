//go:build linux

package listener

import (
	"net"
	"net/netip"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
)

// Fill sends so many routes, a /24 each from 20.0.0.0 on, to the peers that are there, as a router with a full table does:
// as many to an UPDATE as fit. Their path is this speaker's own AS alone. It returns before the peers have read them.
func (l *Listener) Fill(routes int, nextHop netip.Addr) error {
	attributes := []bgp.PathAttributeInterface{
		bgp.NewPathAttributeOrigin(0),
		bgp.NewPathAttributeAsPath([]bgp.AsPathParamInterface{bgp.NewAs4PathParam(bgp.BGP_ASPATH_ATTR_TYPE_SEQ, []uint32{l.config.ASN})}),
		bgp.NewPathAttributeNextHop(nextHop.String()),
	}
	const perMessage = 900
	for sent := 0; sent < routes; {
		var nlri []*bgp.IPAddrPrefix
		for ; len(nlri) < perMessage && sent < routes; sent++ {
			at := uint32(20<<24) + uint32(sent)<<8
			nlri = append(nlri, bgp.NewIPAddrPrefix(24, net.IPv4(byte(at>>24), byte(at>>16), byte(at>>8), 0).String()))
		}
		if err := l.Send(bgp.RF_IPv4_UC, bgp.NewBGPUpdateMessage(nil, attributes, nlri)); err != nil {
			return err
		}
	}
	return nil
}
