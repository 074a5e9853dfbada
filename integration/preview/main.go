//go:build linux

// Command preview measures the command line k8frr on clusters of several sizes:
// whole processes, with the time that passes and the most memory that they
// have, as GNU time tells them.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

func main() {
	binary := flag.String("k8frr", "bin/k8frr", "the `program` to measure")
	runs := flag.Int("runs", 3, "how often each is run; the quickest counts")
	flag.Parse()
	if err := measureAll(*binary, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// sizes are numbers of nodes. Each node has 64 neighbors.
var sizes = []int{500, 1000, 5000}

func measureAll(binary string, runs int) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "k8frr-preview-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	fmt.Printf("%d processors; %d neighbors on each node, by selectors; the quickest of %d runs\n\n", runtime.NumCPU(), perNode, runs)
	fmt.Println("| command | nodes | seconds | CPU seconds | MB |\n|---|---:|---:|---:|---:|")
	for _, nodes := range sizes {
		if err := write(dir, nodes); err != nil {
			return err
		}
		for _, c := range commands {
			best, err := c.measure(binary, dir, runs)
			if err != nil {
				return err
			}
			fmt.Printf("| %s | %d | %.2f | %.2f | %d |\n", c.name, nodes, best.wall.Seconds(), best.cpu.Seconds(), best.memory>>20)
		}
	}
	return nil
}
