//go:build linux

package vtysh

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// Running is the running configuration of all daemons, one after the other. It says what `vtysh -c "show running-config"` says, which puts the same answers together: a line
// that several daemons have is there several times, and a context as often. It contains passwords. What belongs to a
// daemon that is down is missing, without an error.
func (c *Client) Running(ctx context.Context) (string, error) {
	texts, err := c.Configurations(ctx)
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, daemon := range slices.Sorted(maps.Keys(texts)) {
		all.WriteString(texts[daemon])
	}
	return all.String(), nil
}

// Configurations are the running configurations of the daemons, without those that are down; they contain passwords.
//
// It asks over the kept connections, all daemons at once: a vtysh would first have to learn FRR's grammar, and when it
// went, mgmtd (10.3) would forget what others are entering. Nothing is applied meanwhile.
func (c *Client) Configurations(ctx context.Context) (map[string]string, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if err := c.applying.take(ctx); err != nil {
		return nil, fmt.Errorf("show running-config: FRR has not finished with an earlier call: %w", err)
	}
	defer c.applying.give()
	daemons, err := c.sockets()
	if err != nil {
		return nil, err
	}
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		errs  []error
		texts = map[string]string{}
	)
	for _, daemon := range daemons {
		wg.Go(func() {
			text, err := c.ConfigurationOf(ctx, daemon)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				texts[daemon] = text
			} else if !isDown(err) {
				errs = append(errs, err)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("show running-config: %w", err)
	}
	if len(texts) == 0 {
		return nil, errors.New("show running-config: no daemon of FRR runs")
	}
	return texts, nil
}

// ConfigurationOf is the running configuration of one daemon; it contains passwords.
func (c *Client) ConfigurationOf(ctx context.Context, daemon string) (string, error) {
	var text string
	err := c.show(daemon).use(ctx, "show running-config", func(_ *conn, a answer) error {
		text = string(a.text)
		if a.status != 0 || !strings.Contains(text, "frr version ") { // which every daemon begins with
			return fmt.Errorf("%s printed no configuration: %s", daemon, redact(message(text)))
		}
		return nil
	})
	return text, err
}

// isDown reports whether a daemon is not there, or went away while it was asked.
func isDown(err error) bool {
	return errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || gone(err)
}
