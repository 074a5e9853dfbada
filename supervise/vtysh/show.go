//go:build linux

package vtysh

import (
	"context"
	"fmt"
	"strings"
)

// Show is a daemon's answer to a show command, over a connection that stays open. A command that the daemon refuses
// gives a *Refusal; a warning (as for "show bgp summary json" without BGP, which prints "{}") is an answer. A daemon
// answers one command at a time, and does nothing else meanwhile: ask for summaries, not for tables.
//
// A call that is given up leaves its connection to be read to the end of the answer. After four of them, a daemon that
// has not answered is not asked any more until it does.
func (c *Client) Show(ctx context.Context, daemon, command string) ([]byte, error) {
	if !strings.HasPrefix(command, "show ") {
		return nil, fmt.Errorf("%.80q is not a show command", command)
	}
	if r := checkLine(1, command); r != nil {
		return nil, r
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	var got answer
	err := c.show(daemon).use(ctx, command, func(_ *conn, a answer) error {
		got = a
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", command, err)
	}
	if got.status > statusWarning {
		return nil, &Refusal{Command: command, Daemon: daemon, Status: int(got.status), Message: message(string(got.text))}
	}
	return got.text, nil
}

func (c *Client) show(daemon string) *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.shows[daemon]
	if s == nil {
		s = newSession(func(ctx context.Context) (*conn, error) { return c.dial(ctx, daemon) })
		s.patient = true
		c.shows[daemon] = s
	}
	return s
}
