//go:build linux

// Package announce proves what leaves a node and what does not. An oracle at the router knows from the node's kernel alone
// which prefixes may be announced; foreign routes, operators' static routes, odd masks and moving addresses try to add to
// them. Each daemon is also asked by itself whether it holds every line that is meant for it.
package announce

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/vm"
)

var (
	seed   = flag.Uint64("seed", 1, "of the first story")
	count  = flag.Int("stories", 2, "how many stories, each with a seed of its own")
	steps  = flag.Int("steps", 20, "how many things happen in a story")
	inVRFs = flag.Int("vrf-stories", 0, "how many stories in a VRF, for which alone all tests run in an emulated machine")
	// configured is for TestEachDaemonHoldsItsLines.
	configured = flag.Int("configurations", 6, "how many random configurations each daemon is asked about")
)

const (
	// patience is how long anything may take that must happen. It is long because the machine may be busy.
	patience = 3 * time.Minute
	// rest is how long nothing may happen where nothing must.
	rest = 400 * time.Millisecond
)

var program string

// agent is the variable that names, in the emulated machine, the agent that was built outside.
const agent = "K8FRR_AGENT"

func TestMain(m *testing.M) {
	flag.Set("test.parallel", "4") // unless the command line says otherwise: a test mostly waits
	flag.Parse()
	if *inVRFs == 0 {
		os.Exit(lab.WithAgent(&program, m.Run))
	}
	if program = os.Getenv(agent); vm.Inside() {
		os.Exit(vm.Main(m))
	}
	os.Exit(lab.WithAgent(&program, func() int {
		os.Setenv(agent, program)
		return vm.Main(m)
	}))
}

// eachVersion runs a test on each version of FRR, in parallel.
func eachVersion(t *testing.T, test func(*testing.T, lab.Version)) {
	t.Parallel()
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			test(t, version)
		})
	}
}
