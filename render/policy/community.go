package policy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
)

// wellKnown are the communities that FRR shows by name, in its running
// configuration and to its regular expressions (bgpd/bgp_community.c).
var wellKnown = map[uint32]string{
	0:          "internet",
	0xFFFF0000: "graceful-shutdown",
	0xFFFF0001: "accept-own",
	0xFFFF0002: "route-filter-translated-v4",
	0xFFFF0003: "route-filter-v4",
	0xFFFF0004: "route-filter-translated-v6",
	0xFFFF0005: "route-filter-v6",
	0xFFFF0006: "llgr-stale",
	0xFFFF0007: "no-llgr",
	0xFFFF0008: "accept-own-nexthop",
	0xFFFF029A: "blackhole",
	0xFFFFFF01: "no-export",
	0xFFFFFF02: "no-advertise",
	0xFFFFFF03: "local-AS",
	0xFFFFFF04: "no-peer",
}

// communityNames are the names that a configuration can use: GoBGP's and FRR's.
var communityNames = func() map[string]uint32 {
	names := map[string]uint32{}
	for value, name := range wellKnown {
		names[strings.ToLower(name)] = value
	}
	for value, name := range bgp.WellKnownCommunityNameMap {
		names[name] = uint32(value)
	}
	return names
}()

var (
	pairOfNumbers = regexp.MustCompile(`^[0-9]+:[0-9]+$`)
	number        = regexp.MustCompile(`^[0-9]+$`)
)

// errPattern is returned for what is no value, and may be a regular expression.
var errPattern = errors.New("is no value")

// parseCommunity reads a community (RFC 1997): AS:VALUE, a number or a name.
func parseCommunity(s string) (uint32, error) {
	switch {
	case number.MatchString(s):
		n, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			return 0, errors.New("must be at most 4294967295")
		}
		return uint32(n), nil
	case pairOfNumbers.MatchString(s):
		as, value, _ := strings.Cut(s, ":")
		a, err1 := strconv.ParseUint(as, 10, 16)
		v, err2 := strconv.ParseUint(value, 10, 16)
		if err1 != nil || err2 != nil {
			return 0, errors.New("must be AS:VALUE with both at most 65535 (RFC 1997); longer ones are large communities")
		}
		return uint32(a)<<16 | uint32(v), nil
	}
	if value, ok := communityNames[strings.ReplaceAll(strings.ToLower(s), "_", "-")]; ok {
		return value, nil
	}
	return 0, errPattern
}

// communityWord is how FRR shows a community.
func communityWord(c uint32) string {
	if name, ok := wellKnown[c]; ok {
		return name
	}
	return communityNumbers(c)
}

func communityNumbers(c uint32) string { return fmt.Sprintf("%d:%d", c>>16, c&0xFFFF) }

var threeNumbers = regexp.MustCompile(`^[0-9]+:[0-9]+:[0-9]+$`)

// parseLarge reads a large community (RFC 8092), and returns it as FRR shows it.
func parseLarge(s string) (text, key string, err error) {
	if !threeNumbers.MatchString(s) {
		return "", "", errPattern
	}
	large, err := bgp.ParseLargeCommunity(s)
	if err != nil {
		return "", "", errors.New("must be three numbers of at most 4294967295 (RFC 8092)")
	}
	sort := binary.BigEndian.AppendUint32(nil, large.ASN)
	sort = binary.BigEndian.AppendUint32(sort, large.LocalData1)
	sort = binary.BigEndian.AppendUint32(sort, large.LocalData2)
	return large.String(), string(sort), nil
}

// ext is an extended community that FRR can set and match (RFC 4360).
type ext struct {
	kind  string // rt or soo
	value string // as FRR shows it
	key   string // its bytes
}

// display is how FRR shows it to regular expressions.
func (e ext) display() string { return extDisplay[e.kind] + ":" + e.value }

