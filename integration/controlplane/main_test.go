//go:build linux

package controlplane

import (
	"context"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/integration/lab"
)

var (
	seed     = flag.Uint64("seed", 7, "of the story")
	length   = flag.Duration("for", 10*time.Second, "how long faults follow one another; in less than a minute, only short ones do")
	only     = flag.String("fault", "", "no faults but those whose names a regular expression matches")
	patience = flag.Duration("patience", 3*time.Minute, "how long until all is as it should be, after a fault is mended, before the story ends")
	rows     = flag.String("json", "", "file for the figures, as rows of integration/figures")
)

var (
	server  *apiserver.Server
	program string // the agent
)

const definitions = "../../deploy/crd"

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(lab.WithAgent(&program, func() int {
		return apiserver.Main(m, &server, func(ctx context.Context, s *apiserver.Server) error { return s.ApplyCRDs(ctx, definitions) })
	}))
}
