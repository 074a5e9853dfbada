//go:build linux

package vtysh

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// spare is a vtysh that was started before it is needed. To learn FRR's grammar takes vtysh 15 to 30 ms, to judge a
// configuration by it one or two. So after the first check, one more vtysh learns, and waits for the next configuration
// on a pipe. It has 4 MB of its own, talks to no daemon, and ends with the pipe, which is when this process does.
type spare struct {
	mu    sync.Mutex
	ready *checker
	soon  *time.Timer // starts the next
}

// checker is a vtysh that reads what to check from a pipe.
type checker struct {
	*process
	pipe *os.File
	of   os.FileInfo // the executable that was started
}

// afterCheck is when the next spare is started: not while the checked configuration is applied.
const afterCheck = 100 * time.Millisecond

// check has vtysh parse a script.
func (c *Client) check(ctx context.Context, script []byte) (*output, error) {
	defer c.spare.prepare(c)
	if k := c.spare.take(); k != nil {
		if out, err := k.check(ctx, script); err == nil || ctx.Err() != nil {
			return out, err
		}
		// It was killed while it waited. One that is started now is not.
	}
	return c.run(ctx, script, "-C", "-f")
}

// check gives a script to the waiting vtysh, and waits for its end.
func (k *checker) check(ctx context.Context, script []byte) (*output, error) {
	stop := context.AfterFunc(ctx, func() { k.end(context.Cause(ctx)) })
	defer stop()
	k.began = time.Now()
	written := make(chan error, 1)
	go func() {
		_, err := k.pipe.Write(script)
		k.pipe.Close()
		written <- err
	}()
	out, err := k.wait()
	if short := <-written; err == nil && short != nil {
		return nil, fmt.Errorf("vtysh did not read all that it was to check: %w", short)
	}
	return out, err
}

// take returns the spare one, nil if there is none of the vtysh that is installed now.
func (s *spare) take() *checker {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.ready
	s.ready = nil
	if k == nil {
		return nil
	}
	if now, err := program(k.cmd.Path); err != nil || !same(now, k.of) {
		k.discard()
		return nil
	}
	return k
}

// prepare starts another spare one soon. Without one, a check takes its time.
func (s *spare) prepare(c *Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.soon == nil {
		s.soon = time.AfterFunc(afterCheck, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.soon != nil && s.ready == nil {
				s.ready, _ = c.startChecker()
			}
			s.soon = nil
		})
	}
}

func (c *Client) startChecker() (*checker, error) {
	of, err := program(c.opt.Path)
	if err != nil {
		return nil, err
	}
	script, pipe, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer script.Close()
	p, err := c.start(context.Background(), script, "-C", "-f")
	if err != nil {
		pipe.Close()
		return nil, err
	}
	return &checker{p, pipe, of}, nil
}

// discard ends a vtysh that has nothing to check.
func (k *checker) discard() {
	k.pipe.Close()
	k.end(nil)
	_, _ = k.wait()
}

// close ends the spare one.
func (s *spare) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.soon != nil {
		s.soon.Stop()
		s.soon = nil
	}
	if s.ready != nil {
		s.ready.discard()
		s.ready = nil
	}
}
