//go:build linux

package secrets

import (
	"flag"
	"os"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// program is the agent that all tests run.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(lab.WithAgent(&program, m.Run))
}
