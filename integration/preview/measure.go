//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// command is a command line that is measured.
type command struct {
	name   string
	args   string
	status int
}

var commands = []command{
	{"render", "render -f old.yaml -f nodes.yaml", 0},
	{"render --grouped", "render -f old.yaml -f nodes.yaml --grouped", 0},
	{"diff", "diff -f nodes.yaml old.yaml new.yaml --address kube-lb0=10.200.0.5/24", 1},
	{"validate", "validate -f old.yaml -f nodes.yaml", 0},
}

// used is what it took, one process.
type used struct {
	wall   time.Duration
	cpu    time.Duration // of all processors
	memory int64         // bytes, the most that were resident
}

// processTimeout is how long a process may take, on however busy a machine.
const processTimeout = 5 * time.Minute

// measure runs a command several times and returns the figures of the quickest,
// and the most memory of any.
func (c command) measure(binary, dir string, runs int) (used, error) {
	var best used
	for range runs {
		f, err := c.run(binary, dir)
		if err != nil {
			return used{}, fmt.Errorf("%s: %w", c.name, err)
		}
		if best.wall == 0 || f.wall < best.wall {
			best.wall, best.cpu = f.wall, f.cpu
		}
		best.memory = max(best.memory, f.memory)
	}
	return best, nil
}

func (c command) run(binary, dir string) (used, error) {
	ctx, cancel := context.WithTimeout(context.Background(), processTimeout)
	defer cancel()
	process := exec.CommandContext(ctx, binary, strings.Fields(c.args)...)
	process.Dir = dir
	var said bytes.Buffer
	process.Stderr = &said // what is printed goes nowhere
	begun := time.Now()
	err := process.Run()
	took := time.Since(begun)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return used{}, err
	}
	if got := process.ProcessState.ExitCode(); got != c.status {
		return used{}, fmt.Errorf("status %d, want %d: %s", got, c.status, said.String())
	}
	usage, ok := process.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return used{}, errors.New("the system tells nothing of what the process used")
	}
	return used{took, process.ProcessState.UserTime() + process.ProcessState.SystemTime(), usage.Maxrss << 10}, nil
}
