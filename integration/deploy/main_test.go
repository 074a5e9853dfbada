//go:build linux

// Package deploy proves the manifests, the chart and the rights on a real API server: what it accepts, under which level of Pod
// Security, what an agent with exactly these rights can do and what it cannot, and that k8gobgp's definitions and objects go in
// and out.
package deploy

import (
	"context"
	"flag"
	"os"
	"testing"

	"github.com/k8frr/k8frr/integration/apiserver"
)

var (
	// server is the API server of all tests. It has k8frr's definitions and the namespace purelb-system.
	server *apiserver.Server
	// update rewrites what is generated or golden instead of comparing with it.
	update = flag.Bool("update", false, "rewrite golden and generated files")
)

const (
	tree      = "../../"
	namespace = "purelb-system"
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(apiserver.Main(m, &server, prepare))
}

func prepare(ctx context.Context, s *apiserver.Server) error {
	if _, err := s.Kubectl(ctx, "create", "namespace", namespace); err != nil {
		return err
	}
	return s.ApplyCRDs(ctx, tree+"deploy/crd")
}
