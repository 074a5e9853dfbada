//go:build linux

// Command cost measures what k8frr-agent costs a node, with real FRR of each version: its memory and its time on a
// processor, idle and under the loads that its goals name, and how long it takes from its start until the router hears the
// first service address.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
	"github.com/k8frr/k8frr/integration/lab"
)

// bench is what is measured, and how much.
type bench struct {
	agent                   string
	rest, settle            time.Duration
	vips, routes, neighbors int
	starts                  int
}

func main() {
	var b bench
	flag.StringVar(&b.agent, "agent", "bin/k8frr-agent", "the `agent` to measure")
	flag.DurationVar(&b.rest, "rest", time.Minute, "how long the agent is measured at rest")
	flag.DurationVar(&b.settle, "settle", 20*time.Second, "how long it is left alone before that")
	flag.IntVar(&b.vips, "vips", 10_000, "VIPs on the node, of that load")
	flag.IntVar(&b.routes, "routes", 1_000_000, "routes that the router sends, of that load")
	flag.IntVar(&b.neighbors, "neighbors", 1024, fmt.Sprintf("neighbors, of that load; %d at most are there", answering))
	flag.IntVar(&b.starts, "starts", 10, "how often the agent is started for the first announcement")
	only := flag.String("load", "", "measure only loads whose name matches this regular expression")
	version := flag.String("version", "", "version of FRR; all if empty")
	file := flag.String("json", "", "write the samples to this `file` as well")
	flag.Parse()
	match, err := regexp.Compile(*only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "cost: -load:", err)
		os.Exit(2)
	}
	var rows []figures.Row
	var failed error
	add := func(more []figures.Row) {
		rows = append(rows, more...)
		figures.Print(os.Stderr, more) // what was measured is known though something goes wrong later
	}
	for _, v := range lab.Versions {
		if *version != "" && *version != v.Name {
			continue
		}
		for _, l := range b.loads() {
			if match.MatchString(l.name) {
				fmt.Fprintf(os.Stderr, "FRR %s: %s\n", v.Name, l.name)
				failed = errors.Join(failed, lab.Program(func(tb lab.TB) { add(b.measure(tb, v, l)) }))
			}
		}
		if match.MatchString("start") {
			fmt.Fprintf(os.Stderr, "FRR %s: start\n", v.Name)
			failed = errors.Join(failed, lab.Program(func(tb lab.TB) { add(b.start(tb, v)) }))
		}
	}
	figures.Print(os.Stdout, rows)
	if err := errors.Join(failed, figures.Write(*file, rows)); err != nil {
		fmt.Fprintln(os.Stderr, "cost:", err)
		os.Exit(1)
	}
}
