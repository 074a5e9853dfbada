//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// newConnect is the client's side: connections, each from a port of its own, and
// who answered.
func newConnect() *cobra.Command {
	var count int
	cmd := &cobra.Command{
		Use:   "connect [-n COUNT] URL",
		Short: "Open TCP connections one after another, and count who answers",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t := connect(cmd.Context(), args[0], count)
			fmt.Fprint(cmd.OutOrStdout(), t)
			if len(t.failures) > 0 {
				return fmt.Errorf("%d of %d connections failed, the first with: %w", len(t.failures), count, t.failures[0])
			}
			return nil
		},
	}
	cmd.Flags().IntVarP(&count, "count", "n", 200, "how many")
	return cmd
}

// tally is what became of connections.
type tally struct {
	answers  map[string]int // by who answered
	ports    map[int]bool   // that connections came from
	failures []error
	took     time.Duration
}

func connect(ctx context.Context, url string, count int) tally {
	t := tally{answers: map[string]int{}, ports: map[int]bool{}}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		t.ports[info.Conn.LocalAddr().(*net.TCPAddr).Port] = true
	}})
	start := time.Now()
	for range count {
		if ctx.Err() != nil {
			break
		}
		name, err := get(ctx, client, url)
		if err != nil {
			t.failures = append(t.failures, err)
			continue
		}
		t.answers[name]++
	}
	t.took = time.Since(start)
	return t
}

func get(ctx context.Context, client *http.Client, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	return strings.TrimSpace(string(body)), err
}

func (t tally) String() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(t.answers)) {
		fmt.Fprintf(&b, "%4d answered by %s\n", t.answers[name], name)
	}
	fmt.Fprintf(&b, "%4d failed (from %d source ports, in %d ms)\n", len(t.failures), len(t.ports), t.took.Milliseconds())
	return b.String()
}
