//go:build linux

// Package status tests packages status and status/report against real FRR of every version and a real API server.
package status

import (
	"context"
	"testing"
	"time"
)

const (
	// patience is how long anything may take that must happen. It is long because the machine may be busy.
	patience = 3 * time.Minute
	// soon is how long that may take which must not wait for a heartbeat.
	soon = 45 * time.Second
)

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// eventually waits until a check has nothing to complain about, and returns how long that took.
func eventually(t *testing.T, limit time.Duration, what string, check func() (complaint string)) time.Duration {
	t.Helper()
	began := time.Now()
	for {
		complaint := check()
		if complaint == "" {
			return time.Since(began)
		}
		if time.Since(began) > limit {
			t.Fatalf("%s: not within %s: %s", what, limit, complaint)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
