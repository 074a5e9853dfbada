package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// suite is a program that measures, and how it is called: for an hour of all suites, or for ten minutes.
type suite struct {
	name        string // of its directory, and of its files
	rows        string // what its rows say that they are of
	title       string
	again       string // the command that prints its figures again
	full, quick string // its arguments
	binary      string // its flag for the program that it measures
}

var suites = []suite{
	{"latency", "VIP latency", "From an address on the node to the router", "go run ./integration/latency -agent $PWD/bin/k8frr-agent",
		"", "-samples 10 -budget 4s -vips 0,1000 -churn 10s", "agent"},
	{"cost", "cost", "What the agent costs", "go run ./integration/cost -agent $PWD/bin/k8frr-agent",
		"-rest 30s -settle 15s", "-rest 10s -settle 3s -starts 2 -routes 100000", "agent"},
	{"applying", "applying", "Changes of the configuration", "go run ./integration/applying",
		"-samples 3 -long 2s", "-samples 1 -long 1ms -change nothing|^one|neighbor.added|^1000.static", ""},
	{"scraping", "scraping", "What reading the status costs bgpd", "go run ./integration/scraping",
		"", "-routes 100000 -samples 5 -tables 1", ""},
	{"preview", "preview", "The command line on large clusters", "go run ./integration/preview -k8frr $PWD/bin/k8frr",
		"", "-runs 1", "k8frr"},
	{"fleet", "fleet", "What a cluster's API server is asked", "go run ./integration/fleet",
		"-start 1m -for 1m", "-nodes 100 -start 10s -for 10s", ""},
}

// suiteTimeout ends a suite that hangs.
const suiteTimeout = time.Hour

// run builds a suite's program and has it measure. What it prints is kept beside its figures.
func (s suite) run(ctx context.Context, dir string, quick bool) error {
	ctx, cancel := context.WithTimeout(ctx, suiteTimeout)
	defer cancel()
	program := filepath.Join(dir, "bin", s.name)
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./integration/"+s.name)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build ./integration/%s: %w", s.name, err)
	}
	args := s.full
	if quick {
		args = s.quick
	}
	argv := append(strings.Fields(args), "-json", s.file(dir))
	if s.binary != "" {
		argv = append(argv, "-"+s.binary, filepath.Join(dir, "bin", map[string]string{"agent": "k8frr-agent", "k8frr": "k8frr"}[s.binary]))
	}
	said, err := os.Create(filepath.Join(dir, s.name+".txt"))
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, argv...)
	cmd.Stdout, cmd.Stderr = said, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // what it has started ends with it
	cmd.WaitDelay = time.Minute
	err = cmd.Run()
	if err = errors.Join(err, said.Close()); err != nil {
		return fmt.Errorf("%s %s: %w", s.name, strings.Join(argv, " "), err)
	}
	return nil
}

func (s suite) file(dir string) string { return filepath.Join(dir, s.name+".json") }

// buildPrograms builds what the suites measure.
func buildPrograms(ctx context.Context, dir string) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(dir, "bin")+"/", "./cmd/k8frr", "./cmd/k8frr-agent")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as a release
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the programs: %w", err)
	}
	return nil
}
