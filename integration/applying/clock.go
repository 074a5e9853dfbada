//go:build linux

package main

import (
	"context"
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
	what       string // read, check or apply
	start, end time.Time
}

func (c *clocked) time(what string) (done func()) {
	start := time.Now()
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.log = append(c.log, call{what, start, time.Now()})
	}
}

// calls are all that have ended, in that order.
func (c *clocked) calls() []call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log)
}

func (c *clocked) Running(ctx context.Context) (string, error) {
	defer c.time("read")()
	return c.Router.Running(ctx)
}

func (c *clocked) Check(ctx context.Context, text string) error {
	defer c.time("check")()
	return c.Router.Check(ctx, text)
}

func (c *clocked) Apply(ctx context.Context, commands []string) error {
	defer c.time("apply")()
	return c.Router.Apply(ctx, commands)
}

// Watch lets the loop be told of a restart that is none.
func (c *clocked) Watch(ctx context.Context, notify func()) error {
	c.loop.mu.Lock()
	c.loop.lookAgain = notify
	c.loop.mu.Unlock()
	return c.Router.Watch(ctx, notify)
}
