//go:build linux

// Command applying measures how long a change of configuration takes from when
// it is declared until FRR is known to run it: with k8frr's own loop, and with
// frr-reload.py, for the same configurations in one run.
//
// Times are wall-clock, on whatever machine this is: the ratios are the point.
// What a router hears meanwhile is counted, too, because the other point is
// harm.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/k8frr/k8frr/integration/figures"
	"github.com/k8frr/k8frr/integration/lab"
)

var verbose bool

func main() {
	var (
		samples = flag.Int("samples", 5, "samples of each figure; one of what takes frr-reload.py longer than -long")
		long    = flag.Duration("long", 8*time.Second, "what is long")
		alone   = flag.Bool("alone", false, "do not measure frr-reload.py")
		only    = flag.String("change", "", "measure only changes whose name matches this regular expression")
		version = flag.String("frr", "", "measure only this version of FRR: 8.4 or 10.3")
	)
	var size scale
	flag.IntVar(&size.neighbors, "neighbors", 100, "neighbors of the large configuration")
	flag.IntVar(&size.policies, "policies", 10, "policies that they share")
	flag.IntVar(&size.statements, "statements", 20, "statements of each policy")
	file := flag.String("json", "", "write the samples to this `file` as well")
	flag.BoolVar(&verbose, "v", false, "log what k8frr logs")
	flag.Parse()
	match, err := regexp.Compile(*only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "applying: -change:", err)
		os.Exit(2)
	}
	var rows []row
	var failed error
	for _, v := range lab.Versions {
		if *version != "" && v.Name != *version {
			continue
		}
		failed = errors.Join(failed, lab.Program(func(tb lab.TB) {
			n := start(tb, v)
			for _, c := range changes(size) {
				if match.MatchString(c.name) {
					fmt.Fprintf(os.Stderr, "FRR %s: %s\n", v.Name, c.name)
					rows = append(rows, n.measure(c, *samples, *long, *alone)...)
				}
			}
		}))
	}
	print(os.Stdout, rows)
	failed = errors.Join(failed, figures.Write(*file, asFigures(rows)))
	if failed != nil {
		fmt.Fprintln(os.Stderr, "applying:", failed)
		os.Exit(1)
	}
}

// patient is a context for what should not take long, but may.
func (n *node) patient() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	n.tb.Cleanup(cancel)
	return ctx
}

// check ends the measurement if something went wrong.
func (n *node) check(err error) {
	if err != nil {
		n.tb.Fatalf("FRR %s: %v", n.frr.Version.Name, err)
	}
}
