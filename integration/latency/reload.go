//go:build linux

package main

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// reloader has frr-reload.py bring FRR to a configuration with the VIPs that
// are there: one run at a time, and again if some came or went meanwhile.
type reloader struct {
	*node
	debounce time.Duration

	mu    sync.Mutex
	vips  map[netip.Prefix]bool // besides those that stay
	stale chan struct{}
}

func newReloader(typed byHand, debounce time.Duration) announcer {
	n := typed.node
	r := &reloader{node: n, debounce: debounce, vips: map[netip.Prefix]bool{}, stale: make(chan struct{}, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range r.stale {
			time.Sleep(debounce)
			r.reload()
		}
	}()
	n.tb.Cleanup(func() { close(r.stale); <-ended })
	return r
}

func (r *reloader) add(vips ...netip.Prefix)    { r.set(true, vips) }
func (r *reloader) remove(vips ...netip.Prefix) { r.set(false, vips) }

func (r *reloader) set(there bool, vips []netip.Prefix) {
	r.mu.Lock()
	for _, p := range vips {
		if there {
			r.vips[p] = true
		} else {
			delete(r.vips, p)
		}
	}
	r.mu.Unlock()
	select {
	case r.stale <- struct{}{}:
	default: // it will be taken with what waits
	}
}

func (r *reloader) reload() {
	r.mu.Lock()
	further := slices.SortedFunc(maps.Keys(r.vips), netip.Prefix.Compare)
	r.mu.Unlock()
	lines := statics("", slices.Concat(r.stay, further))
	err := r.frr.WriteFile("frr.conf", strings.Join(lines, "\n")+"\n"+staticConf(r.node))
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, err = r.frr.Reload(ctx, r.frr.ConfigDir+"/frr.conf")
	}
	if err != nil { // whoever waits for a VIP ends the run
		r.tb.Errorf("%s: %v", r.bench, err)
	}
}
