//go:build linux

package vtysh

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Check has vtysh parse a whole configuration without running it; no daemon need be up. What it does not understand
// comes back as Refusals. It knows FRR's grammar only: a wrong AS number or an address that is none may still be refused
// by the daemon.
func (c *Client) Check(ctx context.Context, text string) error {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if err := checkLines(lines).err(); err != nil {
		return err
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if err := c.script(ctx, lines, "-C", "-f"); err != nil {
		return explain("check the configuration", err)
	}
	return nil
}

// Apply runs configuration commands in order. Each context is entered and left by lines of its own ("router bgp 65000",
// "address-family ipv4 unicast", "exit-address-family", "exit").
//
// What FRR refuses comes back as Refusals, and the other lines have been run all the same, except after a context that
// could not be entered (the refusals say so). FRR's consent is no proof: lines for a daemon that is down vanish without
// a word, so read the running configuration back. After any error but ErrLocked it is unknown what was applied.
//
// A script of nothing but top-level static routes takes about a millisecond, any other some tens.
func (c *Client) Apply(ctx context.Context, lines []string) error {
	if err := checkLines(lines).err(); err != nil {
		return err
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if err := c.applying.take(ctx); err != nil {
		return fmt.Errorf("apply the configuration: another one is still being applied: %w", err)
	}
	defer c.applying.give()
	var err error
	if onlyStatics(lines) {
		err = c.applyStatics(ctx, lines)
	} else {
		err = c.applyScript(ctx, lines)
	}
	if err != nil {
		return explain("apply the configuration", err)
	}
	return nil
}

// applyScript runs vtysh. Since 9.0 it forks a child per daemon, which would run the script's lines of different
// daemons in any order, so it is told not to.
func (c *Client) applyScript(ctx context.Context, lines []string) error {
	noFork, err := c.hasFlag(ctx, "--no-fork")
	if err != nil {
		return err
	}
	if noFork {
		return c.script(ctx, lines, "--no-fork", "-f")
	}
	return c.script(ctx, lines, "-f")
}

func (c *Client) script(ctx context.Context, lines []string, args ...string) error {
	defer c.settle(ctx)
	out, err := c.run(ctx, []byte(strings.Join(lines, "\n")+"\n"), args...)
	if err != nil {
		return err
	}
	// The exit status counts only where nothing else speaks: it is that of the last complaint, or 0 in spite of one.
	refusals := parseOutput(string(out.stdout), lines)
	if len(refusals) == 0 && out.status != 0 {
		return out.failure()
	}
	return refusals.err()
}

// explain says what was being done, except to refusals, which speak for themselves.
func explain(doing string, err error) error {
	if errors.As(err, new(Refusals)) {
		return err
	}
	return fmt.Errorf("%s: %w", doing, err)
}
