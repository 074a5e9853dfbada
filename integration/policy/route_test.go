//go:build linux

package policy

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"

	"github.com/k8frr/k8frr/integration/lab/listener"
)

// route is a prefix with its path attributes. Its text form is a line:
//
//	10.2.0.0/16 path 65002 {65010,65011} nexthop 10.1.0.9 origin egp med 5 localpref 200 communities 65000:1 large 1:2:3 ext rt:65000:1
//
// in which all but the prefix may be left out: a route to send then has the
// sender's AS for a path, its address for a next hop, and origin igp. A route of
// which only "local" is said is the router's own.
type route struct {
	prefix      netip.Prefix
	local       bool
	path        string
	nexthop     netip.Addr
	origin      string
	med         *uint32
	localPref   *uint32
	communities []string
	large       []string
	ext         []string
}

var origins = []string{"igp", "egp", "incomplete"}

func parseRoute(line string) (route, error) {
	words := strings.Fields(line)
	r := route{origin: "igp", path: "-"}
	var err error
	if r.prefix, err = netip.ParsePrefix(words[0]); err != nil {
		return r, err
	}
	for words = words[1:]; len(words) > 0; {
		key := words[0]
		n := 1
		for n < len(words) && !slices.Contains([]string{"path", "nexthop", "origin", "med", "localpref", "communities", "large", "ext", "local"}, words[n]) {
			n++
		}
		values := words[1:n]
		words = words[n:]
		number := func() *uint32 {
			v, parseErr := strconv.ParseUint(values[0], 10, 32)
			err = cmp.Or(err, parseErr)
			u := uint32(v)
			return &u
		}
		switch key {
		case "local":
			r.local = true
		case "path":
			r.path = strings.Join(values, " ")
		case "nexthop":
			r.nexthop, err = netip.ParseAddr(values[0])
		case "origin":
			r.origin = values[0]
		case "med":
			r.med = number()
		case "localpref":
			r.localPref = number()
		case "communities":
			r.communities = values
		case "large":
			r.large = values
		case "ext":
			r.ext = values
		default:
			err = fmt.Errorf("what is %q", key)
		}
		if err != nil {
			return r, fmt.Errorf("%s: %w", line, err)
		}
	}
	return r, nil
}

// String is the text form with all attributes but the next hop that a session
// has anyway, MED and LOCAL_PREF that are absent or as good as absent.
func (r route) String() string {
	var b strings.Builder
	b.WriteString(r.prefix.String())
	if r.local {
		return b.String() + " local"
	}
	if r.path != "-" {
		fmt.Fprintf(&b, " path %s", r.path)
	}
	if r.nexthop.IsValid() {
		fmt.Fprintf(&b, " nexthop %s", r.nexthop)
	}
	fmt.Fprintf(&b, " origin %s", r.origin)
	if r.med != nil {
		fmt.Fprintf(&b, " med %d", *r.med)
	}
	if r.localPref != nil && *r.localPref != 100 {
		fmt.Fprintf(&b, " localpref %d", *r.localPref)
	}
	for _, list := range []struct {
		name   string
		values []string
	}{{"communities", r.communities}, {"large", r.large}, {"ext", r.ext}} {
		if len(list.values) > 0 {
			values := slices.Compact(slices.Sorted(slices.Values(list.values)))
			fmt.Fprintf(&b, " %s %s", list.name, strings.Join(values, " "))
		}
	}
	return b.String()
}

// heard is a route as a neighbor received it.
func heard(l listener.Route) route {
	r := route{
		prefix: l.Prefix, nexthop: l.NextHop, origin: origins[l.Origin], med: l.MED, localPref: l.LocalPref,
		communities: l.Communities, large: l.LargeCommunities, path: "-",
	}
	if r.med != nil && *r.med == 0 {
		r.med = nil // FRR sends an absent MED to internal neighbors as 0, which it is worth (RFC 4271 section 9.1.2.2)
	}
	for _, a := range l.Attributes {
		switch a := a.(type) {
		case *bgp.PathAttributeAsPath:
			r.path = bgp.AsPathString(a)
		case *bgp.PathAttributeExtendedCommunities:
			for _, e := range a.Value {
				r.ext = append(r.ext, extText(e))
			}
		}
	}
	return r
}

func extText(e bgp.ExtendedCommunityInterface) string {
	_, subtype := e.GetTypes()
	kind := map[bgp.ExtendedCommunityAttrSubType]string{bgp.EC_SUBTYPE_ROUTE_TARGET: "rt", bgp.EC_SUBTYPE_ROUTE_ORIGIN: "soo"}[subtype]
	if four, ok := e.(*bgp.FourOctetAsSpecificExtended); ok {
		return fmt.Sprintf("%s:%d:%d", kind, four.AS, four.LocalAdmin)
	}
	return kind + ":" + e.String()
}

