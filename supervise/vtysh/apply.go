//go:build linux

package vtysh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
)

// Check has vtysh parse a whole configuration without running it; no daemon need be up. What it does not understand
// comes back as Refusals. It knows FRR's grammar only: a wrong AS number or an address that is none may still be refused
// by the daemon. What it has understood before is not asked again.
func (c *Client) Check(ctx context.Context, text string) error {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if err := checkLines(lines).err(); err != nil {
		return err
	}
	rest, left := c.known.less(c.opt.Path, lines)
	if left == 0 {
		return nil
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	err := c.judge(ctx, rest, lines)
	if left < len(lines) && errors.As(err, new(Refusals)) {
		err = c.judge(ctx, lines, lines) // a line may need one that is known already, if it is not indented under it
	}
	if err != nil {
		return explain("check the configuration", err)
	}
	c.known.learn(c.opt.Path, lines)
	return nil
}

// judge checks a part of a configuration, which stands where it stands in the whole.
func (c *Client) judge(ctx context.Context, part, whole []string) error {
	out, err := c.check(ctx, asScript(part))
	if err != nil {
		return err
	}
	return out.judged(whole)
}

// Apply runs configuration commands in order. Each context is entered and left by lines of its own ("router bgp 65000",
// "address-family ipv4 unicast", "exit-address-family", "exit").
//
// What FRR refuses comes back as Refusals, and the other lines have been run all the same, except after a context that
// could not be entered (the refusals say so). FRR's consent is no proof: lines for a daemon that is down vanish without
// a word, so read the running configuration back. After any error but ErrLocked it is unknown what was applied.
//
// It may take as long as FRR goes on answering: a context without deadline ends when nothing has been answered for the
// Timeout of the Options, and for a long script as much again for each 100 lines.
//
// A script of nothing but top-level static routes, or nothing but BGP instances, takes about a millisecond, any other some
// tens.
func (c *Client) Apply(ctx context.Context, lines []string) error {
	if err := checkLines(lines).err(); err != nil {
		return err
	}
	silent := len(lines)
	if onlyBGP(lines) {
		silent = 0 // bgpd answers each line of an instance
	}
	ctx, cancel := c.progressing(ctx, silent)
	defer cancel()
	if err := c.applying.take(ctx); err != nil {
		return fmt.Errorf("apply the configuration: another one is still being applied: %w", err)
	}
	defer c.applying.give()
	var err error
	switch commands := commandsOf(lines); {
	case len(commands) == 0:
	case onlyStatics(lines):
		err = c.configure(ctx, c.statics, commands)
	case onlyBGP(lines):
		// Between the markers that vtysh puts there too: until the second, bgpd
		// starts no session, so that a neighbor is whole before it connects.
		err = c.configure(ctx, c.bgp, commands)
	default:
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
	if err := c.free(ctx); err != nil {
		return err
	}
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
	out, err := c.run(ctx, asScript(lines), args...)
	if err != nil {
		return err
	}
	return out.judged(lines)
}

func asScript(lines []string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }

// judged is what a run with a script says of it. The exit status counts only where nothing else speaks: it is that of the
// last complaint, or 0 in spite of one.
func (o *output) judged(script []string) error {
	if o.status == 0 && len(bytes.TrimSpace(o.stdout)) == 0 {
		return nil
	}
	refusals := parseOutput(string(o.stdout), script)
	if len(refusals) == 0 && o.status != 0 {
		return o.failure()
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
