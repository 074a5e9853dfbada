package render

import (
	"fmt"
	"strconv"
	"strings"
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
}

// The dialects of the supported versions.
var (
	FRR8  = Dialect{}
	FRR10 = Dialect{LocalRoutes: true, DialsLinkLocal: true}
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
	return Dialect{LocalRoutes: ma > 10 || ma == 10 && mi >= 1, DialsLinkLocal: ma >= 10}, nil
}
