//go:build linux

package kernel

import (
	"net/netip"
	"testing"

	"github.com/k8frr/k8frr/render"
)

// Loopback is what every namespace has.
func TestLocal(t *testing.T) {
	own, other := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.77")
	found, err := Local(t.Context(), []netip.Addr{other, own})
	if err != nil || len(found) != 1 || found[0] != (render.LocalAddress{Address: own, Interface: "lo"}) {
		t.Errorf("of %v and %v the node has %v, %v; want the first, on lo", own, other, found, err)
	}
	if found, err := Local(t.Context(), nil); found != nil || err != nil {
		t.Errorf("of no address the node has %v, %v", found, err)
	}
}
