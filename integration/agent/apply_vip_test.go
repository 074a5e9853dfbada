//go:build linux

package agent

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// Addresses come and go while configurations are declared that FRR does not run: one that it refuses, and one of whose lines it
// drops without a word, which is tried several times. What has gone is not announced again, not for a moment, when the
// configuration is gone back from; what has come is not withdrawn; and none of it waits for the tries.
func TestAddressesDoNotWaitForRefusals(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, dir := templated(t, version)
		makeDir(t, dir)
		n.template(dir, "operator-bgp.tmpl", lab.RefusingTemplate)
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		mark := n.heard.Mark()
		var slowest time.Duration
		for i := range 12 {
			refused := edit(t, configuration, second, fmt.Sprintf(`  - config: {neighborAddress: "fd00:1::3", peerAsn: %d, description: refused}`, 65100+i)+"\n"+second)
			come := []string{fmt.Sprintf("10.9.%d.1/32", 10+i), fmt.Sprintf("10.9.%d.2/32", 10+i)}
			if i%2 == 0 {
				n.Write("bgp.yaml", refused)
			} else { // not as FRR shows it
				n.template(dir, "operator.tmpl", fmt.Sprintf("access-list MINE%d permit any\n", i))
			}
			time.Sleep(time.Duration(i%6) * 15 * time.Millisecond) // at different moments of the tries
			began := time.Now()
			n.add(come[0])
			n.AddAddress("kube-lb0", come[1], bare...)
			slowest = max(slowest, n.Hears(n.heard, "10.9.9.1/32", come[0], come[1]))
			mirrored := func() bool {
				return strings.Contains(n.Vtysh("show ip route static"), fmt.Sprintf("10.9.%d.2/32", 10+i))
			}
			n.Until("the routes are mirrored", mirrored)
			n.del(come...)
			n.Until("the routes are not mirrored any more", func() bool { return !mirrored() })
			n.Hears(n.heard, "10.9.9.1/32")
			gone := n.heard.Mark()
			t.Logf("round %d: %v", i, time.Since(began).Round(time.Millisecond))
			n.Write("bgp.yaml", configuration)
			n.template(dir, "operator.tmpl", "")
			n.Condition("ConfigurationApplied", "True")
			for _, e := range n.heard.Since(gone) {
				if e.Kind == listener.Announced && e.Prefix.String() != "10.9.9.1/32" {
					t.Errorf("round %d: announced after it has gone: %v", i, e)
				}
			}
		}
		t.Logf("announced within %v", slowest.Round(time.Millisecond))
		n.steady(mark)
		n.announced("10.9.9.1/32")
	})
}

// steady makes sure that since a mark no session has ended, and that what is always there has never gone.
func (n *node) steady(mark int) {
	n.t.Helper()
	for _, e := range n.heard.Since(mark) {
		if e.Kind == listener.Down || e.Kind == listener.Withdrawn && e.Prefix.String() == "10.9.9.1/32" {
			n.t.Errorf("heard and not expected: %v", e)
		}
	}
}
