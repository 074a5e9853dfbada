//go:build linux

package kernel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vishvananda/netlink/nl"
)

const (
	// A reading that a change interrupts is repeated after firstPause, then
	// twice that, and so on, for attempts in all: one second.
	attempts   = 10
	firstPause = time.Millisecond
)

// repeat calls read until its error is not ErrDumpInterrupted.
func repeat[T any](ctx context.Context, read func() (T, error)) (T, error) {
	var none T
	for pause := firstPause; pause < firstPause<<attempts; pause *= 2 {
		v, err := read()
		if err == nil {
			return v, nil
		}
		if !errors.Is(err, nl.ErrDumpInterrupted) {
			return none, err
		}
		select {
		case <-ctx.Done():
			return none, ctx.Err()
		case <-time.After(pause):
		}
	}
	return none, fmt.Errorf("they changed during each of %d readings", attempts)
}
