//go:build linux

package vtysh

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// progress ends a context when nothing has been answered for some time. A script may take as long as FRR goes on answering.
//
// FRR 8.4 and 10.x commit the lists of a script at its end, as one transaction, and answer nothing meanwhile: 1,000 lines of
// one list take 8.4 15 seconds of processor time, and a node that has 5 % of a core five minutes. So a long script may also
// be without answer for longer, by as much again for each silentLines of it.
type progress struct {
	timer   *time.Timer
	timeout time.Duration
	last    atomic.Int64 // when something was answered, in nanoseconds since 1970
}

const silentLines = 100

type progressKey struct{}

// progressing gives ctx a deadline that each answer of FRR postpones, unless ctx has a deadline of its own. lines is how
// many lines FRR may commit without an answer.
func (c *Client) progressing(ctx context.Context, lines int) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	ctx, end := context.WithCancelCause(ctx)
	p := &progress{timeout: c.opt.Timeout + c.opt.Timeout*time.Duration(lines)/silentLines}
	p.last.Store(time.Now().UnixNano())
	if c.opt.Applying != nil {
		go p.tell(ctx, c.opt.Timeout/3, c.opt.Applying)
	}
	p.timer = time.AfterFunc(p.timeout, func() {
		end(fmt.Errorf("no progress for %s: %w", p.timeout.Round(time.Millisecond), context.DeadlineExceeded))
	})
	return context.WithValue(ctx, progressKey{}, p), func() {
		p.timer.Stop()
		end(nil)
	}
}

// tell calls applying every now and then until ctx ends.
func (p *progress) tell(ctx context.Context, long time.Duration, applying func(silent, most time.Duration)) {
	ticker := time.NewTicker(max(long/4, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			silent := long
			if now.Sub(time.Unix(0, p.last.Load())) < long {
				silent = 0
			}
			applying(silent, p.timeout)
		}
	}
}

// progressOf returns what postpones the deadline of ctx; nil if nothing does.
func progressOf(ctx context.Context) *progress {
	p, _ := ctx.Value(progressKey{}).(*progress)
	return p
}

// made postpones the deadline. p may be nil.
func (p *progress) made() {
	if p != nil {
		p.last.Store(time.Now().UnixNano())
		p.timer.Reset(p.timeout)
	}
}

// follow postpones the deadline as long as a vtysh reads its script, which it does when FRR has answered what it has read
// before. It returns when ctx ends.
//
// What vtysh sends is no sign of progress: a locked candidate makes it send the same command again without end.
func (p *progress) follow(ctx context.Context, pid int) {
	if p == nil {
		return
	}
	look := time.NewTicker(min(time.Second, max(p.timeout/20, 10*time.Millisecond)))
	defer look.Stop()
	for before := int64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		if now := scriptPosition(pid); now > before {
			before = now
			p.made()
		}
	}
}

// scriptPosition is how far a vtysh has read the script: in blocks of 4 kB, some 90 lines. 0 if that cannot be seen.
func scriptPosition(pid int) int64 {
	dir := fmt.Sprintf("/proc/%d/", pid)
	open, err := os.ReadDir(dir + "fd")
	if err != nil {
		return 0
	}
	var sum int64
	for _, fd := range open {
		if target, err := os.Readlink(dir + "fd/" + fd.Name()); err != nil || !strings.HasPrefix(target, "/memfd:"+scriptName) {
			continue
		}
		text, err := os.ReadFile(dir + "fdinfo/" + fd.Name())
		if err != nil {
			continue
		}
		first, _, _ := strings.Cut(string(text), "\n")
		position, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimPrefix(first, "pos:")), 10, 64)
		sum += position
	}
	return sum
}
