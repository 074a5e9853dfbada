//go:build linux

package main

import (
	"context"
	"fmt"
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
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
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
	agree := func(what string) {
		t.Helper()
		took, err := f.agrees(ctx)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		t.Logf("%s: the cluster says what is so after %v", what, took.Round(time.Millisecond))
	}
	agree("start")
	for deadline := time.Now().Add(patience); ; { // the last watches begin
		busy := f.wire.busy(5*time.Second, size)
		if len(busy) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Errorf("nothing happens for 5 s, and yet: %v", busy)
			break
		}
	}
	watches, err := measure(ctx, server)
	if err != nil {
		t.Fatal(err)
	}

	f.all(func(n *node) { n.services++ })
	agree("a Service")
	f.nodes[7].change(func() { f.nodes[7].down = true })
	agree("a session down")
	if err := server.Apply(ctx, configuration+"    timers: {connectRetry: 9}\n"); err != nil {
		t.Fatal(err)
	}
	agree("a rollout")

	// What reaches all nodes at once is not written by all at once. A session's end does not wait for that. A busy machine
	// may hold writes back and let them go together now and then, but not each time.
	const spread, bin = 2 * time.Second, 100 * time.Millisecond
	f.spread.Store(int64(spread))
	for try := 1; ; try++ {
		written := f.wire.record(func() {
			if err := server.Apply(ctx, fmt.Sprintf("%s    timers: {connectRetry: %d}\n", configuration, 9+try)); err != nil {
				t.Fatal(err)
			}
			agree("a rollout over 2 s")
		})
		course := map[time.Duration]int{}
		for _, at := range written.writes {
			course[at/bin]++
		}
		if len(course) > 0 && slices.Max(slices.Collect(maps.Values(course))) <= size/3 {
			break
		}
		if try == 10 {
			t.Errorf("writes of %d nodes in each tenth of a second: %v", size, course)
			break
		}
	}
	f.spread.Store(int64(time.Hour))
	f.nodes[7].change(func() { f.nodes[7].down = false })
	agree("a session up")
	f.spread.Store(0)

	f.wire.storming.Store(true)
	f.all(func(n *node) { n.services++ })
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		_, _, refused := f.wire.counts()
		if refused >= size {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the storm refused %d writes only", refused)
		}
	}
	f.all(func(n *node) { n.services++ })
	f.wire.storming.Store(false)
	agree("a storm of 429 and 409")

	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	f.all(func(n *node) { n.services++ })
	if err := server.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	agree("the server's death")
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Second) { // watches of before the death end in their own time
		now, err := measure(ctx, server)
		if err == nil && now.watches <= watches.watches+size/10 && now.goroutines <= watches.goroutines*3/2 {
			break
		}
		if time.Now().After(deadline) {
			t.Errorf("there were %+v, and are %+v, %v", watches, now, err)
			break
		}
	}
}

// patience is how long anything may take that must happen. It is long because the machine may be busy.
const patience = 2 * time.Minute

// busy tells what of this many agents is asked for in a while in which nothing happens, and should not be.
func (w *wire) busy(while time.Duration, size int) (complaints []string) {
	before, _, _ := w.counts()
	time.Sleep(while)
	now, _, _ := w.counts()
	for what, n := range now {
		n -= before[what]
		verb, resource, _ := strings.Cut(what, " ")
		most := int64(0)
		switch {
		case what == "PATCH bgpnodestatuses/status":
			most = int64(size / 3) // one status of six may be due by its heartbeat
		case what != "PATCH configs/status" && verb != "GET" && verb != "WATCH" || resource == "leases":
			continue
		}
		if n > most {
			complaints = append(complaints, fmt.Sprintf("%d requests %s", n, what))
		}
	}
	return complaints
}
