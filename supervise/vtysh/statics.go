//go:build linux

package vtysh

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// A dialect is how a daemon takes static routes over its socket.
type dialect struct {
	enter    []string
	leave    []string // the first of which commits, in a batch
	pipeline int      // bytes that may be sent ahead of the answers
}

// Both daemons would commit line by line, in time proportional to what is there already, so two lines or more are put
// between the markers that vtysh itself uses. Without a lock mgmtd (10.x) rejects the lines between them; with a lock
// but without markers it aborts (10.3), so one never comes without the other. It takes the lock for a single line too:
// whoever else has it is then noticed before anything is entered. mgmtd stops answering if it is sent a command ahead of
// the last answer.
func dialectOf(daemon string, lines int) dialect {
	const begin, end = "XFRR_start_configuration", "XFRR_end_configuration"
	switch {
	case daemon == "mgmtd":
		return dialect{enter: []string{"configure terminal file-lock", begin}, leave: []string{end, "end"}}
	case lines == 1:
		return dialect{enter: []string{"configure terminal"}, leave: []string{"end"}}
	default:
		return dialect{enter: []string{"configure terminal", begin}, leave: []string{end, "end"}, pipeline: 8 << 10}
	}
}

// dialStatics connects to the daemon that takes static routes: mgmtd where there is one, else staticd.
func (c *Client) dialStatics(ctx context.Context) (*conn, error) {
	if cn, err := c.dial(ctx, "mgmtd"); err == nil || ctx.Err() != nil {
		return cn, err
	}
	return c.dial(ctx, "staticd")
}

// notMgmtd reports whether a connection was made to staticd while mgmtd was not there yet.
func (c *Client) notMgmtd(cn *conn) bool {
	if cn.daemon == "mgmtd" {
		return false
	}
	_, err := os.Stat(filepath.Join(c.opt.SocketDir, "mgmtd.vty"))
	return err == nil
}

type command struct {
	line int
	text string
}

// commandsOf are the commands of a script.
func commandsOf(lines []string) []command {
	var commands []command
	for i, line := range lines {
		if !isComment(line) {
			commands = append(commands, command{i + 1, strings.TrimSpace(line)})
		}
	}
	return commands
}

// configure runs commands in configuration mode, up to a context that is refused, and leaves it. An error means that the
// connection must be closed, which ends the mode, its lock and, in mgmtd, all that was not committed.
func (c *conn) configure(d dialect, commands []command) (Refusals, error) {
	var refusals Refusals
	lost := false
	for len(commands) > 0 && !lost {
		n := ahead(commands, d.pipeline)
		texts := make([]string, n)
		for i := range texts {
			texts[i] = commands[i].text
		}
		if err := c.send(texts...); err != nil {
			return nil, err
		}
		for _, cmd := range commands[:n] {
			if r, err := c.verdict(cmd); err != nil {
				return nil, err
			} else if r != nil {
				refusals.add(r)
				lost = entersContext(cmd.text)
			}
		}
		commands = commands[n:]
	}
	if lost && len(commands) > 0 {
		refusals.add(&Refusal{Line: commands[0].line, Command: redact(commands[0].text), Message: notEntered})
	}
	for _, text := range d.leave {
		if r, err := c.judge(command{text: text}); err != nil {
			return nil, err
		} else if r != nil {
			refusals.add(r)
		}
	}
	return refusals, nil
}

// ahead is how many of the commands may be sent together: at least one, and none after one that enters a context.
func ahead(commands []command, bytes int) int {
	n := 0
	for n < len(commands) && (n == 0 || bytes >= len(commands[n].text) && !entersContext(commands[n-1].text)) {
		bytes -= len(commands[n].text) + 1
		n++
	}
	return n
}

// judge sends a command and returns the daemon's verdict.
func (c *conn) judge(cmd command) (*Refusal, error) {
	if err := c.send(cmd.text); err != nil {
		return nil, err
	}
	return c.verdict(cmd)
}

// verdict receives an answer: nothing, a refusal, or an error, ErrLocked among them.
func (c *conn) verdict(cmd command) (*Refusal, error) {
	a, err := c.receive()
	if err != nil {
		return nil, err
	}
	if locked.Match(a.text) {
		return nil, ErrLocked
	}
	text := strings.Join(complaints(remarksRemoved(string(a.text))), "\n")
	if a.status == 0 && text == "" {
		return nil, nil
	}
	if text == "" {
		text = string(a.text)
	}
	return &Refusal{Line: cmd.line, Command: redact(cmd.text), Daemon: c.daemon, Status: int(a.status), Message: redact(message(text))}, nil
}

// remarksRemoved are the lines of a daemon's answer without the remarks that are no complaint.
func remarksRemoved(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); !notice.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

func firstError(err error, r *Refusal) error {
	if err != nil {
		return err
	}
	return r
}
