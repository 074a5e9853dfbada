//go:build linux

// Package agent proves k8frr-agent end to end: with real FRR of each version, real interfaces, and objects in a
// directory, judged by what the router beside the node hears.
package agent

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
