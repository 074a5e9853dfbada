//go:build linux

package plan_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/supervise/plan"
)

// lines are n times what f makes of a number.
func lines(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// shapes are configurations that grow with n, of which every line or the one that all others depend on is another for
// another x.
var shapes = map[string]func(n int, x string) string{
	"static routes": func(n int, x string) string {
		return lines(n, func(i int) string {
			return fmt.Sprintf("ip route 10.%d.%d.%s/32 kube-lb0 17 tag 7473\n", i>>8, i&255, x)
		})
	},
	"entries of a list": func(n int, x string) string {
		return lines(n, func(i int) string {
			return fmt.Sprintf("ip prefix-list K8FRR-L seq %d permit 1%s.%d.%d.0/24\n", 5*i+len(x), x, i>>8, i&255)
		})
	},
	"lists": func(n int, x string) string {
		return lines(n, func(i int) string {
			return fmt.Sprintf("bgp community-list standard K8FRR-%d seq 5 permit 65000:%s\n", i, x)
		})
	},
	"entries of a route map": func(n int, x string) string {
		return lines(n/4, func(i int) string {
			return fmt.Sprintf("route-map K8FRR-R permit %d\n match community K8FRR-C%s\n set metric %s\nexit\n", i+1, x, x)
		})
	},
	"attached route maps": func(n int, x string) string {
		return lines(n/8, func(i int) string {
			return fmt.Sprintf("bgp community-list standard K8FRR-%d seq 5 permit 65000:%s\n", i, x) +
				fmt.Sprintf("route-map K8FRR-R%d permit 1\n match community K8FRR-%d\n set metric %s\nexit\n", i, i, x)
		}) + "router bgp 65000\n address-family ipv4 unicast\n" + lines(n/8, func(i int) string {
			return fmt.Sprintf("  neighbor 10.0.%d.%d route-map K8FRR-R%d in\n", i>>8, i&255, i)
		}) + " exit-address-family\nexit\n"
	},
	"neighbors": func(n int, x string) string {
		return "router bgp 65000\n" + lines(n/8, func(i int) string {
			peer := fmt.Sprintf(" neighbor 10.0.%d.%d ", i>>8, i&255)
			return peer + "remote-as 6500" + x + "\n" + peer + "password p" + x + "\n" + peer + "description " + x + "\n"
		}) + "exit\n"
	},
	"members of a group": func(n int, x string) string {
		return "router bgp 65000\n neighbor G peer-group\n neighbor G password p" + x + "\n" + lines(n/2, func(i int) string {
			return fmt.Sprintf(" neighbor 10.0.%d.%d peer-group G\n", i>>8, i&255)
		}) + "exit\n"
	},
	"groups": func(n int, x string) string {
		return "router bgp 65000\n" + lines(n/8, func(i int) string {
			return fmt.Sprintf(" neighbor G%d peer-group\n neighbor G%d remote-as 6500%s\n neighbor 10.0.%d.%d peer-group G%d\n", i, i, x, i>>8, i&255, i)
		}) + "exit\n"
	},
	"instances": func(n int, x string) string {
		return lines(n/16, func(i int) string {
			return fmt.Sprintf("router bgp 65000 vrf v%d\n bgp router-id 10.0.0.%s\n address-family ipv4 unicast\n  import vrf v%d\n exit-address-family\nexit\n", i, x, i+1)
		})
	},
	"lines of an operator": func(n int, x string) string {
		return lines(n, func(i int) string { return fmt.Sprintf("access-list L%d seq 5 permit 10.%s.0.0/16\n", i%100, x) })
	},
}

// TestCostGrowsWithTheSize checks that a plan between two configurations costs in proportion to their size: that from the
// one with all lines to the one with none, back, and to the one with all lines changed.
func TestCostGrowsWithTheSize(t *testing.T) {
	const (
		head     = "frr version 8.4.4\n"
		small    = 4_000
		times    = 8
		slack    = 3                     // of the machine; a square would be 8 times as much
		measured = 20 * time.Millisecond // less says nothing
	)
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			for kind, texts := range map[string][2]func(n int) string{
				"made":    {func(int) string { return "" }, func(n int) string { return shape(n, "1") }},
				"removed": {func(n int) string { return shape(n, "1") }, func(int) string { return "" }},
				"changed": {func(n int) string { return shape(n, "1") }, func(n int) string { return shape(n, "2") }},
			} {
				cost := func(n int) time.Duration {
					running, wanted := head+texts[0](n), head+texts[1](n)
					least := time.Hour
					for range 3 { // of which one may be without a garbage collection of others
						before := processorTime()
						plan.Between(running, wanted)
						least = min(least, processorTime()-before)
					}
					return least
				}
				few, many := max(cost(small), measured), cost(small*times)
				t.Logf("%s: %v, and %v for %d times as many", kind, few, many, times)
				if many > few*times*slack {
					t.Errorf("%s: %v, and %v for %d times as many", kind, few, many, times)
				}
			}
		})
	}
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
