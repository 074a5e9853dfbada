//go:build linux

package plan_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/supervise/plan"
)

// FRR shows what it was told, however it spells the addresses in it: entered in netip's spelling and read back, each command
// is the same to a plan, and the plan that takes it back does.
func TestSpelling(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		n := start(t, lab.New(t).Host("node-a"), v)
		before := n.running(t)
		var wanted strings.Builder
		var addresses []netip.Addr
		for _, special := range []string{"::1.2.3.4", "::0.1.0.1", "::2.0.0.0", "::ffff", "::ffff:0", "::ffff:1.2.3.4", "::ffff:0:1.2.3.4", "::ffff:0:0:1",
			"64:ff9b::1.2.3.4", "2001:db8::5efe:1.2.3.4", "1::", "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "2001:db8::1:0:0:1", "::5"} {
			addresses = append(addresses, netip.MustParseAddr(special))
		}
		random := rand.New(rand.NewPCG(7473, 15))
		for range 60 {
			addresses = append(addresses, sparse(random))
		}
		for i, a := range addresses {
			fmt.Fprintf(&wanted, "ipv6 prefix-list K8FRR-SPELLING seq %d permit %s\n", i+1, netip.PrefixFrom(a, 128))
			fmt.Fprintf(&wanted, "ipv6 route %s Null0\n", netip.PrefixFrom(a, 128))
			fmt.Fprintf(&wanted, "route-map K8FRR-SPELLING permit %d\n match ipv6 next-hop address %s\n set ipv6 next-hop global %s\nexit\n", i+1, a, a)
		}
		wanted.WriteString("router bgp 65000\n no bgp default ipv4-unicast\n")
		for _, a := range addresses {
			if !a.Is4In6() {
				fmt.Fprintf(&wanted, " neighbor %s remote-as 65001\n neighbor %s description ::1.2.3.4\n", a, a)
			}
		}
		wanted.WriteString(" address-family ipv6 unicast\n")
		for _, a := range addresses {
			if !a.Is4In6() {
				fmt.Fprintf(&wanted, "  neighbor %s activate\n", a)
			}
		}
		wanted.WriteString(" exit-address-family\nexit\n")

		p := plan.Between(before, wanted.String())
		if err := n.apply(t, p); err != nil {
			t.Fatal(err)
		}
		shown := n.running(t)
		if left := plan.Between(shown, wanted.String()); !left.Empty() {
			t.Errorf("FRR runs all of it, and still to do is:\n%s", left)
		}
		spelledOtherwise := 0
		for _, a := range addresses {
			if !strings.Contains(shown, "seq ") || !strings.Contains(shown, " permit "+a.String()+"/128") {
				spelledOtherwise++
			}
		}
		if spelledOtherwise == 0 {
			t.Error("FRR spells every address as netip does, so nothing is tried")
		}
		if err := n.apply(t, plan.TakeBack(shown, wanted.String(), "")); err != nil {
			t.Fatal(err)
		}
		if err := n.apply(t, plan.Between(n.running(t), "")); err != nil {
			t.Fatal(err)
		}
		if text := n.running(t); strings.Contains(text, "K8FRR") || strings.Contains(text, "Null0") || strings.Contains(text, "neighbor") {
			t.Errorf("taken back, and FRR shows:\n%s", text)
		}
	})
}

// sparse is an address that FRR takes for a neighbor, most of whose groups are zero.
func sparse(r *rand.Rand) netip.Addr {
	for {
		var b [16]byte
		for i := range b {
			if r.IntN(4) == 0 {
				b[i] = byte(r.UintN(256))
			}
		}
		if r.IntN(2) == 0 {
			clear(b[:12])
		}
		if a := netip.AddrFrom16(b); a.IsGlobalUnicast() && !a.Is4In6() {
			return a
		}
	}
}
