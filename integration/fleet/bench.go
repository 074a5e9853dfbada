//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/k8frr/k8frr/integration/apiserver"
	"github.com/k8frr/k8frr/integration/figures"
)

// bench is what is measured of a cluster of one size.
type bench struct {
	out            io.Writer
	size           int
	spread, length time.Duration

	fleet *fleet
	rows  []figures.Row
}

func (b *bench) run(ctx context.Context) (err error) {
	server, err := apiserver.New(ctx)
	if err != nil {
		return err
	}
	defer func() { err = firstOf(err, server.Close()) }()
	empty, err := measure(ctx, server)
	if err != nil {
		return err
	}
	began := time.Now()
	if b.fleet, err = start(ctx, server, b.size, b.spread, time.Minute); err != nil {
		return err
	}
	defer func() { err = firstOf(err, b.fleet.end()) }()
	if err := b.agree(ctx, fmt.Sprintf("start, spread over %v", b.spread)); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "%d agents started in %v\n", b.size, time.Since(began).Round(time.Second))
	b.row("an API server that nobody uses: memory", "MB", empty.memory/1e6)

	random := rand.New(rand.NewPCG(6, uint64(b.size)))
	quiet := func(context.Context) {}
	busy := func(ctx context.Context) { b.fleet.live(ctx, random) }
	for _, phase := range []struct {
		name, about string
		do          func(context.Context)
	}{
		{"at rest", "heartbeats only", quiet},
		{"busy", "a Service every 30 s, each session down every hour", busy},
		{"busy again", "as before", busy},
	} {
		if err := b.phase(ctx, phase.name, phase.about, phase.do); err != nil {
			return err
		}
	}
	if err := b.agree(ctx, "after that"); err != nil {
		return err
	}
	if err := b.rollout(ctx); err != nil {
		return err
	}
	if err := server.Kill(); err != nil {
		return err
	}
	b.fleet.all(func(n *node) { n.services++ })
	time.Sleep(20 * time.Second)
	if err := server.Restart(ctx); err != nil {
		return err
	}
	return b.agree(ctx, "the server killed for 20 s, all nodes changed meanwhile")
}

// row keeps a figure.
func (b *bench) row(what, unit string, samples ...float64) {
	b.rows = append(b.rows, figures.Row{Suite: "fleet", What: what, Size: b.size, Of: "nodes", Who: "k8frr", Unit: unit, Samples: samples})
}

// agree waits until the cluster says what is so.
func (b *bench) agree(ctx context.Context, what string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	took, err := b.fleet.agrees(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	fmt.Fprintf(b.out, "%s: the cluster says what is so after %v\n", what, took.Round(100*time.Millisecond))
	b.row(what+": until the cluster says so", "s", took.Seconds())
	return nil
}

// rollout changes the configuration, and keeps when each request was made that followed.
func (b *bench) rollout(ctx context.Context) error {
	const (
		bin   = 100 * time.Millisecond
		shown = 20 * time.Second
	)
	var err error
	c := b.fleet.wire.record(func() {
		if err = b.fleet.server.Apply(ctx, configuration+"    timers: {connectRetry: 9}\n"); err == nil {
			time.Sleep(shown)
		}
	})
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		name string
		at   []time.Duration
	}{{"reads", c.reads}, {"writes", c.writes}} {
		course := make([]float64, shown/bin)
		for _, at := range kind.at {
			if i := int(at / bin); i < len(course) {
				course[i]++
			}
		}
		what := "after a change of the BGPConfiguration: " + kind.name
		b.row(what, "per 100 ms", course...)
		b.row(what+", the most in 100 ms", "requests", slices.Max(course))
		fmt.Fprintf(b.out, "%s: %d in %v, at most %.0f in %v\n", what, len(kind.at), shown, slices.Max(course), bin)
	}
	return b.agree(ctx, "a rollout, 20 s on")
}

// all changes every node at once, as a new Service does.
func (f *fleet) all(change func(*node)) {
	for _, n := range f.nodes {
		n.change(func() { change(n) })
	}
}

// live is what happens to a cluster of its size. The first Service comes after half the time between two, so that as
// many come in each phase whose length is a multiple of that time.
func (f *fleet) live(ctx context.Context, random *rand.Rand) {
	const between = 30 * time.Second
	services := time.NewTimer(between / 2)
	defer services.Stop()
	sessions := time.NewTicker(time.Hour / time.Duration(len(f.nodes)))
	defer sessions.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-services.C:
			services.Reset(between)
			f.all(func(n *node) { n.services++ })
		case <-sessions.C:
			n := f.nodes[random.IntN(len(f.nodes))]
			n.change(func() { n.down, n.flaps = !n.down, n.flaps+3 })
		}
	}
}

// phase measures while something is done.
func (b *bench) phase(ctx context.Context, name, about string, do func(context.Context)) error {
	w := b.fleet.wire
	before, err := measure(ctx, b.fleet.server)
	if err != nil {
		return err
	}
	requests, bytes, _ := w.counts()
	sent, received := w.sent.Load(), w.received.Load()
	during, cancel := context.WithTimeout(ctx, b.length)
	defer cancel()
	do(during)
	<-during.Done()
	after, err := measure(ctx, b.fleet.server)
	if err != nil {
		return err
	}
	sent, received = w.sent.Load()-sent, w.received.Load()-received
	now, bodies, _ := w.counts()
	seconds := after.at.Sub(before.at).Seconds()
	fmt.Fprintf(b.out, "%s: %s, %.0f s:\n  server: %.0f %% of a core, %.0f MB, %.0f watches; all agents: %d MB, %d goroutines\n", name, about, seconds,
		100*(after.cpu-before.cpu)/seconds, after.memory/1e6, after.watches, after.agents/1e6, after.goroutines)
	var all, writes int64
	for _, what := range slices.Sorted(maps.Keys(now)) {
		n := now[what] - requests[what]
		if all += n; !strings.HasPrefix(what, "GET") && !strings.HasPrefix(what, "WATCH") {
			writes += n
		}
		if n > 0 {
			fmt.Fprintf(b.out, "  %-32s %7.1f/s %8.1f kB/s\n", what, float64(n)/seconds, float64(bodies[what]-bytes[what])/seconds/1000)
		}
	}
	perNode := func(n int64) float64 { return float64(n) / float64(b.size) / seconds * 60 }
	b.row(name+": requests, per node and minute", "requests", perNode(all))
	b.row(name+": writes among them", "requests", perNode(writes))
	b.row(name+": sent by a node, per minute", "kB", perNode(sent)/1000)
	b.row(name+": received by a node, per minute", "kB", perNode(received)/1000)
	b.row(name+": watches", "watches", after.watches)
	b.row(name+": processor of the API server", "% of a core", 100*(after.cpu-before.cpu)/seconds)
	b.row(name+": memory of the API server", "MB", after.memory/1e6)
	return nil
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
