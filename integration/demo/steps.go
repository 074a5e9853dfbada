//go:build linux

package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

func (s *story) announce(ctx context.Context) error {
	first, err := s.change(ctx, s.nodeA, "add", 1)
	if err != nil {
		return err
	}
	second, err := s.change(ctx, s.nodeB, "add", 2)
	if err != nil {
		return err
	}
	if err := s.showRoute(ctx); err != nil {
		return err
	}
	s.done("%d ms from node-a's address to the router's route,\n     %d ms from node-b's to the second next hop (timestamps of ip monitor)",
		first.Milliseconds(), second.Milliseconds())
	return nil
}

func (s *story) withdraw(ctx context.Context) error {
	took, err := s.change(ctx, s.nodeB, "del", 1)
	if err != nil {
		return err
	}
	if err := s.showRoute(ctx); err != nil {
		return err
	}
	s.done("%d ms until the router had one next hop", took.Milliseconds())
	answers, err := s.connect(ctx, vip)
	if err != nil {
		return err
	}
	if answers["node-a"] != connections {
		return fmt.Errorf("node-a should have answered all %d connections: %v", connections, answers)
	}
	s.done("every connection since then goes to node-a, none fails")
	return nil
}

func (s *story) restore(ctx context.Context) error {
	took, err := s.change(ctx, s.nodeB, "add", 2)
	if err != nil {
		return err
	}
	answers, err := s.connect(ctx, vip)
	if err != nil {
		return err
	}
	if err := balanced(answers); err != nil {
		return err
	}
	s.done("%d ms until the router had two next hops again", took.Milliseconds())
	return nil
}

// change adds or deletes a node's service address, and returns how long it took
// from then until the router's kernel had a route with so many next hops.
func (s *story) change(ctx context.Context, node *lab.Host, verb string, hops int) (time.Duration, error) {
	addresses := s.addressA
	if node == s.nodeB {
		addresses = s.addressB
	}
	since := time.Now()
	if _, err := s.show(ctx, fmt.Sprintf("%s ip address %s %s/32 dev kube-lb0", node.Name, verb, vip)); err != nil {
		return 0, err
	}
	from, err := addresses.wait(ctx, since, func(event string) bool {
		return strings.Contains(event, " "+vip+"/32 ") && strings.HasPrefix(event, "Deleted") == (verb == "del")
	})
	if err != nil {
		return 0, err
	}
	until, err := s.routes.wait(ctx, since, func(event string) bool {
		return strings.HasPrefix(event, vip+" ") && strings.Count(event, "via ") == hops
	})
	if err != nil {
		return 0, fmt.Errorf("the router should have a route to %s with %d next hop(s): %w", vip, hops, err)
	}
	return until.Sub(from), nil
}

func (s *story) showRoute(ctx context.Context) error {
	_, err := s.show(ctx, "tor ip route show "+vip)
	return err
}

func (s *story) spread(ctx context.Context) error {
	answers, err := s.connect(ctx, vip)
	if err != nil {
		return err
	}
	if err := balanced(answers); err != nil {
		return err
	}
	s.done("the router's hash of addresses and ports spreads them over both nodes")
	return nil
}

// connections is how many the client opens at a time.
const connections = 200

var answer = regexp.MustCompile(`(\d+) answered by (\S+)`)

// connect has the client open connections and returns how many each node answered.
func (s *story) connect(ctx context.Context, address string) (map[string]int, error) {
	if strings.Contains(address, ":") {
		address = "[" + address + "]"
	}
	out, err := s.show(ctx, fmt.Sprintf("client connect -n %d http://%s/", connections, address))
	if err != nil {
		return nil, err
	}
	answers := map[string]int{}
	for _, m := range answer.FindAllStringSubmatch(out, -1) {
		answers[m[2]], _ = strconv.Atoi(m[1])
	}
	return answers, nil
}

// balanced refuses what a fair hash gives once in 10¹² times.
func balanced(answers map[string]int) error {
	if a, b := answers["node-a"], answers["node-b"]; a+b != connections || min(a, b) < connections/4 {
		return fmt.Errorf("both nodes should have answered about half of the %d connections: %v", connections, answers)
	}
	return nil
}

func (s *story) ipv6(ctx context.Context) error {
	for _, node := range s.nodes() {
		if _, err := s.show(ctx, fmt.Sprintf("%s ip address add %s/128 dev kube-lb0", node.Name, vip6)); err != nil {
			return err
		}
	}
	command := "tor ip -6 route show " + vip6
	err := s.until(ctx, "a route with two next hops to "+vip6, command, func(out string) bool {
		return strings.Count(out, "via ") == 2
	})
	if err != nil {
		return err
	}
	if _, err := s.show(ctx, command); err != nil {
		return err
	}
	answers, err := s.connect(ctx, vip6)
	if err != nil {
		return err
	}
	if err := balanced(answers); err != nil {
		return err
	}
	s.done("sessions over IPv4 carry IPv6 as well: two next hops, both nodes answer")
	return nil
}

func (s *story) status(ctx context.Context) error {
	const command = "cat $LAB/node-a/status.yaml"
	err := s.until(ctx, "a healthy node that has both addresses and has sent them", command, func(out string) bool {
		return strings.Contains(out, "healthy: true") && strings.Contains(out, "prefixesSent: 2") &&
			strings.Contains(out, vip+"/32") && strings.Contains(out, vip6+"/128")
	})
	if err != nil {
		return err
	}
	for _, command := range []string{
		"grep message: $LAB/node-a/status.yaml",
		"sed -n '/establishedCount:/,/totalImported:/p' $LAB/node-a/status.yaml",
	} {
		if _, err := s.show(ctx, command); err != nil {
			return err
		}
	}
	s.done("healthy; both addresses are in BGP and sent to the router")
	return nil
}

func (s *story) preview(ctx context.Context) error {
	_, err := s.show(ctx, s.render()+" |\n     sed -n '/^router bgp/,/^exit$/p'")
	return err
}

// verify has the preview's text compared with the file that the agent keeps.
func (s *story) verify(ctx context.Context) error {
	_, err := s.show(ctx, s.render()+
		" \\\n     --address kube-lb0="+vip+"/32 \\\n     --address kube-lb0="+vip6+"/128 |\n"+
		"     diff -s - $LAB/node-a/etc/frr.conf")
	if err != nil {
		return err
	}
	s.done("the agent gave FRR what the preview promises, to the byte")
	return nil
}

func (s *story) render() string {
	return fmt.Sprintf("k8frr render -f $LAB/objects --node node-a --frr %s", s.version)
}
