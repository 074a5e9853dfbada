package random

import (
	"fmt"
	"strings"

	"github.com/k8frr/k8frr/render"
)

// Leftover is something that an operator, or an older version, has left in FRR.
type Leftover struct {
	Text string // ASN is the node's AS number
	// Stays says that it is the operator's, who keeps it.
	Stays bool
}

// Leftovers are those that nodes have at random: one or more for each context.
// FRR may refuse one that is about a neighbor that a node has not.
var Leftovers = []Leftover{
	// The operator's own.
	{"ip route 10.99.0.0/24 Null0\n", true},
	{"ip route 10.99.1.0/24 kube-lb0 tag 7\n", true},
	{"ip route 10.99.3.0/24 Null0 tag 7473 50\n", true},
	{"ip route 10.99.4.0/24 Null0 tag 7473\n", true},
	{"ip route 10.99.5.0/24 10.99.0.9 tag 7473\n", true},
	{"ipv6 route fd00:99:1::/64 fd00:99::9 tag 7473\n", true},
	{"ip route 10.99.6.0/24 kube-lb0 tag 7473 50\n", true},
	{"ipv6 route fd00:99::/64 blackhole\n", true},
	{"ip prefix-list MINE seq 5 permit 10.0.0.0/8 le 32\n", true},
	{"ipv6 prefix-list MINE seq 5 permit any\n", true},
	{"access-list MINE seq 5 permit 10.0.0.0/8\n", true},
	{"bgp as-path access-list MINE seq 5 permit ^65000_\n", true},
	{"bgp community-list standard MINE seq 5 permit 65000:7\n", true},
	{"bgp large-community-list standard MINE seq 5 permit 65000:7:7\n", true},
	{"bgp extcommunity-list standard MINE seq 5 permit rt 65000:7\n", true},
	{"route-map MINE permit 10\n match ip address prefix-list MINE\n set weight 7\nexit\n", true},
	{"route-map MINE permit 20\n call K8FRR-ORIGINATED\nexit\n", true},
	{"interface eth0\n description uplink\nexit\n", true},
	{"vrf blue\n ip route 10.99.2.0/24 Null0\nexit-vrf\n", true},
	{"bfd\n profile MINE\n  transmit-interval 700\n exit\nexit\n", true},
	{"bfd\n peer 10.99.0.9\n  detect-multiplier 7\n exit\nexit\n", true},
	{"router bgp ASN view glass\n neighbor 10.7.0.5 remote-as 65007\nexit\n", true},
	{"ip protocol static route-map MINE\n", true},
	{"ipv6 protocol static route-map MINE\n", true},

	// What carries k8frr's names and its tag.
	{"ip route 10.77.0.0/24 kube-lb0 tag 7473\n", false},
	{"ip route 10.77.1.0/24 kube-lb0 tag 7473 17\n", false},
	{"ipv6 route fd00:77::/64 kube-lb0 tag 7473\n", false},
	{"vrf blue\n ip route 10.77.2.0/24 kube-lb0 tag 7473\nexit-vrf\n", false},
	{"ip prefix-list K8FRR-OLD description what it was for\nip prefix-list K8FRR-OLD seq 5 permit 10.0.0.0/8 le 32\n", false},
	{"ipv6 prefix-list K8FRR-OLD seq 5 permit any\n", false},
	{"bgp as-path access-list K8FRR-OLD seq 5 permit ^65000_\n", false},
	{"bgp community-list expanded K8FRR-OLD seq 5 permit ^65000:.*$\n", false},
	{"bgp large-community-list expanded K8FRR-OLD seq 5 permit 65000:7:.*\n", false},
	{"bgp extcommunity-list standard K8FRR-OLD seq 5 permit soo 65000:7\n", false},
	{"ip prefix-list K8FRR-LISTED seq 3 permit 10.0.0.0/8 le 32\n", false},
	{"route-map K8FRR-OLD permit 10\n description what it was for\n match ip address prefix-list K8FRR-OLD\n set metric 7\n on-match next\nexit\n", false},
	{"route-map K8FRR-ORIGINATED permit 7\n match metric 7\nexit\n", false},
	{"route-map K8FRR-ORIGINATED permit 10\n set weight 7\n call MINE\nexit\n", false},
	{"bfd\n profile K8FRR-BFD-OLD\n  passive-mode\n  minimum-ttl 7\n exit\nexit\n", false},
	{"bgp route-map delay-timer 7\n", false},
	{"ip protocol bgp route-map MINE\n", false},
	{"ipv6 protocol bgp route-map MINE\n", false},
	{"vrf blue\n ip protocol bgp route-map K8FRR-OLD\nexit-vrf\n", false},

	// BGP instances, as they were made manually.
	ofInstance("timers bgp 10 30"),
	ofInstance("bgp default local-preference 200"),
	ofInstance("bgp deterministic-med"),
	ofInstance("bgp bestpath med missing-as-worst"),
	ofInstance("bgp bestpath as-path confed"),
	ofInstance("no bgp network import-check"),
	ofInstance("no bgp fast-external-failover"),
	ofInstance("bgp cluster-id 10.0.0.77"),
	ofInstance("bgp graceful-restart stalepath-time 77"),
	ofInstance("bgp max-med administrative 77"),
	ofInstance("bgp default ipv4-unicast"),
	ofInstance("bgp ebgp-requires-policy"),
	ofInstance("bgp confederation peers 65007"),
	ofInstance("coalesce-time 2000"),
	ofInstance("update-delay 7"),
	ofInstance("bgp listen limit 77"),
	ofInstance("neighbor MINE peer-group\n neighbor MINE remote-as 65007\n neighbor 10.7.0.1 peer-group MINE\n bgp listen range 10.7.1.0/24 peer-group MINE\n" +
		" address-family ipv4 unicast\n  neighbor MINE activate\n  neighbor MINE route-map MINE in\n exit-address-family"),
	ofInstance("neighbor 10.7.0.2 remote-as external\n neighbor 10.7.0.2 port 1179\n neighbor 10.7.0.2 ttl-security hops 7\n neighbor 10.7.0.2 password by hand"),
	ofInstance("neighbor eth7 interface v6only remote-as 65007"),
	ofInstance("neighbor FABRIC timers delayopen 7\n neighbor FABRIC strict-capability-match"),
	ofInstance("neighbor FABRIC remote-as 65007"),
	ofInstance("neighbor 10.1.0.1 enforce-first-as"),
	ofInstance("neighbor 10.1.0.1 dont-capability-negotiate"),
	ofInstance("neighbor 10.1.0.1 solo\n neighbor 10.1.0.1 tcp-mss 1000"),
	ofInstance("neighbor 10.1.0.1 shutdown message gone fishing"),
	ofInstance("neighbor 10.1.0.1 ttl-security hops 7"),
	ofInstance("neighbor 10.1.0.1 bfd 5 400 400"),
	ofInstance("neighbor 10.1.0.1 bfd check-control-plane-failure"),
	ofInstance("neighbor 10.1.0.2 local-role customer"),
	ofInstance("neighbor 10.1.0.2 local-as 65007"),
	ofInstance("neighbor 2001:db8::1 capability dynamic"),
	ofInstance("neighbor 2001:db8::1 disable-connected-check"),
	ofInstance("neighbor 2001:db8::1 graceful-restart-helper"),

	// Address families.
	inFamily("network 10.88.0.0/16 route-map MINE"),
	inFamily("aggregate-address 10.88.0.0/16 summary-only"),
	inFamily("redistribute static"),
	inFamily("redistribute connected metric 7"),
	inFamily("redistribute ospf metric 7"),
	inFamily("redistribute table 7 metric 7"),
	inFamily("table-map MINE"),
	inFamily("bgp dampening 10 700 2000 40"),
	inFamily("maximum-paths 7"),
	inFamily("distance bgp 21 201 201"),
	inFamily("distance 77 10.88.0.0/16"),
	inFamily("neighbor FABRIC weight 7"),
	inFamily("neighbor FABRIC activate\n  neighbor FABRIC send-community large"),
	inFamily("no neighbor 10.1.0.1 activate"),
	inFamily("neighbor 10.1.0.1 activate\n  neighbor 10.1.0.1 next-hop-self\n  neighbor 10.1.0.1 soft-reconfiguration inbound"),
	inFamily("neighbor 10.1.0.1 default-originate route-map MINE\n  neighbor 10.1.0.1 unsuppress-map MINE"),
	inFamily("neighbor 10.1.0.1 prefix-list MINE in\n  neighbor 10.1.0.1 filter-list MINE out\n  neighbor 10.1.0.1 distribute-list MINE in"),
	inFamily("neighbor 10.1.0.1 maximum-prefix 7 warning-only"),
	inFamily("neighbor 10.1.0.2 attribute-unchanged as-path\n  neighbor 10.1.0.2 capability orf prefix-list both"),
	inFamily("neighbor 10.1.0.2 allowas-in origin\n  neighbor 10.1.0.2 maximum-prefix-out 7"),
	inFamily("neighbor 10.1.0.2 addpath-tx-bestpath-per-AS\n  neighbor 10.1.0.2 route-map MINE in"),
	{"router bgp ASN\n address-family ipv6 unicast\n  network fd00:88::/48\n  neighbor 2001:db8::1 activate\n  neighbor 2001:db8::1 nexthop-local unchanged\n exit-address-family\nexit\n", false},
	{"router bgp ASN\n address-family l2vpn evpn\n  advertise-all-vni\n  advertise ipv4 unicast\n  vni 7\n   rd 10.0.0.7:7\n  exit-vni\n exit-address-family\nexit\n", false},
	{"router bgp ASN\n address-family ipv4 vpn\n  neighbor 10.1.0.1 activate\n  neighbor 10.1.0.1 send-community extended\n exit-address-family\nexit\n", false},
	{"router bgp ASN vrf green\n neighbor 10.7.0.3 remote-as 65007\n address-family ipv4 unicast\n  redistribute connected\n  rd vpn export 65000:7\n  rt vpn both 65000:7\n  export vpn\n  import vpn\n exit-address-family\nexit\n", false},
	{"router bgp ASN vrf blue\n neighbor 10.7.0.4 remote-as 65007\n address-family ipv4 unicast\n  import vrf green\n exit-address-family\nexit\n", false},
}

