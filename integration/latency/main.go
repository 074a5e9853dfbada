//go:build linux

// Command latency measures how long it takes until the router hears that a VIP
// has come to a node, or gone: with k8frr, with FRR's own redistribution and no
// agent, with vtysh by hand and with frr-reload.py, side by side in one run.
//
// The clock is the router's listener, which stamps UPDATEs as it reads them.
// Times are wall-clock, on whatever machine this is: the ratios are the point.
// Contenders take turns, so that what else the machine does falls on all.
//
// Meanwhile VIPs are present that stay. That one of them is withdrawn is a
// failure, and so is a VIP that is announced again after it has gone.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
	"github.com/k8frr/k8frr/integration/lab"
)

func main() {
	var (
		agent   = flag.String("agent", "bin/k8frr-agent", "the agent to measure")
		samples = flag.Int("samples", 200, "samples of each figure, if the budget allows")
		budget  = flag.Duration("budget", 20*time.Second, "how long a contender may take for a figure, if it has 5 samples by then")
		vips    = flag.String("vips", "0,100,1000,10000", "numbers of VIPs that are present meanwhile")
		burst   = flag.Int("burst", 1000, "how many VIPs a burst has")
		churn   = flag.Duration("churn", time.Minute, "how long VIPs come and go steadily")
		only    = flag.String("only", "", "measure only what matches, as '10.3, 1000 VIPs, burst, (FRR|k8frr)'")
		file    = flag.String("json", "", "write the samples to this `file` as well")
	)
	flag.Parse()
	chosen, err := regexp.Compile(*only)
	sizes, bad := numbers(*vips)
	if err = errors.Join(err, bad); err != nil {
		fmt.Fprintln(os.Stderr, "latency:", err)
		os.Exit(2)
	}
	var rows []figures.Row
	var failed error
	for _, version := range lab.Versions {
		for _, n := range sizes {
			b := bench{version: version, vips: n, wanted: *samples, budget: *budget, burst: *burst, churn: *churn, agent: *agent, only: chosen}
			failed = errors.Join(failed, lab.Program(func(tb lab.TB) { rows = append(rows, measure(tb, b)...) }))
		}
	}
	print(os.Stdout, rows)
	if failed = errors.Join(failed, figures.Write(*file, rows)); failed != nil {
		fmt.Fprintln(os.Stderr, "latency:", failed)
		os.Exit(1)
	}
}

func numbers(list string) ([]int, error) {
	var all []int
	for _, s := range strings.Split(list, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("-vips %q is not a list of numbers", list)
		}
		all = append(all, n)
	}
	return all, nil
}
