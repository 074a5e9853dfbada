//go:build linux

package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/supervise/plan"
)

// everyLine has every kind of line that render can produce.
const everyLine = `frr defaults traditional
bgp route-map delay-timer 1
ip prefix-list K8FRR-LISTED seq 31 permit 10.9.0.0/24
ip prefix-list K8FRR-LISTED seq 4294967295 deny any
ipv6 prefix-list K8FRR-LISTED seq 32 permit fd00:9::/64
ipv6 prefix-list K8FRR-LISTED seq 4294967295 deny any
bgp as-path access-list K8FRR-AS seq 5 permit ^65000_
bgp as-path access-list K8FRR-AS seq 7 deny _65(00|01)_.*$
bgp community-list standard K8FRR-STD seq 5 permit 65000:1 65000:2
bgp community-list standard K8FRR-STD seq 8 deny no-export
bgp community-list expanded K8FRR-EXP seq 5 permit ^65000:.*$
bgp extcommunity-list standard K8FRR-RT seq 5 permit rt 65000:1
bgp extcommunity-list expanded K8FRR-RTS seq 5 permit RT:65000:.*
bgp large-community-list standard K8FRR-LARGE seq 5 permit 65000:1:2
bgp large-community-list expanded K8FRR-LARGES seq 5 permit 65000:1:.*
route-map K8FRR-POLICY permit 10
 call K8FRR-ORIGINATED
 description a readable name
 match as-path K8FRR-AS
 match community K8FRR-STD exact-match
 match extcommunity K8FRR-RT
 match ip address prefix-list K8FRR-LISTED
 match ip next-hop prefix-list K8FRR-LISTED
 match large-community K8FRR-LARGE
 match local-preference 100
 match metric 5
 match origin igp
 on-match goto 30
 set as-path prepend 65001 65001
 set comm-list K8FRR-STD delete
 set community 65000:5 no-export additive
 set extcommunity rt 65000:1 65000:2
 set extcommunity soo 65000:9
 set ip next-hop 10.0.0.3
 set ipv6 next-hop global fd00::3
 set large-comm-list K8FRR-LARGE delete
 set large-community 65000:1:1 additive
 set local-preference 200
 set metric +5
 set origin incomplete
 set table 100
 set tag 7474
 set weight 7
exit
route-map K8FRR-POLICY permit 20
 match community K8FRR-EXP
 match evpn route-type prefix
 match ipv6 address prefix-list K8FRR-LISTED
 match ipv6 next-hop prefix-list K8FRR-LISTED
 match peer 10.1.0.1
 match tag 7474
 on-match next
 set as-path exclude 65000
 set community none
 set ip next-hop peer-address
 set ipv6 next-hop peer-address
 set large-community none
exit
route-map K8FRR-POLICY deny 30
 match ip next-hop address 10.0.0.9
exit
route-map K8FRR-IMPORT-STATIC permit 10
 match tag 7473
 set metric 0
 set origin igp
 set tag 7473
exit
route-map K8FRR-IMPORT-CONNECTED permit 1010
 match interface kube-lb0
exit
route-map K8FRR-IMPORT-KERNEL permit 60010
 match ip address prefix-list K8FRR-LISTED
exit
route-map K8FRR-IMPORT-KERNEL permit 60020
 match ipv6 address prefix-list K8FRR-LISTED
exit
route-map K8FRR-ORIGINATED permit 10
 match tag 7473
exit
route-map K8FRR-KERNEL deny 10
exit
vrf blue
 ip route 10.99.0.0/24 kube-lb0 tag 7473 17
 ipv6 route fd00:99::/64 kube-lb0 tag 7473 17
 ip protocol bgp route-map K8FRR-KERNEL
 ipv6 protocol bgp route-map K8FRR-KERNEL
exit-vrf
router bgp 4200000001
 bgp router-id 10.1.0.9
 bgp always-compare-med
 bgp cluster-id 10.0.0.77
 bgp confederation identifier 65100
 bgp confederation peers 65101 65102
 bgp graceful-restart
 bgp graceful-restart restart-time 100
 bgp graceful-restart preserve-fw-state
 bgp bestpath as-path ignore
 bgp bestpath as-path multipath-relax
 bgp bestpath compare-routerid
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 neighbor FABRIC peer-group
 neighbor FABRIC remote-as 65000
 neighbor FABRIC description the rack's "first" routers
 neighbor FABRIC password hunter2
 neighbor FABRIC advertisement-interval 5
 neighbor FABRIC timers 3 9
 neighbor FABRIC timers connect 10
 neighbor LOOSE peer-group
 neighbor LOOSE bfd
 neighbor LOOSE bfd profile K8FRR-BFD-400-500-5
 neighbor LOOSE ebgp-multihop 5
 neighbor LOOSE passive
 neighbor LOOSE update-source kube-lb0
 neighbor 10.1.0.1 remote-as 65000
 neighbor 10.1.0.1 local-as 65077 no-prepend replace-as
 neighbor 10.1.0.1 bfd
 neighbor 10.1.0.1 bfd profile K8FRR-BFD-400-500-5
 neighbor 10.1.0.1 passive
 neighbor 10.1.0.1 ebgp-multihop 7
 neighbor 10.1.0.1 update-source 10.1.0.9
 neighbor 10.1.0.1 graceful-restart-helper
 neighbor 10.1.0.1 description ! tor
 neighbor 10.1.0.1 shutdown
 neighbor 10.1.0.1 password "#!?\
 neighbor 10.1.0.1 advertisement-interval 30
 neighbor 10.1.0.1 timers 30 90
 neighbor 10.1.0.1 timers connect 120
 neighbor 10.1.0.3 peer-group FABRIC
 neighbor 10.1.0.3 password own
 neighbor 10.1.0.3 advertisement-interval 6
 neighbor 10.1.0.3 timers 4 12
 neighbor 10.1.0.3 timers connect 11
 neighbor 10.1.0.5 remote-as 65005
 neighbor 10.1.0.5 peer-group LOOSE
 neighbor 2001:db8::1 remote-as 65000
 neighbor 2001:db8::1 capability extended-nexthop
 neighbor 2001:db8::1 ttl-security hops 2
 neighbor 2001:db8::1 disable-connected-check
 neighbor 2001:db8::1 graceful-restart-disable
 neighbor 10.1.0.6 remote-as 4200000001
 neighbor 10.1.0.6 graceful-restart
 neighbor 10.1.0.6 update-source kube-lb0
 neighbor 10.1.0.7 remote-as 65000
 neighbor fe80::1 remote-as 65000
 neighbor fe80::1 interface eth0
 neighbor eth1 interface remote-as 65000
 neighbor eth2 interface peer-group FABRIC
 neighbor eth3 interface peer-group LOOSE
 neighbor eth3 remote-as 65007
 bgp listen limit 5000
 bgp listen range 10.3.0.0/24 peer-group FABRIC
 bgp listen range fd00:3::/64 peer-group FABRIC
 address-family ipv4 unicast
  redistribute kernel route-map K8FRR-IMPORT-KERNEL
  redistribute connected route-map K8FRR-IMPORT-CONNECTED
  redistribute static route-map K8FRR-IMPORT-STATIC
  maximum-paths 4
  maximum-paths ibgp 8
  distance bgp 21 201 202
  neighbor FABRIC activate
  neighbor FABRIC route-map K8FRR-ORIGINATED out
  neighbor 10.1.0.6 activate
  neighbor 10.1.0.6 route-reflector-client
  neighbor 10.1.0.6 next-hop-self
  neighbor 10.1.0.6 soft-reconfiguration inbound
  neighbor 10.1.0.1 activate
  neighbor 10.1.0.1 addpath-tx-all-paths
  neighbor 10.1.0.1 disable-addpath-rx
  neighbor 10.1.0.1 remove-private-AS all replace-AS
  neighbor 10.1.0.1 as-override
  no neighbor 10.1.0.1 send-community extended
  no neighbor 10.1.0.5 send-community all
  neighbor 10.1.0.5 remove-private-AS all
  neighbor 10.1.0.5 maximum-prefix 20 80
  neighbor 10.1.0.5 allowas-in 2
  neighbor 10.1.0.1 maximum-prefix 10
  neighbor 10.1.0.1 allowas-in
  neighbor 10.1.0.1 route-map K8FRR-POLICY in
  neighbor 10.1.0.1 route-map K8FRR-ORIGINATED out
  neighbor 10.1.0.5 activate
  neighbor 10.1.0.5 route-map K8FRR-ORIGINATED out
  no neighbor eth2 activate
 exit-address-family
 address-family ipv6 unicast
  redistribute static route-map K8FRR-IMPORT-STATIC
  neighbor 2001:db8::1 activate
  neighbor 2001:db8::1 route-map K8FRR-ORIGINATED out
 exit-address-family
 address-family ipv4 multicast
  neighbor 10.1.0.1 activate
 exit-address-family
 address-family ipv6 multicast
  neighbor 2001:db8::1 activate
 exit-address-family
 address-family ipv4 labeled-unicast
  neighbor 10.1.0.7 activate
 exit-address-family
 address-family ipv6 labeled-unicast
  neighbor 10.1.0.7 activate
 exit-address-family
 address-family ipv4 vpn
  neighbor 10.1.0.1 activate
  neighbor 10.1.0.1 route-map K8FRR-POLICY out
 exit-address-family
 address-family ipv6 vpn
  neighbor 10.1.0.1 activate
 exit-address-family
 address-family ipv4 flowspec
  neighbor 10.1.0.1 activate
 exit-address-family
 address-family ipv6 flowspec
  neighbor 10.1.0.1 activate
 exit-address-family
 address-family l2vpn evpn
  neighbor 10.1.0.1 activate
  neighbor 10.1.0.1 allowas-in 4
 exit-address-family
exit
router bgp 4200000001 vrf blue
 bgp router-id 10.1.0.10
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 neighbor 10.1.0.1 remote-as 65000
 neighbor 10.1.0.1 bfd
 neighbor 10.1.0.1 bfd profile K8FRR-BFD-400-500-5
 address-family ipv4 unicast
  redistribute connected route-map K8FRR-IMPORT-CONNECTED
  neighbor 10.1.0.1 activate
  neighbor 10.1.0.1 route-map K8FRR-POLICY in
  label vpn export auto
  rd vpn export 65000:100
  rt vpn import 65000:1 65000:2
  rt vpn export 65000:3
  route-map vpn import K8FRR-POLICY
  export vpn
  import vpn
 exit-address-family
 address-family ipv6 unicast
  rd vpn export 10.0.0.1:100
  rt vpn both 65000:1
  export vpn
 exit-address-family
exit
ip route 10.200.0.1/32 kube-lb0 tag 7473 17
ipv6 route fd00:7::1/128 kube-lb0 tag 7473 17
ip protocol bgp route-map K8FRR-KERNEL
ipv6 protocol bgp route-map K8FRR-KERNEL
bfd
 profile K8FRR-BFD-400-500-5
  detect-multiplier 5
  transmit-interval 400
  receive-interval 500
 exit
exit
`

