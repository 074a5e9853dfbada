//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// monitor is an `ip monitor` on a host: what the kernel does, with the time.
type monitor struct {
	host *lab.Host
	what string // address or route
	log  string
}

func startMonitor(host *lab.Host, what string) *monitor {
	p := host.Start("monitor", "ip", "-4", "-o", "-ts", "monitor", what)
	return &monitor{host: host, what: what, log: p.Log}
}

// wait waits up to 10 seconds for the first event since then that matches, and
// returns its time.
func (m *monitor) wait(ctx context.Context, since time.Time, matches func(event string) bool) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		text, err := os.ReadFile(m.log)
		if err != nil {
			return time.Time{}, err
		}
		var seen []string
		for line := range strings.Lines(string(text)) {
			stamp, event, ok := strings.Cut(strings.TrimPrefix(line, "["), "] ")
			at, err := time.ParseInLocation("2006-01-02T15:04:05.000000", stamp, time.Local)
			if !ok || err != nil || !strings.HasSuffix(event, "\n") || at.Before(since.Truncate(time.Microsecond)) {
				continue
			}
			if matches(event) {
				return at, nil
			}
			seen = append(seen, line)
		}
		select {
		case <-ctx.Done():
			if ctx.Err() == context.Canceled {
				return time.Time{}, ctx.Err()
			}
			return time.Time{}, fmt.Errorf("`ip monitor %s` on %s did not show it within 10 s, only: %s", m.what, m.host.Name, strings.Join(seen, ""))
		case <-time.After(5 * time.Millisecond):
		}
	}
}
