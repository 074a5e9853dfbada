//go:build linux

package plan_test

import (
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
route-map K8FRR-IMPORT permit 10
 match source-protocol static
 match tag 7473
 set metric 0
 set origin igp
 set tag 7473
exit
route-map K8FRR-IMPORT permit 1010
 match interface kube-lb0
 match source-protocol connected
exit
route-map K8FRR-IMPORT permit 60010
 match ip address prefix-list K8FRR-LISTED
 match source-protocol kernel
exit
route-map K8FRR-IMPORT permit 60020
 match ipv6 address prefix-list K8FRR-LISTED
 match source-protocol kernel
exit
route-map K8FRR-ORIGINATED permit 10
 match tag 7473
exit
route-map K8FRR-KERNEL deny 10
exit
router bgp 4200000001
 bgp router-id 10.1.0.9
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
 neighbor 10.1.0.1 remote-as 65000
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
 neighbor fe80::1 remote-as 65000
 neighbor fe80::1 interface eth0
 neighbor eth1 interface remote-as 65000
 neighbor eth2 interface peer-group FABRIC
 neighbor eth3 interface peer-group LOOSE
 neighbor eth3 remote-as 65007
 address-family ipv4 unicast
  redistribute kernel route-map K8FRR-IMPORT
  redistribute connected route-map K8FRR-IMPORT
  redistribute static route-map K8FRR-IMPORT
  neighbor FABRIC activate
  neighbor FABRIC route-map K8FRR-ORIGINATED out
  neighbor 10.1.0.1 activate
  neighbor 10.1.0.1 route-map K8FRR-ORIGINATED out
  neighbor 10.1.0.5 activate
  neighbor 10.1.0.5 route-map K8FRR-ORIGINATED out
  no neighbor eth2 activate
 exit-address-family
 address-family ipv6 unicast
  redistribute static route-map K8FRR-IMPORT
  neighbor 2001:db8::1 activate
  neighbor 2001:db8::1 route-map K8FRR-ORIGINATED out
 exit-address-family
exit
ip route 10.200.0.1/32 kube-lb0 tag 7473
ipv6 route fd00:7::1/128 kube-lb0 tag 7473
ip protocol bgp route-map K8FRR-KERNEL
ipv6 protocol bgp route-map K8FRR-KERNEL
`

// TestEveryLine takes each line away and has it back: FRR understands every
// command that the planner makes of it, and its "no" form.
func TestEveryLine(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		n := start(t, lab.New(t).Host("node"), v)
		fresh := n.load(t, everyLine)
		if err := same("written", everyLine, "shown", fresh); err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(everyLine, "\n")
		for i, line := range lines {
			if bare := strings.TrimSpace(line); bare == "" || strings.HasPrefix(bare, "exit") || strings.HasPrefix(bare, "frr ") {
				continue
			}
			without := strings.Join(lines[:i], "") + strings.Join(lines[end(lines, i):], "")
			away := plan.Between(fresh, without)
			err := n.apply(t, away)
			if err != nil && !needed(line) {
				t.Errorf("without %q: FRR refuses: %v\n%s", line, err, away)
			}
			running := n.running(t)
			if running == fresh {
				t.Errorf("without %q: nothing has changed", line)
			}
			if d := plan.Differences(running, without); len(d) > 0 && !needed(line) {
				t.Errorf("without %q: differences remain: %v\n%s", line, d, away)
			}
			back := plan.Between(running, everyLine)
			if err := n.apply(t, back); err != nil {
				t.Errorf("%q again: FRR refuses: %v\n%s", line, err, back)
			}
			if err := same("before", fresh, "after", n.running(t)); err != nil {
				t.Fatalf("%q again: %v\n%s", line, err, back)
			}
		}
	})
}

// needed says whether other lines make no sense without a line; then it is
// enough that it comes back.
func needed(line string) bool {
	for _, what := range []string{" peer-group", " remote-as ", " interface ", "no bgp default", "FABRIC activate"} {
		if strings.Contains(line, what) {
			return true
		}
	}
	return false
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