// newLines has the lines that only FRR 10.x knows, after the line that they
// follow.
var newLines = strings.NewReplacer(
	" bgp bestpath compare-routerid\n", " bgp bestpath compare-routerid\n bgp bestpath aigp\n",
	" neighbor 10.1.0.1 passive\n", " neighbor 10.1.0.1 passive\n neighbor 10.1.0.1 capability software-version\n",
	"  neighbor 10.1.0.5 maximum-prefix 20 80\n", "  neighbor 10.1.0.5 maximum-prefix 20 80\n  neighbor 10.1.0.5 addpath-tx-best-selected 3\n",
	" neighbor LOOSE ebgp-multihop 5\n", " neighbor LOOSE ebgp-multihop\n",
)

// TestEveryLine takes each line away and has it back: FRR understands every
// command that the planner makes of it, and its "no" form.
func TestEveryLine(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		all := everyLine
		if v.Name == lab.FRR103.Name {
			all = newLines.Replace(all)
		}
		side(func(lane int) { takeAway(t, v, all, lane) })
	})
}

// takeAway does so in some of the rounds: a line that others need alone, others
// together with some that are far away.
func takeAway(t *testing.T, v lab.Version, all string, lane int) {
	n := start(t, lab.New(t).Host("node"), v)
	fresh := n.load(t, all)
	if err := same("written", all, "shown", fresh); err != nil {
		t.Error(err)
		return
	}
	lines := strings.SplitAfter(all, "\n")
	for round, picked := range rounds(lines) {
		if round%lanes != lane {
			continue
		}
		without, alone := less(lines, picked), len(picked) == 1
		away := plan.Between(fresh, without)
		err := n.apply(t, away)
		if err != nil && !alone {
			t.Errorf("FRR refuses: %v\n%s", err, away)
		}
		running := n.running(t)
		if running == fresh {
			t.Errorf("nothing has changed by\n%s", away)
		}
		if d := plan.Differences(running, without); len(d) > 0 && !alone {
			t.Errorf("differences remain: %v\nafter\n%s", d, away)
		}
		back := plan.Between(running, all)
		if err := n.apply(t, back); err != nil {
			t.Errorf("FRR refuses: %v\n%s", err, back)
		}
		if err := same("before", fresh, "after", n.running(t)); err != nil {
			t.Errorf("%v\nafter\n%s\nand back\n%s", err, away, back)
			return
		}
	}
}

