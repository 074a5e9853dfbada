// Package screens tests what an operator sees: the tables of k8frr, and k8frr
// watch, on terminals (tmux) of 80 and 200 columns, of files and of a real API
// server.
//
//	go test ./integration/screens -update    # writes testdata; look at it
package screens

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/k8frr/k8frr/deploy/crd"
	"github.com/k8frr/k8frr/integration/apiserver"
)

var (
	update = flag.Bool("update", false, "write the screens into testdata")
	nodes  = flag.Int("nodes", 100, "how many nodes the cluster has that is watched")
	server *apiserver.Server
	// bin is a directory with k8frr and, for kubectl, kubectl-k8frr.
	bin string
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if bin, err = os.MkdirTemp("", "k8frr-screens-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(bin) }()
	return apiserver.Main(m, &server, build, install)
}

// build makes the command line, and the name that makes it a plugin of kubectl.
func build(ctx context.Context, _ *apiserver.Server) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(bin, "k8frr"), "../../cmd/k8frr")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return os.Symlink("k8frr", filepath.Join(bin, "kubectl-k8frr"))
}

// install has the server know the definitions.
func install(ctx context.Context, s *apiserver.Server) error {
	for _, definition := range [][]byte{crd.BGPConfiguration, crd.BGPNodeStatus} {
		if err := s.Apply(ctx, string(definition)); err != nil {
			return err
		}
	}
	_, err := s.Established(ctx, "crd", "configs.bgp.purelb.io", "bgpnodestatuses.bgp.purelb.io")
	return err
}
