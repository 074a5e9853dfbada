package token

import (
	"net/netip"
	"strings"
)

// Canonical returns the spelling that this project compares: an IPv6 address or
// prefix as netip prints it, and any other word unchanged. FRR spells the same
// address otherwise: ::102:304 is ::1.2.3.4 to it, and before FRR 10
// ::ffff:1.2.3.4 is ::ffff:102:304. FRR reads either.
func Canonical(word string) string {
	if !strings.Contains(word, "::") {
		return word // both have eight groups, which have one spelling in FRR
	}
	if addr, err := netip.ParseAddr(word); err == nil {
		return addr.String()
	}
	if prefix, err := netip.ParsePrefix(word); err == nil {
		return prefix.String()
	}
	return word
}
