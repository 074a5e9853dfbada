//go:build linux

package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ready waits until a daemon answers a command on its vty socket. A socket file alone proves nothing: a killed daemon
// leaves it behind.
func (f *FRR) ready(ctx context.Context, daemon string) error {
	return f.poll(ctx, daemon, func() error {
		_, err := f.ask(daemon, "show version")
		return err
	})
}

// backendsReady waits until zebra and staticd are attached to mgmtd: before that it accepts their configuration and loses it.
func (f *FRR) backendsReady(ctx context.Context) error {
	return f.poll(ctx, "mgmtd", func() error {
		answer, err := f.ask("mgmtd", "enable", "show mgmt backend-adapter all")
		for _, daemon := range []string{"zebra", "staticd"} {
			if err == nil && slices.Contains(f.daemons, daemon) && !strings.Contains(answer, daemon) {
				err = fmt.Errorf("%s is not attached to mgmtd", daemon)
			}
		}
		return err
	})
}

// poll repeats check until it succeeds, the daemon ends, or ctx does.
func (f *FRR) poll(ctx context.Context, daemon string, check func() error) error {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := check()
		if err == nil {
			return nil
		}
		p := f.Host.Process(daemon)
		select {
		case <-p.Done():
			return fmt.Errorf("%s ended (%v); see %s", daemon, p.Err(), p.Log)
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w", daemon, err)
		case <-ticker.C:
		}
	}
}
