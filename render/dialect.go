package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/k8frr/k8frr/render/policy"
)

// Dialect is in what FRR's versions differ, as far as the rendered text is
// concerned. Differences are data here, so that nothing else asks for versions.
type Dialect struct {
	// LocalRoutes says that zebra makes a route of type local for every
	// address of an interface, which "redistribute local" reads.
	LocalRoutes bool
	// DialsLinkLocal says that bgpd connects to a link-local neighbor by
	// itself, and does not only wait for it.
	DialsLinkLocal bool
	// AIGP says that bgpd can compare the accumulated IGP metric (RFC 7311).
	AIGP bool
	// SoftwareVersion says that bgpd can tell its version to a peer.
	SoftwareVersion bool
	// Dampening says that bgpd can damp the routes of one neighbor.
	Dampening bool
	// EVPNPrefixLimit says that bgpd can limit prefixes of EVPN.
	EVPNPrefixLimit bool
	// MislaysPaths says that bgpd takes the command to send all paths of a
	// labeled family for that of the family without labels.
	MislaysPaths bool
	// HidesMaxTTL says that bgpd shows "ebgp-multihop 255" without the number.
	HidesMaxTTL bool
	// KeepsTables says that bgpd does not withdraw a route from the table that
	// "set table" had it installed in when it moves to another. zebra puts
	// back what is deleted there by hand.
	KeepsTables bool
	// UnlabeledPaths says that bgpd uses an imported VPN route also where the
	// path to its next hop has no labels of its own.
	UnlabeledPaths bool
	// ResolvesViaDefault says that zebra takes a peer, or a next hop, for
	// reachable that only the default route leads to, without being told.
	ResolvesViaDefault bool
	// Policies is what concerns route maps.
	Policies policy.Dialect
}

// The dialects of the supported versions.
var (
	FRR8  = Dialect{}
	FRR10 = Dialect{
		LocalRoutes: true, DialsLinkLocal: true, KeepsTables: true, UnlabeledPaths: true, AIGP: true, SoftwareVersion: true,
		Dampening: true, EVPNPrefixLimit: true, MislaysPaths: true, HidesMaxTTL: true, ResolvesViaDefault: true,
		Policies: policy.Dialect{DeletesExtCommunities: true},
	}
)

// DialectOf returns the dialect of an FRR version such as "8.4.4" or "10.3".
// Local routes came with FRR 10.1 (`show ip route` code L).
func DialectOf(version string) (Dialect, error) {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	digits := strings.IndexFunc(minor, func(r rune) bool { return r < '0' || r > '9' })
	if digits >= 0 {
		minor = minor[:digits]
	}
	ma, err := strconv.Atoi(major)
	if err != nil {
		return Dialect{}, fmt.Errorf("FRR version %q is not of the form MAJOR.MINOR", version)
	}
	mi, _ := strconv.Atoi(minor)
	if ma > 10 || ma == 10 && mi >= 1 {
		return FRR10, nil
	}
	return Dialect{DialsLinkLocal: ma >= 10}, nil
}