func ofInstance(lines string) Leftover {
	return Leftover{"router bgp ASN\n " + lines + "\nexit\n", false}
}

func inFamily(lines string) Leftover {
	return ofInstance("address-family ipv4 unicast\n  " + lines + "\n exit-address-family")
}

// leftOver picks from Leftovers: none, or a few.
func leftOver(c choice) []string {
	if c.oneIn(2) {
		return nil
	}
	var list []string
	for range 1 + c.IntN(5) {
		list = append(list, pick(c, Leftovers...).Text)
	}
	return list
}

// LeftByHand is what somebody has entered, and how much of it stays.
func (n Node) LeftByHand() (entered, stays string) {
	for _, l := range Leftovers {
		for _, text := range n.ByHand {
			if text != l.Text {
				continue
			}
			entered += text
			if l.Stays {
				stays += text
			}
		}
	}
	named := strings.NewReplacer("ASN", fmt.Sprint(n.Spec.Global.ASN))
	return named.Replace(entered), named.Replace(stays)
}

// Text is the node's frr.conf for a version of FRR.
func (n Node) Text(d render.Dialect) (string, error) {
	config, _, err := render.Resolve(n.Input(d))
	if err != nil {
		return "", err
	}
	renderer, err := render.NewRenderer(nil)
	if err != nil {
		return "", err
	}
	text, err := renderer.Text(config)
	return text.Reveal(), err
}
