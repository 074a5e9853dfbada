package plan

import (
	"strings"
	"testing"
)

// FuzzBetween feeds the planner what no FRR would show.
func FuzzBetween(f *testing.F) {
	for _, text := range rendered(f) {
		f.Add(text, "router bgp 65000\n neighbor 10.0.0.1 remote-as 65001\n")
	}
	f.Add("router bgp 1\n neighbor A peer-group\n neighbor A peer-group B\n neighbor B peer-group A\n", "router bgp 1\n neighbor A interface\n neighbor B interface peer-group\n")
	f.Add("  x\n y\nip prefix-list K8FRR-A seq\n", "no \nno no\nneighbor\n address-family \n")
	f.Fuzz(func(t *testing.T, running, wanted string) {
		for _, text := range []string{running, wanted} {
			if p := Between(text, text); !p.Empty() {
				t.Errorf("from a text to itself:\n%s", p)
			}
		}
		p := Between(running, wanted)
		for _, line := range append(p.Script(), p.Inverse().Script()...) {
			if strings.Contains(line, "\n") {
				t.Errorf("%q is more than one line", line)
			}
		}
		_, _, _ = p.String(), p.Effects(), Differences(running, wanted)
		_ = RouterID(running)
	})
}
