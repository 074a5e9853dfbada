//go:build linux

// Package export proves netlinkExport: with real FRR of each version, BIRD and GoBGP as the upstreams, and objects in a
// directory, judged by what the kernel has.
package export

import (
	"flag"
	"os"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// program is the agent that all tests run.
var program string

func TestMain(m *testing.M) {
	flag.Set("test.parallel", "4") // unless the command line says otherwise: a test mostly waits
	flag.Parse()
	os.Exit(lab.WithAgent(&program, m.Run))
}
