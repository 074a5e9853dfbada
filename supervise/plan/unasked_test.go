package plan

import (
	"strings"
	"testing"
)

// What FRR shows of itself is no difference, and no plan takes it back: the lines as 10.7.1 printed them after `bgp
// always-compare-med`, and as 10.6.1 does of an unnumbered neighbor.
func TestUnasked(t *testing.T) {
	const running = `frr version 10.7.1
router bgp 65000
 bgp always-compare-med
 neighbor eth0 interface remote-as external
 no neighbor eth0 capability link-local
 use-underlays-nexthop-weight
exit
`
	wanted := strings.NewReplacer(" no neighbor eth0 capability link-local\n", "", " use-underlays-nexthop-weight\n", "").Replace(running)
	if d := Differences(running, wanted); len(d) != 0 {
		t.Errorf("differences: %v", d)
	}
	less := strings.NewReplacer(" bgp always-compare-med\n", "", " neighbor eth0 interface remote-as external\n", "").Replace(wanted)
	for _, step := range Between(running, less).Steps {
		if strings.Contains(step.Line, "use-underlays") || strings.Contains(step.Line, "link-local") {
			t.Errorf("step %q", step.Line)
		}
	}
	// Who enters such a line wants it, and one in a template is missed if it does not run.
	if d := Differences(wanted, running); len(d) != 2 {
		t.Errorf("declared and missing: %v", d)
	}
	if d := Differences(running, running); len(d) != 0 {
		t.Errorf("declared and there: %v", d)
	}
	if d := Differences(strings.Replace(wanted, " bgp always", " neighbor eth0 capability link-local\n bgp always", 1), wanted); len(d) != 1 {
		t.Errorf("what another has turned on: %v", d)
	}
}
