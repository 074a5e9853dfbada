package plan

import (
	"strings"
	"testing"
)

// What FRR shows is the same configuration as what was rendered, whichever of
// them spells an address how.
func TestSpelling(t *testing.T) {
	const shown = `frr version 8.4.4
ipv6 prefix-list K8FRR-LISTED seq 7 permit ::1.2.3.4/128
ipv6 prefix-list K8FRR-LISTED seq 8 permit ::ffff:102:304/128 le 128
route-map K8FRR-X permit 10
 match ipv6 next-hop address ::1.2.3.4
 set ipv6 next-hop global ::1.2.3.5
exit
ipv6 route ::1.2.3.4/128 kube-lb0 tag 7473 17
vrf blue
 ipv6 route ::1.2.3.6/128 kube-lb1 tag 7473 17
exit-vrf
router bgp 65000
 bgp listen range ::1.2.3.0/120 peer-group pg
 neighbor ::1.2.3.7 remote-as 65001
 neighbor ::1.2.3.7 description see ::1.2.3.4
 neighbor ::1.2.3.7 password ::1.2.3.4
 neighbor ::1.2.3.7 update-source ::1.2.3.8
 address-family ipv6 unicast
  neighbor ::1.2.3.7 activate
 exit-address-family
exit
`
	text := []string{"see ::1.2.3.4", "password ::1.2.3.4"}
	rendered := shown
	for i, s := range text {
		rendered = strings.ReplaceAll(rendered, s, strings.Repeat("@", i+1)+"\n")
	}
	rendered = strings.NewReplacer("::1.2.3.4", "::102:304", "::1.2.3.5", "::102:305", "::1.2.3.6", "::102:306", "::1.2.3.0", "::102:300",
		"::1.2.3.7", "::102:307", "::1.2.3.8", "::102:308", "::ffff:102:304", "::ffff:1.2.3.4").Replace(rendered)
	rendered = strings.ReplaceAll(rendered, "@@\n", text[1])
	rendered = strings.ReplaceAll(rendered, "@\n", text[0])
	if p := Between(shown, rendered); !p.Empty() {
		t.Errorf("from what FRR shows to the same:\n%s", p)
	}
	other := strings.ReplaceAll(rendered, "password ::1.2.3.4", "password ::102:304")
	if p := Between(shown, other); p.Empty() {
		t.Error("a password that looks like an address is taken for another one")
	}
	p := Between(shown, strings.ReplaceAll(rendered, "remote-as 65001", "remote-as 65002"))
	for _, e := range p.Effects() {
		if e.Peer != "::102:307" {
			t.Errorf("an effect on %s, which is spelled ::102:307 everywhere else", e.Peer)
		}
	}
}
