//go:build linux

// Command fleet measures what the agents of a large cluster cost its API server: the agents' own writers, watches and Lease
// against a real kube-apiserver, over nodes that are made up.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"k8s.io/klog/v2"

	"github.com/k8frr/k8frr/integration/figures"
)

const definitions = "deploy/crd"

func main() {
	sizes := flag.String("nodes", "250,1000", "numbers of nodes, each with an API server of its own; 1,000 want 5 GB of memory")
	spread := flag.Duration("start", 2*time.Minute, "how long the agents' start takes, as in a rolling update")
	length := flag.Duration("for", 2*time.Minute, "how long each phase is measured")
	file := flag.String("json", "", "write the figures to this `file` as well")
	flag.Parse()
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var rows []figures.Row
	var failed error
	for _, text := range strings.Split(*sizes, ",") {
		size, err := strconv.Atoi(text)
		if err == nil {
			b := &bench{out: os.Stdout, size: size, spread: *spread, length: *length}
			err = b.run(ctx)
			rows = append(rows, b.rows...)
		}
		failed = errors.Join(failed, err)
	}
	if err := errors.Join(failed, figures.Write(*file, rows)); err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}
