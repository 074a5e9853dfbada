//go:build linux

package plan_test

import (
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/random"
)

// home is a node on which FRR takes every leftover.
const home = `frr defaults traditional
bgp route-map delay-timer 1
ip prefix-list K8FRR-LISTED seq 31 permit 10.9.0.0/24
ip prefix-list K8FRR-LISTED seq 4294967295 deny any
route-map K8FRR-ORIGINATED permit 10
 match tag 7473
exit
route-map K8FRR-KERNEL deny 10
exit
router bgp 65001
 bgp router-id 10.1.0.9
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 neighbor FABRIC peer-group
 neighbor FABRIC remote-as 65000
 neighbor 10.1.0.1 remote-as 65000
 neighbor 10.1.0.2 remote-as 65002
 neighbor 2001:db8::1 remote-as 65000
 neighbor 10.1.0.3 peer-group FABRIC
 address-family ipv4 unicast
  neighbor FABRIC activate
  neighbor FABRIC route-map K8FRR-ORIGINATED out
  neighbor 10.1.0.1 activate
  neighbor 10.1.0.1 route-map K8FRR-ORIGINATED out
 exit-address-family
exit
router bgp 65001 vrf blue
 bgp router-id 10.1.0.10
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
exit
vrf blue
 ip protocol bgp route-map K8FRR-KERNEL
exit-vrf
ip protocol bgp route-map K8FRR-KERNEL
ipv6 protocol bgp route-map K8FRR-KERNEL
`

// TestLeftovers enters each leftover by hand: k8frr keeps what is the operator's
// and removes the rest.
func TestLeftovers(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		side(func(lane int) { enterLeftovers(t, v, lane) })
	})
}

// enterLeftovers takes some of them, one by one.
func enterLeftovers(t *testing.T, v lab.Version, lane int) {
	n := start(t, lab.New(t).Host("node"), v)
	fresh := n.load(t, home)
	for i := lane; i < len(random.Leftovers); i += lanes {
		l := random.Leftovers[i]
		text := strings.ReplaceAll(l.Text, "ASN", "65001")
		tr := &transition{wanted: home, byHand: text}
		if l.Stays {
			tr.stays = text
		}
		err := tr.take(t, n, fresh)
		if err != nil {
			t.Errorf("%s%v", text, err)
		}
		if err != nil || l.Stays {
			n.load(t, home)
		}
	}
}
