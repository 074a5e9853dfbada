//go:build linux

package main

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise"
)

// loop is k8frr's own, on the running FRR. What is declared, and what the
// kernel has, comes from here, at once: a cluster and a kernel take their own
// time. Everything else is as in the agent.
type loop struct {
	*supervise.Supervisor
	router *clocked
	passed chan struct{}

	mu         sync.Mutex
	objects    render.Objects
	links      []render.Link
	generation int64
	lookAgain  func()
}

// run starts the loop and returns how to end it. FRR stays as it is.
func (n *node) run() (l *loop, end func()) {
	log := slog.DiscardHandler
	if verbose {
		log = slog.NewTextHandler(os.Stderr, nil)
	}
	l = &loop{passed: make(chan struct{}, 1)}
	l.router = &clocked{Router: n.client, loop: l}
	l.Supervisor = supervise.New(supervise.Options{
		Source: source{l}, Kernel: kernel{l}, Router: l.router, ConfigDir: n.frr.ConfigDir, Resync: time.Hour,
		Log: slog.New(log),
		Changed: func() {
			select {
			case l.passed <- struct{}{}:
			default:
			}
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = l.Run(ctx)
	}()
	return l, func() { cancel(); <-ended }
}

// set declares a state and waits until FRR runs it.
func (l *loop) set(ctx context.Context, s state) error {
	objects, err := s.objects()
	if err != nil {
		return err
	}
	l.mu.Lock()
	if old := l.objects.Configuration; objects.Configuration != nil {
		if old == nil || !sameSpec(old, objects.Configuration) {
			l.generation++
		}
		objects.Configuration.Generation = l.generation
	}
	l.objects, l.links = objects, s.links()
	l.mu.Unlock()
	l.LookAgain()
	return l.settled(ctx, func() bool { return l.runs(objects, len(s.vips)) })
}

// again has the loop look at everything again, as when a daemon was restarted.
func (l *loop) again(ctx context.Context) error {
	began := time.Now()
	l.lookAgain()
	return l.settled(ctx, func() bool { return l.State().At.After(began) && l.State().Settled() })
}

// settled waits for the first pass after which something is so.
func (l *loop) settled(ctx context.Context, is func() bool) error {
	for !is() {
		select {
		case <-l.passed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// runs reports whether the last pass left FRR with this.
func (l *loop) runs(objects render.Objects, vips int) bool {
	s := l.State()
	if objects.Configuration == nil {
		return s.Config == nil && s.Applied.Outcome == status.OutcomeNoConfiguration
	}
	return s.Settled() && s.Applied.Generation == objects.Configuration.Generation && len(s.Links) > 0 && len(s.Links[0].Addresses) == vips
}

// source and kernel are the loop's ends.
type (
	source struct{ *loop }
	kernel struct{ *loop }
)

func (s source) Observe(context.Context) (render.Objects, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.objects, nil
}

func (s source) Warnings() []string { return nil }

func (s source) Watch(ctx context.Context, _ func()) error { <-ctx.Done(); return nil }

func (k kernel) Observe(context.Context, []string) ([]render.Link, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.links), nil
}

func (k kernel) Local(context.Context, []netip.Addr) ([]render.LocalAddress, error) { return nil, nil }

func (k kernel) Watch(ctx context.Context, _ func()) error { <-ctx.Done(); return nil }
