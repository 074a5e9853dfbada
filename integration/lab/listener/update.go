//go:build linux

package listener

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
)

// updateEvents says what an UPDATE means (RFC 4271, section 4.3; RFC 4760), one event per prefix, withdrawals first.
func updateEvents(at time.Time, peer netip.Addr, update *bgp.BGPUpdate) []Event {
	if end, family := update.IsEndOfRib(); end {
		return []Event{{At: at, Peer: peer, Kind: EndOfRIB, Family: family}}
	}
	var withdrawn, announced []netip.Prefix
	for _, n := range update.WithdrawnRoutes {
		withdrawn = append(withdrawn, prefix(n))
	}
	for _, n := range update.NLRI {
		announced = append(announced, prefix(n))
	}
	for _, attribute := range update.PathAttributes {
		switch a := attribute.(type) {
		case *bgp.PathAttributeMpReachNLRI:
			for _, n := range a.Value {
				announced = append(announced, prefix(n))
			}
		case *bgp.PathAttributeMpUnreachNLRI:
			for _, n := range a.Value {
				withdrawn = append(withdrawn, prefix(n))
			}
		}
	}
	var events []Event
	for _, p := range withdrawn {
		events = append(events, Event{At: at, Peer: peer, Kind: Withdrawn, Prefix: p})
	}
	common := readAttributes(update.PathAttributes)
	for _, p := range announced {
		route := common
		route.Prefix = p
		events = append(events, Event{At: at, Peer: peer, Kind: Announced, Prefix: p, Route: &route})
	}
	return events
}

// perMessage is how many prefixes share an UPDATE: IPv6 host routes and a generous set of attributes fit in 4096 bytes.
const perMessage = 180

// announce sends routes, as many as possible of the same attributes in one UPDATE.
func (s *session) announce(routes []Route) error {
	for len(routes) > 0 {
		n := 1
		for n < len(routes) && n < perMessage && sameMessage(routes[0], routes[n]) {
			n++
		}
		if err := s.announceTogether(routes[:n]); err != nil {
			return err
		}
		routes = routes[n:]
	}
	return nil
}

func sameMessage(a, b Route) bool {
	is4 := a.Prefix.Addr().Is4() == b.Prefix.Addr().Is4()
	a.Prefix, b.Prefix = netip.Prefix{}, netip.Prefix{}
	return is4 && reflect.DeepEqual(a, b)
}

func (s *session) announceTogether(routes []Route) error {
	first := routes[0]
	is4 := first.Prefix.Addr().Is4()
	if !slices.Contains(s.families, familyOf(first.Prefix)) {
		return nil
	}
	attributes, err := first.attributes(s.listener.config.ASN, s.peerASN)
	if err != nil {
		return err
	}
	hop := first.NextHop
	if !hop.IsValid() {
		hop = s.local
	}
	if !is4 && hop.Is4() {
		return fmt.Errorf("route %s needs an IPv6 next hop on a session over IPv4", first.Prefix)
	}
	var classic []*bgp.IPAddrPrefix
	var multi []bgp.AddrPrefixInterface
	for _, r := range routes {
		if n, ok := nlri(r.Prefix).(*bgp.IPAddrPrefix); ok && hop.Is4() {
			classic = append(classic, n)
		} else {
			multi = append(multi, nlri(r.Prefix))
		}
	}
	if classic != nil {
		attributes = append(attributes, bgp.NewPathAttributeNextHop(hop.String()))
	} else {
		attributes = append(attributes, bgp.NewPathAttributeMpReachNLRI(hop.String(), multi))
	}
	slices.SortFunc(attributes, func(a, b bgp.PathAttributeInterface) int { return int(a.GetType()) - int(b.GetType()) })
	return s.send(bgp.NewBGPUpdateMessage(nil, attributes, classic))
}

func (s *session) withdraw(prefixes []netip.Prefix) error {
	for chunk := range slices.Chunk(prefixes, perMessage) {
		var classic []*bgp.IPAddrPrefix
		var multi []bgp.AddrPrefixInterface
		for _, p := range chunk {
			if !slices.Contains(s.families, familyOf(p)) {
				continue
			}
			switch n := nlri(p).(type) {
			case *bgp.IPAddrPrefix:
				classic = append(classic, n)
			default:
				multi = append(multi, n)
			}
		}
		if classic != nil {
			if err := s.send(bgp.NewBGPUpdateMessage(classic, nil, nil)); err != nil {
				return err
			}
		}
		if multi != nil {
			unreach := []bgp.PathAttributeInterface{bgp.NewPathAttributeMpUnreachNLRI(multi)}
			if err := s.send(bgp.NewBGPUpdateMessage(nil, unreach, nil)); err != nil {
				return err
			}
		}
	}
	return nil
}

func familyOf(p netip.Prefix) bgp.RouteFamily {
	if p.Addr().Is4() {
		return bgp.RF_IPv4_UC
	}
	return bgp.RF_IPv6_UC
}
