//go:build linux

package gobgp

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab/listener"
	answers "github.com/k8frr/k8frr/status/gobgp"
)

// testLarge has a peer send more routes than are listed: bgpd is not asked to print them, in this pod or the next, and one is
// still answered for.
func testLarge(t *testing.T, r *router) {
	t.Helper()
	var many []listener.Route
	for i := range answers.MaxRoutes {
		many = append(many, listener.Route{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{30, byte(i >> 16), byte(i >> 8), byte(i)}), 32)})
	}
	if err := r.tor.Announce(many...); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a large table", func() string {
		out, err := r.gobgp(t, "neighbor")
		if err == nil && strings.Contains(out, fmt.Sprint(answers.MaxRoutes+2)) {
			return ""
		}
		return out
	})
	for _, line := range []string{"neighbor 10.1.0.1 adj-in", "global rib", "global rib 0.0.0.0/0 longer-prefixes"} {
		if _, err := r.gobgp(t, line); err == nil || !strings.Contains(err.Error(), "gobgp global rib PREFIX") {
			t.Errorf("%s: %v", line, err)
		}
	}
	if out, err := r.gobgp(t, "global rib 30.0.1.2"); err != nil || !strings.Contains(out, "*> 30.0.1.2/32 ") {
		t.Error(out, err)
	}
}
