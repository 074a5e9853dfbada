//go:build linux

// Package incluster proves k8frr-agent as a cluster runs it: objects from a real API server, no more rights than it needs,
// real FRR, judged by what the router beside the node hears and by what kubectl shows.
package incluster

import (
	"context"
	"flag"
	"os"
	"testing"

	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/integration/lab"
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
	os.Exit(lab.WithAgent(&program, func() int {
		return apiserver.Main(m, &shared, func(ctx context.Context, s *apiserver.Server) error { return s.ApplyCRDs(ctx, definitions) })
	}))
}