// update is the message that announces the route; asn is the sender's AS
// number, 0 within the AS.
func (r route) update(asn uint32, hop netip.Addr) (*bgp.BGPMessage, error) {
	path := r.path
	if path == "-" {
		path = ""
		if asn != 0 {
			path = fmt.Sprint(asn)
		}
	}
	segments, err := segments(path)
	if err != nil {
		return nil, err
	}
	attributes := []bgp.PathAttributeInterface{
		bgp.NewPathAttributeOrigin(uint8(slices.Index(origins, r.origin))),
		bgp.NewPathAttributeAsPath(segments),
	}
	if r.nexthop.IsValid() {
		hop = r.nexthop
	}
	var nlri []*bgp.IPAddrPrefix
	if r.prefix.Addr().Is4() {
		attributes = append(attributes, bgp.NewPathAttributeNextHop(hop.String()))
		nlri = append(nlri, bgp.NewIPAddrPrefix(uint8(r.prefix.Bits()), r.prefix.Addr().String()))
	}
	if r.med != nil {
		attributes = append(attributes, bgp.NewPathAttributeMultiExitDisc(*r.med))
	}
	switch {
	case r.localPref != nil:
		attributes = append(attributes, bgp.NewPathAttributeLocalPref(*r.localPref))
	case asn == 0:
		attributes = append(attributes, bgp.NewPathAttributeLocalPref(100))
	}
	if len(r.communities) > 0 {
		var values []uint32
		for _, c := range r.communities {
			var a, v uint32
			if _, err := fmt.Sscanf(c, "%d:%d", &a, &v); err != nil {
				return nil, fmt.Errorf("%s: %w", c, err)
			}
			values = append(values, a<<16|v)
		}
		attributes = append(attributes, bgp.NewPathAttributeCommunities(values))
	}
	if !r.prefix.Addr().Is4() {
		attributes = append(attributes, bgp.NewPathAttributeMpReachNLRI(hop.String(), []bgp.AddrPrefixInterface{
			bgp.NewIPv6AddrPrefix(uint8(r.prefix.Bits()), r.prefix.Addr().String()),
		}))
	}
	if len(r.ext) > 0 {
		var values []bgp.ExtendedCommunityInterface
		for _, text := range r.ext {
			kind, value, _ := strings.Cut(text, ":")
			subtype := map[string]bgp.ExtendedCommunityAttrSubType{"rt": bgp.EC_SUBTYPE_ROUTE_TARGET, "soo": bgp.EC_SUBTYPE_ROUTE_ORIGIN}[kind]
			e, err := bgp.ParseExtendedCommunity(subtype, value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", text, err)
			}
			values = append(values, e)
		}
		attributes = append(attributes, bgp.NewPathAttributeExtendedCommunities(values))
	}
	if len(r.large) > 0 {
		var values []*bgp.LargeCommunity
		for _, text := range r.large {
			c, err := bgp.ParseLargeCommunity(text)
			if err != nil {
				return nil, err
			}
			values = append(values, c)
		}
		attributes = append(attributes, bgp.NewPathAttributeLargeCommunities(values))
	}
	return bgp.NewBGPUpdateMessage(nil, attributes, nlri), nil
}

// segments reads an AS path such as "65002 65003 {65010,65011}".
func segments(path string) ([]bgp.AsPathParamInterface, error) {
	var out []bgp.AsPathParamInterface
	var sequence []uint32
	flush := func() {
		if len(sequence) > 0 {
			out = append(out, bgp.NewAs4PathParam(bgp.BGP_ASPATH_ATTR_TYPE_SEQ, sequence))
			sequence = nil
		}
	}
	number := func(s string) uint32 {
		n, _ := strconv.ParseUint(s, 10, 32)
		return uint32(n)
	}
	for _, word := range strings.Fields(path) {
		if inside, ok := strings.CutPrefix(word, "{"); ok {
			flush()
			var members []uint32
			for _, m := range strings.Split(strings.TrimSuffix(inside, "}"), ",") {
				members = append(members, number(m))
			}
			out = append(out, bgp.NewAs4PathParam(bgp.BGP_ASPATH_ATTR_TYPE_SET, members))
			continue
		}
		sequence = append(sequence, number(word))
	}
	flush()
	return out, nil
}
