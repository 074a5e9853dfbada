package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// WithAgent builds k8frr-agent from this tree, says where it is, and runs what needs it: the tests of a package, from its
// TestMain. It returns the exit status.
func WithAgent(program *string, run func() int) int {
	dir, err := os.MkdirTemp("", "k8frr-agent-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	*program = filepath.Join(dir, "k8frr-agent")
	if out, err := exec.Command("go", "build", "-o", *program, "github.com/k8frr/k8frr/cmd/k8frr-agent").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build k8frr-agent: %v\n%s", err, out)
		return 1
	}
	return run()
}