// rounds are the lines that are taken away at a time.
func rounds(lines []string) [][]int {
	const apart = 24
	alone, together := [][]int{}, make([][]int, apart)
	for i, line := range lines {
		switch bare := strings.TrimSpace(line); {
		case bare == "" || strings.HasPrefix(bare, "exit") || strings.HasPrefix(bare, "frr "):
		case needed(line):
			alone = append(alone, []int{i})
		default:
			together[i%apart] = append(together[i%apart], i)
		}
	}
	return append(alone, together...)
}

// less is a configuration without some lines, and without what is within them.
func less(lines []string, picked []int) string {
	var rest strings.Builder
	for i := 0; i < len(lines); i++ {
		if slices.Contains(picked, i) {
			i = end(lines, i) - 1
			continue
		}
		rest.WriteString(lines[i])
	}
	return rest.String()
}

// needed reports whether other lines make no sense without a line; then it is
// enough that it comes back.
func needed(line string) bool {
	for _, what := range []string{" peer-group", " remote-as ", " interface ", "no bgp default", "FABRIC activate"} {
		if strings.Contains(line, what) {
			return true
		}
	}
	// A VRF that the kernel does not have gives no other router ID, and FRR
	// shows no route distinguisher then.
	return strings.HasSuffix(line, " bfd\n") || line == " bgp router-id 10.1.0.10\n"
}

// end is the place after a line and all within its context.
func end(lines []string, i int) int {
	indent := func(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }
	j := i + 1
	for j < len(lines) && indent(lines[j]) > indent(lines[i]) {
		j++
	}
	if j < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[j]), "exit") && indent(lines[j]) == indent(lines[i]) {
		j++
	}
	return j
}
