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
// little different, while addresses come and go. The router hears of each at most 100 ms later than without the object. Rounds
// with and without it alternate, so that a busy machine is as slow for both.
func TestAddressesDoNotWaitForAnExpensiveObject(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		mark := n.heard.Mark()
		n.alternate(func(i int) { n.Write("bgp.yaml", configuration+expensiveSets(i)) })
		n.Condition("ConfigurationApplied", "True")
		n.steady(mark)
	})
}

// alternate measures how long it takes until the router hears of an address, beside something and without it, and compares.
// 10.9.9.1/32 is announced meanwhile.
func (n *node) alternate(beside func(i int)) {
	n.t.Helper()
	const rounds, late = 6, 100 * time.Millisecond
	announcing := func(address string) time.Duration {
		since, began := n.heard.Mark(), time.Now()
		n.AddAddress("kube-lb0", address, bare...)
		took := n.hears(listener.Announced, netip.MustParsePrefix(address), since).At.Sub(began).Round(time.Millisecond)
		n.del(address)
		n.Hears(n.heard, "10.9.9.1/32")
		return took
	}
	var without, with []time.Duration
	for i := range rounds {
		without = append(without, announcing(fmt.Sprintf("10.9.20.%d/32", 1+i)))
		beside(i)
		time.Sleep(time.Duration(i) * 50 * time.Millisecond) // at different moments
		with = append(with, announcing(fmt.Sprintf("10.9.21.%d/32", 1+i)))
	}
	slices.Sort(without)
	slices.Sort(with)
	n.t.Logf("announced after %v, and %v beside it", without, with)
	// What differs without it is the machine's.
	noise := without[rounds-1] - without[0]
	if more := with[rounds/2] - without[rounds/2]; more > late+noise {
		n.t.Errorf("announced %v later beside it, and without it within %v of each other", more, noise)
	}
}
