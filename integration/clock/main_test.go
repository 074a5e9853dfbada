//go:build linux

// Package clock lets the clock of a machine jump, forwards and back, under agents that run: in an emulated machine, since no
// namespace has a clock of its own (time_namespaces(7) leave out CLOCK_REALTIME) and this machine's is not a test's to set.
package clock

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/vm"
)

// agent is the variable that names, in the machine, the agent that was built outside: files are there where they are here.
const agent = "K8FRR_AGENT"

var jumps = flag.Int("jumps", 5, "how many jumps are made, from 1 to 5: the emulated machine takes minutes for each")

func TestMain(m *testing.M) {
	if vm.Inside() {
		os.Exit(vm.Main(m))
	}
	if flag.Parse(); *jumps < 1 || *jumps > 5 {
		fmt.Fprintln(os.Stderr, "-jumps is to be from 1 to 5")
		os.Exit(2)
	}
	var program string
	os.Exit(lab.WithAgent(&program, func() int {
		os.Setenv(agent, program)
		return vm.Main(m)
	}))
}
