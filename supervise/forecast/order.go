package forecast

import (
	"cmp"
	"net/netip"
)

// comparePeers orders addresses as addresses, before names and ranges.
func comparePeers(a, b string) int {
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	switch {
	case errX == nil && errY == nil:
		return x.Compare(y)
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return cmp.Compare(a, b)
}
