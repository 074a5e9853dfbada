//go:build linux

package vtysh

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// conn is a connection to one daemon, as vtysh itself would hold it: commands end in NUL, each is answered once. After
// an error it must be closed, because what comes next on it may belong to the question before.
type conn struct {
	net.Conn
	daemon string
	limit  int
	// progress is of the context that the connection is used with.
	progress *progress
	asked    bool // a command was sent whose answer was not read to its end
	r        *bufio.Reader
	w        []byte
	long     map[string]int // how many bytes the last answer had to commands whose answers are long
}

// notRunning is a daemon at whose socket nobody listens.
type notRunning struct {
	daemon string
	err    error
}

func (e *notRunning) Error() string { return fmt.Sprintf("%s is not running: %v", e.daemon, e.err) }

func (e *notRunning) Unwrap() error { return e.err }

// NotRunning tells callers that do not know this package.
func (e *notRunning) NotRunning() {}

// dial connects and enters the enable node; so the daemon's main thread is alive when it returns.
func dial(ctx context.Context, path, daemon string, limit int) (*conn, error) {
	nc, err := connect(ctx, path)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, &notRunning{daemon, err}
	}
	if err != nil {
		return nil, fmt.Errorf("cannot connect to %s: %w", daemon, err)
	}
	c := &conn{Conn: nc, daemon: daemon, limit: limit, r: bufio.NewReaderSize(nc, 64<<10), long: map[string]int{}}
	done := c.until(ctx)
	_, err = c.ask("enable")
	if err = done(err); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// connect connects. A daemon that is busy has a queue of three; while that is full, connect tries again.
func connect(ctx context.Context, path string) (net.Conn, error) {
	var d net.Dialer
	for {
		nc, err := d.DialContext(ctx, "unix", path)
		if !errors.Is(err, syscall.EAGAIN) {
			return nc, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("it is too busy to accept a connection: %w", ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
}

// until lets reads and writes fail when ctx ends, up to the call of done, which explains the error of what was done.
func (c *conn) until(ctx context.Context) (done func(error) error) {
	c.SetDeadline(time.Time{})
	c.progress = progressOf(ctx)
	began := time.Now()
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	return func(err error) error {
		if !stop() && err == nil {
			return context.Cause(ctx) // the deadline is set, or about to be: the connection cannot be used again
		}
		if isTimeout(err) {
			return fmt.Errorf("%s has not answered for %s: %w", c.daemon, time.Since(began).Round(time.Millisecond), context.Cause(ctx))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.daemon, err)
		}
		return nil
	}
}

// send writes commands at once. Their answers must be received, in order, before much more is sent.
func (c *conn) send(commands ...string) error {
	c.w = c.w[:0]
	for _, command := range commands {
		c.w = append(append(c.w, command...), 0)
	}
	_, err := c.Write(c.w)
	return err
}

func (c *conn) receive() (answer, error) {
	a, err := readAnswer(c.r, c.limit, 0)
	if err == nil {
		c.progress.made()
	}
	return a, err
}

func (c *conn) ask(command string) (answer, error) {
	if err := c.send(command); err != nil {
		return answer{}, err
	}
	c.asked = true
	last := c.long[command]
	a, err := readAnswer(c.r, c.limit, last+last/8) // what is asked again and again, as the summary, grows little
	c.asked = err != nil && !gone(err)
	if long := len(a.text) > c.r.Size(); long || last > 0 {
		c.long[command] = len(a.text)
	}
	return a, err
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// gone reports whether the daemon has closed the connection, as at its end.
func gone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}
