// Command bench runs the benchmarks and makes one report of their figures: JSON, Markdown with the goals beside the figures,
// and pictures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bench(ctx, os.Args[1:]); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(1)
	}
}

func bench(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	var (
		dir   = f.String("out", "bench", "`directory` for figures and report")
		names = f.String("suites", strings.Join(all(), ","), "what to measure")
		quick = f.Bool("quick", false, "measure for ten minutes instead of an hour")
		from  = f.String("from", "", "measure nothing, and make the report of the figures in this `directory`")
		doc   = f.String("doc", "", "put the figures into this `file` as well, between the comments for them")
	)
	if err := f.Parse(args); err != nil {
		return err
	}
	var failed error
	if *from == "" {
		if err := os.MkdirAll(filepath.Join(*dir, "bin"), 0o755); err != nil {
			return err
		}
		absolute, err := filepath.Abs(*dir)
		if err != nil {
			return err
		}
		if failed = measure(ctx, absolute, strings.Split(*names, ","), *quick); ctx.Err() != nil {
			return failed
		}
	} else {
		*dir = *from
	}
	where, known := before(*dir)
	if *from == "" || !known {
		where = thisMachine(ctx)
	}
	r, err := gather(*dir, where)
	if err != nil {
		return errors.Join(failed, err)
	}
	failed = errors.Join(failed, r.write(*dir))
	if *doc != "" {
		failed = errors.Join(failed, r.document(*doc))
	}
	return failed
}

// measure runs suites one after another. One that fails does not keep the others from it.
func measure(ctx context.Context, dir string, names []string, quick bool) error {
	for _, name := range names {
		if !slices.Contains(all(), name) {
			return fmt.Errorf("-suites: there is no %q; there are %s", name, strings.Join(all(), ", "))
		}
	}
	if err := buildPrograms(ctx, dir); err != nil {
		return err
	}
	var failed error
	for _, s := range suites {
		if !slices.Contains(names, s.name) || ctx.Err() != nil {
			continue
		}
		began := time.Now()
		fmt.Fprintf(os.Stderr, "== %s\n", s.name)
		err := s.run(ctx, dir, quick)
		fmt.Fprintf(os.Stderr, "== %s: %v\n", s.name, time.Since(began).Round(time.Second))
		failed = errors.Join(failed, err)
	}
	return failed
}

func all() []string {
	var names []string
	for _, s := range suites {
		names = append(names, s.name)
	}
	return names
}
