//go:build linux

// Package vtysh is the only way to FRR: it shows, checks and applies configuration, and notices when daemons die and return.
//
// Whole configurations and mixed changes go through a vtysh process (25 to 50 ms). What has to be quick goes over vty
// sockets that stay open: show commands, the running configuration, and scripts of nothing but top-level static routes or
// nothing but BGP instances. Which daemon a static route belongs to (staticd in 8.4, mgmtd in 10.x) and how that daemon
// wants to be spoken to is known here and nowhere else.
package vtysh

import (
	"context"
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
	Timeout   time.Duration // how long a call may take whose context has no deadline, and Apply without an answer; 30 s if zero

	// Applying is called several times within Timeout while Apply runs, from another goroutine. silent is a third of Timeout
	// if FRR has not answered for that long, 0 otherwise, and most how long FRR may be silent. It must return at once. nil for
	// nothing.
	Applying func(silent, most time.Duration)
}

// Client talks to the FRR of one machine. Its methods may be called concurrently; scripts are applied one at a time.
type Client struct {
	opt      Options
	applying turn
	statics  *session
	bgp      *session
	known    known
	spare    spare
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
	c.bgp = newSession(c.dialBGP)
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
	c.bgp.close()
	c.spare.close()
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
	names, err := c.sockets()
	if err != nil {
		return nil, err
	}
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		daemons = map[string]error{}
	)
	for _, daemon := range names {
		wg.Go(func() {
			err := c.show(daemon).use(ctx, "enable", func(*conn, answer) error { return nil })
			mu.Lock()
			defer mu.Unlock()
			daemons[daemon] = err
		})
	}
	wg.Wait()
	return daemons, nil
}

// sockets are the daemons that have a socket, alive or not.
func (c *Client) sockets() ([]string, error) {
	entries, err := os.ReadDir(c.opt.SocketDir)
	if err != nil {
		return nil, fmt.Errorf("cannot list FRR's sockets: %w", err)
	}
	var daemons []string
	for _, e := range entries {
		if daemon, ok := strings.CutSuffix(e.Name(), ".vty"); ok {
			daemons = append(daemons, daemon)
		}
	}
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
