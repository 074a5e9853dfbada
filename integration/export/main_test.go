//go:build linux

// Package export proves netlinkExport: with real FRR of each version, BIRD and GoBGP as the upstreams, and objects in a
// directory, judged by what the kernel has.
package export

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the agent that all tests run.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "k8frr-export-")
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
	return m.Run()
}
