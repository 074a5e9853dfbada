//go:build linux

// Package faults has one thing go wrong at every step of a plan, while the agent applies it to real FRR of each version, and
// proves that what runs afterwards is what ran before or what was declared, whole, and never something in between.
package faults

import (
	"flag"
	"os"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

var (
	program = flag.String("agent", "", "the k8frr-agent to run; empty: built from this tree")
	every   = flag.Int("every", 0, "1: have it go wrong at every step; N: at every Nth; 0: at one for each kind of fault")
)

func TestMain(m *testing.M) {
	flag.Set("test.parallel", "6") // unless the command line says otherwise: a node mostly waits
	flag.Parse()
	if *program != "" {
		os.Exit(m.Run())
	}
	os.Exit(lab.WithAgent(program, m.Run))
}
