//go:build linux

// Package incluster proves k8frr-agent as a cluster runs it: objects from a real API server, no more rights than it needs,
// real FRR, judged by what the router beside the node hears and by what kubectl shows.
package incluster

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/k8frr/k8frr/integration/apiserver"
)

var (
	// shared is the API server of all tests that leave it running.
	shared *apiserver.Server
	// program is the agent that all tests run.
	program string
)

const definitions = "../../deploy/crd"

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "k8frr-incluster-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "k8frr-agent")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/k8frr/k8frr/cmd/k8frr-agent").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build k8frr-agent: %v\n%s", err, out)
		return 1
	}
	return apiserver.Main(m, &shared, func(ctx context.Context, s *apiserver.Server) error { return s.ApplyCRDs(ctx, definitions) })
}
