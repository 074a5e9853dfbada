package proof

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/k8frr/k8frr/render"
)

// Tables as bgpd 8.4 and 10.3 print them, of which the prefix may be too long for its column, or stand right behind what is
// said of the path.
func TestTabled(t *testing.T) {
	table := `update group 1, subgroup 1
BGP table version is 32, local router ID is 10.9.0.17
Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,
               i internal, r RIB-failure, S Stale, R Removed
Origin codes:  i - IGP, e - EGP, ? - incomplete
   Network          Next Hop            Metric LocPrf Weight Path
*> 10.9.0.9/32      0.0.0.0                  0         32768 ?
*>i10.9.1.0/24      10.1.0.1                 0             0 65001 i
*=                  10.1.0.3                 0             0 65001 i
   10.9.2.0/24      10.1.0.1                 0             0 65001 i
 *>  d00:9::1/128     ::                       0         32768 i
 d   fd00:9:aaaa:bbbb:cccc:dddd:eeee:ffff/128
                      ::                       0         32768 i

Total number of prefixes 2
`
	var want []netip.Prefix
	for _, p := range []string{"10.9.0.9/32", "10.9.1.0/24", "10.9.2.0/24", "d00:9::1/128", "fd00:9:aaaa:bbbb:cccc:dddd:eeee:ffff/128"} {
		want = append(want, netip.MustParsePrefix(p))
	}
	if got := tabled([]byte(table)); !slices.Equal(got, want) {
		t.Errorf("read %v", got)
	}
}

// A prefix is withdrawn within its instance, and not if the configuration has a statement for it.
func TestWithdrawal(t *testing.T) {
	text := `router bgp 65000
 address-family ipv4 unicast
  network 10.9.0.2/32
 exit-address-family
exit
router bgp 65009 vrf red
 address-family ipv4 unicast
  network 10.9.0.3/32 route-map X
 exit-address-family
exit
`
	for _, tc := range []struct{ device, prefix, first string }{
		{"", "10.9.0.1/32", "router bgp 65000"},
		{"red", "10.9.0.1/32", "router bgp 65009 vrf red"},
		{"blue", "10.9.0.1/32", ""},
		{"", "10.9.0.2/32", ""},
		{"red", "10.9.0.3/32", ""},
	} {
		script := withdrawal(text, &render.Instance{Device: tc.device}, families[0], netip.MustParsePrefix(tc.prefix))
		if tc.first == "" {
			if script != nil {
				t.Errorf("%v: %v", tc, script)
			}
			continue
		}
		want := []string{tc.first, "address-family ipv4 unicast", "network " + tc.prefix, "no network " + tc.prefix, "exit-address-family", "exit"}
		if !slices.Equal(script, want) {
			t.Errorf("%v: %v", tc, script)
		}
	}
}
