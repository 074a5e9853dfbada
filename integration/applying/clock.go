//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/k8frr/k8frr/supervise"
)

// clocked is the way to FRR, and how long each call took.
type clocked struct {
	supervise.Router
	loop *loop

	mu  sync.Mutex
	log []call
}

// call is one that the loop made.
type call struct {
	what       string // read, check, apply, daemons, or a daemon and what it was asked
	start, end time.Time
}

func (c *clocked) time(what string) (done func()) {
	start := time.Now()
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.log = append(c.log, call{what, start, time.Now()})
		if verbose {
			fmt.Fprintf(os.Stderr, "%s %8.1f ms  %s\n", start.Format("05.0000"), float64(time.Since(start))/float64(time.Millisecond), what)
		}
	}
}

// calls are all that have ended, in that order.
func (c *clocked) calls() []call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log)
}

func (c *clocked) Configurations(ctx context.Context) (map[string]string, error) {
	defer c.time("read")()
	return c.Router.Configurations(ctx)
}

func (c *clocked) ConfigurationOf(ctx context.Context, daemon string) (string, error) {
	defer c.time("read")()
	return c.Router.ConfigurationOf(ctx, daemon)
}

func (c *clocked) Check(ctx context.Context, text string) error {
	defer c.time("check")()
	return c.Router.Check(ctx, text)
}

func (c *clocked) Apply(ctx context.Context, commands []string) error {
	defer c.time("apply")()
	return c.Router.Apply(ctx, commands)
}

func (c *clocked) Daemons(ctx context.Context) (map[string]error, error) {
	defer c.time("daemons")()
	return c.Router.Daemons(ctx)
}

func (c *clocked) Show(ctx context.Context, daemon, command string) ([]byte, error) {
	defer c.time(daemon + ": " + command)()
	return c.Router.Show(ctx, daemon, command)
}

// Watch lets the loop be told of a restart that is none.
func (c *clocked) Watch(ctx context.Context, notify func()) error {
	c.loop.mu.Lock()
	c.loop.lookAgain = notify
	c.loop.mu.Unlock()
	return c.Router.Watch(ctx, notify)
}
