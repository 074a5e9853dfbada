//go:build linux

// Package clock lets the clock of a machine jump, forwards and back, under agents that run: in an emulated machine, since no
// namespace has a clock of its own (time_namespaces(7) leave out CLOCK_REALTIME) and this machine's is not a test's to set.
package clock

import (
	"flag"
	"os"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/vm"
)

// agent is the variable that names, in the machine, the agent that was built outside: files are there where they are here.
const agent = "K8FRR_AGENT"

var jumps = flag.Int("jumps", 0, "how many jumps are made, at most 5: the emulated machine takes minutes for each; without any, nothing is run")

func TestMain(m *testing.M) {
	if vm.Inside() {
		os.Exit(vm.Main(m))
	}
	if flag.Parse(); *jumps == 0 {
		return
	}
	var program string
	os.Exit(lab.WithAgent(&program, func() int {
		os.Setenv(agent, program)
		return vm.Main(m)
	}))
}
