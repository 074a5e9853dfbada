// Command latency measures how long a change on a node takes until the router
// hears of it: with k8frr, with FRR's own redistribution and no agent, and with
// frr-reload.py, side by side in one run.
//
// The clock is the router's listener, which stamps UPDATEs and NOTIFICATIONs as
// it reads them. Times are wall-clock, on whatever machine this is: the ratios
// are the point.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/k8frr/k8frr/integration/lab"
)

func main() {
	var (
		agent   = flag.String("agent", "bin/k8frr-agent", "the agent to measure")
		samples = flag.Int("samples", 20, "samples of each figure")
		vips    = flag.String("vips", "0,100,1000", "numbers of VIPs that are present meanwhile")
	)
	flag.Parse()
	var sizes []int
	for _, s := range strings.Split(*vips, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			fmt.Fprintf(os.Stderr, "latency: -vips %q is not a list of numbers\n", *vips)
			os.Exit(2)
		}
		sizes = append(sizes, n)
	}
	var rows []row
	var failed error
	for _, version := range lab.Versions {
		for _, n := range sizes {
			for _, c := range contenders {
				fmt.Fprintf(os.Stderr, "FRR %s, %d VIPs, %s\n", version.Name, n, c.name)
				failed = errors.Join(failed, lab.Program(func(tb lab.TB) {
					rows = append(rows, measure(tb, c, bench{version, n, *samples, *agent})...)
				}))
			}
		}
	}
	print(os.Stdout, rows)
	if failed != nil {
		fmt.Fprintln(os.Stderr, "latency:", failed)
		os.Exit(1)
	}
}
