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

	"github.com/k8frr/k8frr/integration/figures"
)

func main() {
	binary := flag.String("k8frr", "bin/k8frr", "the `program` to measure")
	runs := flag.Int("runs", 3, "how often each is run; the quickest counts")
	file := flag.String("json", "", "write the figures to this `file` as well")
	flag.Parse()
	if err := measureAll(*binary, *runs, *file); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// sizes are numbers of nodes. Each node has 64 neighbors.
var sizes = []int{500, 1000, 5000}

func measureAll(binary string, runs int, file string) error {
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
	var list []figures.Row
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
			row := figures.Row{Suite: "preview", What: c.name, Size: nodes, Of: "nodes", Who: "k8frr"}
			for unit, value := range map[string]float64{"s": best.wall.Seconds(), "CPU s": best.cpu.Seconds(), "MB": float64(best.memory) / (1 << 20)} {
				row.Unit, row.Samples = unit, []float64{value}
				list = append(list, row)
			}
		}
	}
	return figures.Write(file, list)
}
