package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// WithAgent builds k8frr-agent from this tree, says where it is, and runs what needs it: the tests of a package, from its
// TestMain. It returns the exit status. With K8FRR_RACE=1 in the environment the agent looks out for data races (go build
// -race, which takes a C compiler), and one that it finds is a failure of the package. With -short no agent is built.
func WithAgent(program *string, run func() int) int {
	if Short() {
		return run()
	}
	dir, err := os.MkdirTemp("", "k8frr-agent-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	*program = filepath.Join(dir, "k8frr-agent")
	build := exec.Command("go", "build", "-o", *program)
	races := filepath.Join(dir, "race")
	if os.Getenv("K8FRR_RACE") != "" {
		build.Args = append(build.Args, "-race")
		build.Env = append(os.Environ(), "CGO_ENABLED=1")
		os.Setenv("GORACE", "log_path="+races) // of the agents that are started
	}
	build.Args = append(build.Args, "github.com/k8frr/k8frr/cmd/k8frr-agent")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build k8frr-agent: %v\n%s", err, out)
		return 1
	}
	status := run()
	found, _ := filepath.Glob(races + ".*") // a file of each process that had one
	for _, path := range found {
		text, _ := os.ReadFile(path)
		fmt.Fprintf(os.Stderr, "the agent has a data race:\n%s", text)
		status = 1
	}
	return status
}