var (
	extDisplay  = map[string]string{"rt": "RT", "soo": "SoO"}
	extSubtypes = map[string]bgp.ExtendedCommunityAttrSubType{
		"rt": bgp.EC_SUBTYPE_ROUTE_TARGET, "soo": bgp.EC_SUBTYPE_ROUTE_ORIGIN,
	}
	extNumbers = regexp.MustCompile(`^([0-9]+\.)*[0-9]+:[0-9]+$`)
)

// extKind splits an extended community as GoBGP writes them: rt:VALUE.
func extKind(s string) (kind, value string, err error) {
	kind, value, _ = strings.Cut(s, ":")
	switch kind = strings.ToLower(kind); kind {
	case "rt", "soo":
		return kind, value, nil
	case "lb":
		return "", "", errors.New("is a link bandwidth, of which FRR sets and matches no exact value: use a community")
	case "encap":
		return "", "", errors.New("is an encapsulation, which FRR neither sets nor matches: use a community")
	case "valid", "invalid", "not-found":
		return "", "", errors.New("is a validation state, which FRR neither sets nor matches: use a community")
	}
	return "", "", errors.New("must begin with rt or soo and a colon")
}

// parseExt reads a route target or site of origin.
func parseExt(s string) (ext, error) {
	kind, value, err := extKind(s)
	if err != nil {
		return ext{}, err
	}
	if !extNumbers.MatchString(value) {
		return ext{}, errPattern
	}
	wrong := errors.New("must be AS:NUMBER or IPv4:NUMBER after rt: or soo:, of six bytes together (RFC 4360, RFC 5668)")
	e := ext{kind: kind}
	parsed, err := bgp.ParseExtendedCommunity(extSubtypes[kind], value)
	if err != nil {
		return ext{}, wrong
	}
	switch c := parsed.(type) {
	case *bgp.TwoOctetAsSpecificExtended:
		e.value = fmt.Sprintf("%d:%d", c.AS, c.LocalAdmin)
	case *bgp.FourOctetAsSpecificExtended:
		if c.AS <= 0xFFFF {
			return ext{}, errors.New("has an AS number of two bytes in the form for four, which FRR cannot write: leave out the \"0.\"")
		}
		e.value = fmt.Sprintf("%d:%d", c.AS, c.LocalAdmin)
	case *bgp.IPv4AddressSpecificExtended:
		e.value = fmt.Sprintf("%s:%d", c.IPv4, c.LocalAdmin)
	default:
		return ext{}, wrong
	}
	if !exactly(value, e.value) {
		return ext{}, wrong
	}
	raw, err := parsed.Serialize()
	if err != nil {
		return ext{}, wrong
	}
	e.key = string(raw)
	return e, nil
}

// exactly reports whether two spellings are of one value: what is too great for
// its bytes has been cut while it was parsed.
func exactly(given, parsed string) bool {
	admin, local, _ := strings.Cut(given, ":")
	parsedAdmin, parsedLocal, _ := strings.Cut(parsed, ":")
	if _, err := netip.ParseAddr(parsedAdmin); err == nil {
		return admin == parsedAdmin && sameNumber(local, parsedLocal)
	}
	if high, low, dotted := strings.Cut(admin, "."); dotted {
		h, err1 := strconv.ParseUint(high, 10, 16)
		l, err2 := strconv.ParseUint(low, 10, 16)
		if err1 != nil || err2 != nil {
			return false
		}
		admin = strconv.FormatUint(h<<16|l, 10)
	}
	return sameNumber(admin, parsedAdmin) && sameNumber(local, parsedLocal)
}

func sameNumber(a, b string) bool {
	trimmed := strings.TrimLeft(a, "0")
	return trimmed == b || trimmed == "" && b == "0"
}

// sorted returns the values in the order of their keys, each once.
func sorted[T any](values []T, key func(T) string) []T {
	values = slices.Clone(values)
	slices.SortStableFunc(values, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	return slices.CompactFunc(values, func(a, b T) bool { return key(a) == key(b) })
}
