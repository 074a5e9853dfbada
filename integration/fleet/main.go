//go:build linux

// Command fleet measures what the agents of a large cluster cost its API server: the agents' own writers, watches and Lease
// against a real kube-apiserver, over nodes that are made up.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"time"

	"k8s.io/klog/v2"

	"github.com/k8frr/k8frr/integration/apiserver"
)

const definitions = "deploy/crd"

func main() {
	size := flag.Int("nodes", 1000, "number of nodes")
	spread := flag.Duration("start", 2*time.Minute, "how long the agents' start takes, as in a rolling update")
	length := flag.Duration("for", 2*time.Minute, "how long each phase is measured")
	flag.Parse()
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx, os.Stdout, *size, *spread, *length); err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, out io.Writer, size int, spread, length time.Duration) (err error) {
	server, err := apiserver.New(ctx)
	if err != nil {
		return err
	}
	defer func() { err = firstOf(err, server.Close()) }()
	began := time.Now()
	f, err := start(ctx, server, size, spread, time.Minute)
	if err != nil {
		return err
	}
	defer func() { err = firstOf(err, f.end()) }()
	agree := func(what string) error {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
		defer cancel()
		took, err := f.agrees(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		fmt.Fprintf(out, "%s: the cluster says what is so after %v\n", what, took.Round(100*time.Millisecond))
		return nil
	}
	if err := agree(fmt.Sprintf("start, spread over %v", spread)); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d agents started in %v\n", size, time.Since(began).Round(time.Second))

	random := rand.New(rand.NewPCG(6, uint64(size)))
	quiet := func(context.Context) {}
	busy := func(ctx context.Context) { f.live(ctx, random) }
	for _, phase := range []struct {
		name string
		do   func(context.Context)
	}{
		{"quiet: heartbeats only", quiet},
		{"busy: a Service every 30 s, each session down every hour", busy},
		{"busy again", busy},
	} {
		if err := f.phase(ctx, out, phase.name, length, phase.do); err != nil {
			return err
		}
	}
	if err := agree("after that"); err != nil {
		return err
	}
	if err := server.Apply(ctx, configuration+"    timers: {connectRetry: 9}\n"); err != nil {
		return err
	}
	if err := agree("a rollout"); err != nil {
		return err
	}
	if err := server.Kill(); err != nil {
		return err
	}
	f.all(func(n *node) { n.services++ })
	time.Sleep(20 * time.Second)
	if err := server.Restart(ctx); err != nil {
		return err
	}
	return agree("the server killed for 20 s, all nodes changed meanwhile")
}

// all changes every node at once, as a new Service does.
func (f *fleet) all(change func(*node)) {
	for _, n := range f.nodes {
		n.change(func() { change(n) })
	}
}

// live is what happens to a cluster of its size.
func (f *fleet) live(ctx context.Context, random *rand.Rand) {
	services := time.NewTicker(30 * time.Second)
	defer services.Stop()
	sessions := time.NewTicker(time.Hour / time.Duration(len(f.nodes)))
	defer sessions.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-services.C:
			f.all(func(n *node) { n.services++ })
		case <-sessions.C:
			n := f.nodes[random.IntN(len(f.nodes))]
			n.change(func() { n.down, n.flaps = !n.down, n.flaps+3 })
		}
	}
}

// phase measures while something is done.
func (f *fleet) phase(ctx context.Context, out io.Writer, name string, length time.Duration, do func(context.Context)) error {
	before, err := measure(ctx, f.server)
	if err != nil {
		return err
	}
	requests, bytes, _ := f.wire.counts()
	during, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	do(during)
	<-during.Done()
	after, err := measure(ctx, f.server)
	if err != nil {
		return err
	}
	now, sent, _ := f.wire.counts()
	seconds := after.at.Sub(before.at).Seconds()
	fmt.Fprintf(out, "%s, %.0f s:\n  server: %.0f %% of a core, %.0f MB, %.0f watches; all agents: %d MB, %d goroutines\n", name, seconds,
		100*(after.cpu-before.cpu)/seconds, after.memory/1e6, after.watches, after.agents/1e6, after.goroutines)
	for _, what := range slices.Sorted(maps.Keys(now)) {
		if n := now[what] - requests[what]; n > 0 {
			fmt.Fprintf(out, "  %-32s %7.1f/s %8.1f kB/s\n", what, float64(n)/seconds, float64(sent[what]-bytes[what])/seconds/1000)
		}
	}
	return nil
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
