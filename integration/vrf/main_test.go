//go:build linux

// Package vrf proves k8frr-agent in VRFs: imports, exports, neighbors and VPNs, with real FRR of each version, in a
// machine whose kernel has VRF devices.
package vrf

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/k8frr/k8frr/integration/vm"
)

// agent is the variable that names, in the machine, the agent that was built outside: files are there where they are here.
const agent = "K8FRR_AGENT"

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if vm.Inside() {
		return vm.Main(m)
	}
	dir, err := os.MkdirTemp("", "k8frr-vrf-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "k8frr-agent")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/k8frr/k8frr/cmd/k8frr-agent").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build k8frr-agent: %v\n%s", err, out)
		return 1
	}
	os.Setenv(agent, program)
	return vm.Main(m)
}
