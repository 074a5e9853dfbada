//go:build linux

package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// story is the demo, step by step.
type story struct {
	*page
	*rack

	addressA, addressB, routes *monitor
}

const picture = `
   client ────────── tor ──────────┬── node-a   FRR, k8frr-agent
   198.51.100.10     192.0.2.1     │   192.0.2.11
                     BIRD          └── node-b   FRR, k8frr-agent
                     AS 65001          192.0.2.12
                                       AS 65000
`

func (s *story) tell(ctx context.Context) error {
	s.heading("k8frr: a service address, announced by two nodes")
	s.plain(picture)
	for i, step := range []struct {
		title string
		do    func(context.Context) error
	}{
		{"The configuration: the example of PureLB's documentation, word for word", s.configuration},
		{"The preview: what FRR on node-a is going to be told", s.preview},
		{"FRR and k8frr-agent start on both nodes, and peer with the router", s.sessions},
		{"Both nodes get the service address, as PureLB's agent gives it", s.announce},
		{"The client connects", s.spread},
		{"node-b loses the address", s.withdraw},
		{"node-b gets it back", s.restore},
		{"IPv6, over the same sessions", s.ipv6},
		{"The BGPNodeStatus of node-a", s.status},
		{"The preview once more, with the addresses that are there now", s.verify},
	} {
		s.heading(fmt.Sprintf("%d. %s", i+1, step.title))
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("step %d, %s: %w", i+1, step.title, err)
		}
	}
	return nil
}

// show runs a command and prints both it and what it printed.
func (s *story) show(ctx context.Context, command string) (string, error) {
	s.command(command)
	out, err := s.run(ctx, command)
	s.output(out)
	return out, err
}

// until runs a command again and again, unseen, until what it prints is as it
// should be.
func (s *story) until(ctx context.Context, what, command string, is func(out string) bool) error {
	const limit = 2 * time.Minute
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		out, err := s.run(waiting, command)
		if err == nil && is(out) {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.agentsRun(); err != nil {
			return err
		}
		select {
		case <-waiting.Done():
			return fmt.Errorf("%v without %s; the last answer to `%s` was (%v): %s", limit, what, command, err, out)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *story) configuration(ctx context.Context) error {
	_, err := s.show(ctx, "cat $LAB/objects/bgpconfiguration.yaml")
	return err
}

func (s *story) sessions(ctx context.Context) error {
	for _, node := range s.nodes() {
		if err := s.startNode(node); err != nil {
			return err
		}
	}
	s.addressA, s.addressB = startMonitor(s.nodeA, "address"), startMonitor(s.nodeB, "address")
	s.routes = startMonitor(s.tor, "route")
	started := time.Now()
	err := s.until(ctx, "both sessions Established", "tor birdc show protocols", func(out string) bool {
		return strings.Count(out, "Established") == 2
	})
	if err != nil {
		return err
	}
	took := time.Since(started)
	// FRR holds back what it has to say for up to a second after a session's
	// start; the times below are those of every later day.
	for _, node := range s.nodes() {
		err := s.until(ctx, "End-of-RIB from "+node.Name, node.Name+" vtysh -c 'show bgp neighbors'", func(out string) bool {
			return strings.Contains(out, "End-of-RIB send: IPv4 Unicast, IPv6 Unicast")
		})
		if err != nil {
			return err
		}
	}
	for _, command := range []string{
		"node-a vtysh -c 'show version' | sed -n 1p",
		"node-a vtysh -c 'show bgp neighbors' |\n     grep -E 'neighbor is|Description|BGP state|RIB send'",
		"node-b vtysh -c 'show bgp neighbors' |\n     grep -E 'neighbor is|Description|BGP state|RIB send'",
		"tor birdc show protocols | grep BGP",
	} {
		if _, err := s.show(ctx, command); err != nil {
			return err
		}
	}
	s.done("both sessions Established %.1f s after the agents' start", took.Seconds())
	return nil
}
