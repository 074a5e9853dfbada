//go:build linux

package announce

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// TestOracle has addresses, foreign routes, an operator's static routes and interfaces come and go at random. Whatever happens
// the router hears what the oracle says, and never anything else; the operator's routes stay.
func TestOracle(t *testing.T) {
	lists := [][]string{{"kube-lb0"}, {"kube-lb0", "eth0"}, {"kube-*", "lb1"}, {"lb1", "eth0"}}
	tellStories(t, *count, 0, lists, started)
}

// TestOracleInVRF is TestOracle with all that happens in a VRF, and interfaces that leave it and come back: what is in the VRF
// goes to the router there, what is in none to the other one, and nothing to both. It needs a kernel with VRF devices, which the
// emulated machine has (make test-vrf).
func TestOracleInVRF(t *testing.T) {
	tellStories(t, *inVRFs, 1, [][]string{{"kube-lb0", "lb1"}, {"kube-*", "lb1", "eth0"}}, startedInVRF)
}

// tellStories tells random stories on each version of FRR, of nodes that start makes and that import one of some lists of
// interfaces.
func tellStories(t *testing.T, stories int, stream uint64, lists [][]string, start func(*testing.T, lab.Version, ...string) *node) {
	t.Parallel()
	for k := range stories {
		seed := *seed + uint64(k)
		for _, version := range lab.Versions {
			t.Run(version.Name+"/"+strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(seed, stream))
				imported := lists[r.IntN(len(lists))]
				s := &story{node: start(t, version, imported...), Rand: r, options: map[string][]string{}, held: map[string]string{}}
				t.Logf("imported: %s", strings.Join(imported, " "))
				s.tell(*steps)
			})
		}
	}
}

func (s *story) tell(steps int) {
	s.Helper()
	now := s.agrees(marks{}, may{}, "at the start")
	for done := 0; done < steps && !s.Failed(); {
		mark := s.marks()
		s.passing = nil
		what := moves[s.IntN(len(moves))](s)
		if what == "" {
			continue
		}
		done++
		s.Logf("%d: %s", done, what)
		now = s.agrees(mark, now, what)
		s.operatorsStay(what)
		s.kernelIsUntouched(what, append(now.here, now.outside...))
	}
	s.Ready()
	s.operatorsStay("at the end")
	s.Silent()
	if log := s.Logged(); strings.Contains(log, "drift") {
		s.Errorf("the agent took something for drift:\n%s", log)
	}
}

// operatorsStay makes sure that FRR has all that the operator entered.
func (n *node) operatorsStay(when string) {
	n.Helper()
	if len(n.operators) == 0 {
		return
	}
	running := n.Vtysh("show running-config")
	for _, line := range n.operators {
		if !hasLine(running, line) {
			n.Errorf("%s: the operator's %s has gone", when, line)
		}
	}
}
