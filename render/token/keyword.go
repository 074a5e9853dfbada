package token

import (
	"errors"
	"net/netip"
	"strings"
)

// FRR takes a name for one of its own words where the grammar has both, and
// keywords may be abbreviated. The functions below are for these positions.

// NextHop checks the name of an interface where a static route has its next hop:
//
//	ip route PREFIX (ADDRESS | INTERFACE | Null0 | reject | blackhole)
//
// Upper and lower case are the same for some of these words.
func NextHop(s string) (string, error) {
	if _, err := Interface(s); err != nil {
		return "", err
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return "", errors.New("is an address to FRR where a route has its next hop")
	}
	lower := strings.ToLower(s)
	for _, word := range []string{"null0", "reject", "blackhole"} {
		if strings.HasPrefix(word, lower) {
			return "", errors.New("stands for " + word + " in FRR where a route has its next hop")
		}
	}
	if strings.HasPrefix(lower, "null0") {
		return "", errors.New("stands for Null0 in FRR where a route has its next hop")
	}
	return s, nil
}

// VRF checks the name of a VRF. `show ip route vrf (NAME | all)` takes an
// abbreviation of all for it.
func VRF(s string) (string, error) {
	if _, err := Interface(s); err != nil {
		return "", err
	}
	if s == "default" || strings.HasPrefix("all", s) {
		return "", errors.New("stands for something else in FRR")
	}
	return s, nil
}

// Clearable reports whether `clear bgp NAME` ends the session with the neighbor
// of that name and no other:
//
//	clear bgp (* | ADDRESS | NAME | ASN | external | …)
func Clearable(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	number := strings.Trim(name, "0123456789.") == "" // 10.x takes 1.5 for an AS number
	return name != "*" && !number && !strings.HasPrefix("external", name)
}
