//go:build linux

// Package vtysh is the only way to FRR: it shows, checks and applies configuration, and notices when daemons die and return.
//
// Whole configurations and mixed changes go through a vtysh process (25 to 50 ms). What has to be quick goes over vty
// sockets that stay open: show commands, and scripts of nothing but top-level static routes. Which daemon a static route
// belongs to (staticd in 8.4, mgmtd in 10.x) and how that daemon wants to be spoken to is known here and nowhere else.
package vtysh

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Options say where FRR is. The zero value is FRR as the distributions install it.
type Options struct {
	Path      string        // the vtysh executable; "vtysh" if empty
	SocketDir string        // directory of the daemons' vty sockets; "/run/frr" if empty
	ConfigDir string        // directory of vtysh.conf; vtysh's own default if empty
	MaxAnswer int           // the most bytes that one answer may have; 64 MiB if zero
	Timeout   time.Duration // how long a call may take whose context has no deadline; 30 s if zero
}

// Client talks to the FRR of one machine. Its methods may be called concurrently; scripts are applied one at a time.
type Client struct {
	opt      Options
	applying turn
	statics  *session
	flags    flags

	mu    sync.Mutex
	shows map[string]*session
}

// New returns a client; it connects when it is first used.
func New(opt Options) *Client {
	if opt.Path == "" {
		opt.Path = "vtysh"
	}
	if opt.SocketDir == "" {
		opt.SocketDir = "/run/frr"
	}
	if opt.MaxAnswer == 0 {
		opt.MaxAnswer = 64 << 20
	}
	if opt.Timeout == 0 {
		opt.Timeout = 30 * time.Second
	}
	c := &Client{opt: opt, applying: newTurn(), shows: map[string]*session{}}
	c.statics = newSession(c.dialStatics)
	c.statics.stale = c.notMgmtd
	return c
}

// Close ends the connections, after the calls that are under way. A later call opens them again.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.shows {
		s.close()
	}
	clear(c.shows)
	c.statics.close()
	return nil
}

// bounded gives ctx the default deadline if it has none.
func (c *Client) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, c.opt.Timeout)
}

// dial connects to a daemon. The caller has bounded ctx.
func (c *Client) dial(ctx context.Context, daemon string) (*conn, error) {
	return dial(ctx, filepath.Join(c.opt.SocketDir, daemon+".vty"), daemon, c.opt.MaxAnswer)
}

// Daemons asks every daemon that has a socket whether it answers: nil if it does. A socket file outlives its daemon, so
// a daemon that ended is listed with an error; one that was never started is not listed.
//
// It asks over the kept connections, for a reason beyond speed: when any connection to mgmtd (10.3) is closed, mgmtd
// forgets what another one has entered and not committed yet.
func (c *Client) Daemons(ctx context.Context) (map[string]error, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	entries, err := os.ReadDir(c.opt.SocketDir)
	if err != nil {
		return nil, fmt.Errorf("cannot list FRR's sockets: %w", err)
	}
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		daemons = map[string]error{}
	)
	for _, e := range entries {
		if daemon, ok := strings.CutSuffix(e.Name(), ".vty"); ok {
			wg.Go(func() {
				err := c.show(daemon).use(ctx, "enable", func(*conn, answer) error { return nil })
				mu.Lock()
				defer mu.Unlock()
				daemons[daemon] = err
			})
		}
	}
	wg.Wait()
	return daemons, nil
}

// settle waits until mgmtd has seen that a vtysh which has just ended has closed its connections. mgmtd does one thing
// at a time, in rounds: what it answers in the round after next comes after that.
func (c *Client) settle(ctx context.Context) {
	if _, err := os.Stat(filepath.Join(c.opt.SocketDir, "mgmtd.vty")); err != nil {
		return
	}
	for range 2 {
		_ = c.show("mgmtd").use(ctx, "enable", func(*conn, answer) error { return nil })
	}
}

var versionLine = regexp.MustCompile(`(?m)^FRRouting (\S+)`)

// Version is the version of the running zebra, such as "8.4.4": not that of the vtysh executable.
func (c *Client) Version(ctx context.Context) (string, error) {
	text, err := c.Show(ctx, "zebra", "show version")
	if err != nil {
		return "", err
	}
	m := versionLine.FindSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("zebra's answer to \"show version\" names no version: %.80q", text)
	}
	return string(m[1]), nil
}

// Running is the running configuration of all daemons as vtysh puts it together, from the line after "Current
// configuration:" on. It contains passwords. What belongs to a daemon that is down is missing, without an error.
func (c *Client) Running(ctx context.Context) (string, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	out, err := c.showRunning(ctx)
	if err != nil {
		return "", fmt.Errorf("show running-config: %w", err)
	}
	if out.status != 0 {
		return "", fmt.Errorf("show running-config: %w", out.failure())
	}
	_, text, found := strings.Cut(string(out.stdout), "Current configuration:\n")
	if !found {
		return "", errors.New("show running-config: vtysh printed no configuration")
	}
	return text, nil
}

// showRunning runs vtysh and does not end it with ctx: a daemon of 10.3 whose long answer is not read to the end crashes.
// Until the process has ended by itself, other calls wait, and nothing is applied: see Daemons.
func (c *Client) showRunning(ctx context.Context) (*output, error) {
	if err := c.applying.take(ctx); err != nil {
		return nil, fmt.Errorf("FRR has not finished with an earlier call: %w", err)
	}
	type result struct {
		out *output
		err error
	}
	results := make(chan result, 1)
	go func() {
		defer c.applying.give()
		out, err := c.run(context.WithoutCancel(ctx), nil, "-c", "show running-config")
		c.settle(ctx)
		results <- result{out, err}
	}()
	select {
	case r := <-results:
		return r.out, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("a daemon does not answer: %w", ctx.Err())
	}
}
