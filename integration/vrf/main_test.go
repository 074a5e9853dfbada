//go:build linux

// Package vrf proves k8frr-agent in VRFs: imports, exports, neighbors and VPNs, with real FRR of each version, in a
// machine whose kernel has VRF devices.
package vrf

import (
	"os"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/vm"
)

// agent is the variable that names, in the machine, the agent that was built outside: files are there where they are here.
const agent = "K8FRR_AGENT"

func TestMain(m *testing.M) {
	if vm.Inside() {
		os.Exit(vm.Main(m))
	}
	var program string
	os.Exit(lab.WithAgent(&program, func() int {
		os.Setenv(agent, program)
		return vm.Main(m)
	}))
}
