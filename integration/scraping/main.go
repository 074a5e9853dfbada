//go:build linux

// Command scraping measures what the reading of the status costs bgpd when a router has sent it a full table: the time
// that bgpd takes for a scrape, beside that of the command that prints the table, and how late a VIP is announced while
// either goes on.
//
// bgpd's time is that of its main thread on a processor, while it does nothing else but answer. The VIPs' is wall-clock, on
// whatever machine this is: there the ratios are the point.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/k8frr/k8frr/integration/figures"
	"github.com/k8frr/k8frr/integration/lab"
)

func main() {
	var (
		routes  = flag.Int("routes", 1_000_000, "routes that the router sends")
		vips    = flag.Int("vips", 100, "VIPs that are present meanwhile")
		samples = flag.Int("samples", 20, "samples of each figure")
		tables  = flag.Int("tables", 3, "samples of each figure that has the table printed")
		version = flag.String("version", "", "version of FRR; all if empty")
	)
	file := flag.String("json", "", "write the samples to this `file` as well")
	flag.Parse()
	var rows []row
	var failed error
	for _, v := range lab.Versions {
		if *version == "" || *version == v.Name {
			failed = errors.Join(failed, lab.Program(func(tb lab.TB) {
				rows = append(rows, measure(tb, bench{v, *routes, *vips, *samples, *tables})...)
			}))
		}
	}
	print(os.Stdout, rows)
	failed = errors.Join(failed, figures.Write(*file, asFigures(rows, *routes)))
	if failed != nil {
		fmt.Fprintln(os.Stderr, "scraping:", failed)
		os.Exit(1)
	}
}
