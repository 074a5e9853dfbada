//go:build linux

package main

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/apiserver"
)

// Fifty agents write within a second of a change, no more than they have to, and lose nothing when the server refuses
// every write for some seconds, and when it dies.
func TestFleet(t *testing.T) {
	if err := os.Chdir("../.."); err != nil {
		t.Fatal(err)
	}
	const size = 50
	server := apiserver.Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	f, err := start(ctx, server, size, time.Second, 6*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.end(); err != nil {
			t.Error(err)
		}
	}()
	agree := func(what string, most time.Duration) {
		t.Helper()
		took, err := f.agrees(ctx)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		t.Logf("%s: the cluster says what is so after %v", what, took.Round(time.Millisecond))
		if took > most {
			t.Errorf("%s: that took %v", what, took)
		}
	}
	agree("start", time.Minute)
	time.Sleep(3 * time.Second) // the last watches begin

	before, _, _ := f.wire.counts()
	watches, err := measure(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(5 * time.Second)
	quiet, _, _ := f.wire.counts()
	// One status of six may be due by its heartbeat.
	if writes := quiet["PATCH bgpnodestatuses/status"] - before["PATCH bgpnodestatuses/status"]; writes > size/3 {
		t.Errorf("nothing happens for 5 s, and %d nodes write %d times", size, writes)
	}
	if writes := quiet["PATCH configs/status"] - before["PATCH configs/status"]; writes > 0 {
		t.Errorf("nothing happens for 5 s, and the configuration's status is written %d times", writes)
	}

	for what, n := range quiet {
		if verb, resource, _ := strings.Cut(what, " "); (verb == "GET" || verb == "WATCH") && resource != "leases" && n > before[what] {
			t.Errorf("nothing happens for 5 s, and there are %d requests %s", n-before[what], what)
		}
	}

	f.all(func(n *node) { n.services++ })
	agree("a Service", 15*time.Second)
	f.nodes[7].change(func() { f.nodes[7].down = true })
	agree("a session down", 15*time.Second)
	if err := server.Apply(ctx, configuration+"    timers: {connectRetry: 9}\n"); err != nil {
		t.Fatal(err)
	}
	agree("a rollout", 20*time.Second)

	// What reaches all nodes at once is not written by all at once. A session's end does not wait for that.
	const spread, bin = 2 * time.Second, 100 * time.Millisecond
	f.spread.Store(int64(spread))
	written := f.wire.record(func() {
		if err := server.Apply(ctx, configuration+"    timers: {connectRetry: 8}\n"); err != nil {
			t.Fatal(err)
		}
		agree("a rollout over 2 s", 20*time.Second)
	})
	course := map[time.Duration]int{}
	for _, at := range written.writes {
		course[at/bin]++
	}
	if len(course) == 0 || slices.Max(slices.Collect(maps.Values(course))) > size/3 {
		t.Errorf("writes of %d nodes in each tenth of a second: %v", size, course)
	}
	f.spread.Store(int64(time.Hour))
	f.nodes[7].change(func() { f.nodes[7].down = false })
	agree("a session up", 15*time.Second)
	f.spread.Store(0)

	f.wire.storming.Store(true)
	f.all(func(n *node) { n.services++ })
	time.Sleep(3 * time.Second)
	f.all(func(n *node) { n.services++ })
	f.wire.storming.Store(false)
	if _, _, refused := f.wire.counts(); refused < size {
		t.Fatalf("the storm refused %d writes only", refused)
	}
	agree("a storm of 429 and 409", 20*time.Second)

	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	f.all(func(n *node) { n.services++ })
	if err := server.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	agree("the server's death", 30*time.Second)
	time.Sleep(2 * time.Second) // watches come back
	if now, err := measure(ctx, server); err != nil || now.watches > watches.watches+size/10 || now.goroutines > watches.goroutines*3/2 {
		t.Errorf("there were %+v, and are %+v, %v", watches, now, err)
	}
}
