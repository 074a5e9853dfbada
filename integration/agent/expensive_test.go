//go:build linux

package agent

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// expensiveSets are valid defined sets that take about a second of processor time to check, in the format of a file.
func expensiveSets(round int) string {
	var members []string
	for i := range 2800 {
		members = append(members, fmt.Sprintf("%q", fmt.Sprintf("^%s(%s64999)*_%d$", strings.Repeat("(1|23)", 40), strings.Repeat("64512|", 29), 64512+i+round)))
	}
	return "  definedSets: [{type: as-path, name: expensive, list: [" + strings.Join(members, ", ") + "]}]\n"
}

// TestAddressesDoNotWaitForAnExpensiveObject declares the most expensive valid object that is known again and again, each time a
// little different, while addresses come and go. The router hears of each, in about the time that it takes without the object.
func TestAddressesDoNotWaitForAnExpensiveObject(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		mark := n.heard.Mark()
		const rounds = 6
		times := func(round func(i int)) []time.Duration {
			var all []time.Duration
			for i := range rounds {
				round(i)
				time.Sleep(time.Duration(i) * 50 * time.Millisecond) // at different moments of the check
				address := fmt.Sprintf("10.9.20.%d/32", 1+i)
				since, began := n.heard.Mark(), time.Now()
				n.AddAddress("kube-lb0", address, bare...)
				all = append(all, n.hears(listener.Announced, netip.MustParsePrefix(address), since).At.Sub(began).Round(time.Millisecond))
				n.del(address)
				n.Hears(n.heard, "10.9.9.1/32")
			}
			slices.Sort(all)
			return all
		}
		without := times(func(int) {})
		with := times(func(i int) { n.Write("bgp.yaml", configuration+expensiveSets(i)) })
		t.Logf("announced after %v, and %v while the object is checked", without, with)
		// Half of the rounds may meet a machine that is busy with something else.
		if median, allowed := with[rounds/2], 2*without[rounds-1]+500*time.Millisecond; median > allowed {
			t.Errorf("announced after %v while the object is checked, and after %v at most without it", median, without[rounds-1])
		}
		n.Condition("ConfigurationApplied", "True")
		n.steady(mark)
	})
}
