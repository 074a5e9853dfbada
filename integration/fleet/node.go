//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/status/report"
)

// node is a node as its agent sees it: two sessions, service addresses, and a configuration that was applied. What FRR would
// say of it is made up in FRR's words; everything from there on is the agent's own.
type node struct {
	name  string
	began time.Time

	mu         sync.Mutex
	generation int64
	services   int // that have an address, as on all nodes
	flaps      int
	down       bool
	reporter   *report.Reporter
}

var peers = []string{"10.1.0.1", "10.1.0.2"}

const heartbeat = 60 * time.Second

// change does something to the node, and tells its reporter.
func (n *node) change(what func()) {
	n.mu.Lock()
	what()
	n.mu.Unlock()
	n.reporter.Poke()
}

func (n *node) addresses() []render.Address {
	var list []render.Address
	for i := range n.services {
		list = append(list, render.Address{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 200, byte(i >> 8), byte(i)}), 32)})
	}
	return list
}

// observation is what the supervisor would tell.
func (n *node) observation() status.Observation {
	n.mu.Lock()
	defer n.mu.Unlock()
	config := &render.Config{
		Node: n.name, Generation: n.generation, ASN: 65001, StatusEnabled: true, HeartbeatSeconds: int32(heartbeat.Seconds()),
		RouterID: render.RouterID{Address: netip.MustParseAddr("10.1.0.9"), Source: render.FromNodeIPv4},
		Instance: render.Instance{Import: render.Import{Enabled: true, Patterns: []string{"kube-lb0"}, Interfaces: []string{"kube-lb0"}}},
	}
	for i, address := range peers {
		config.Neighbors = append(config.Neighbors, render.Neighbor{ID: address, Path: fmt.Sprintf("spec.neighbors[%d]", i),
			Address: netip.MustParseAddr(address), PeerASN: 65000})
	}
	return status.Observation{Node: n.name, AgentVersion: "fleet", FRRVersion: "10.3", Config: config,
		Links:   []render.Link{{Name: "kube-lb0", Up: true, Addresses: n.addresses()}},
		Applied: status.Applied{Generation: n.generation, Wanted: n.generation, Outcome: status.OutcomeApplied, Hash: "cbf06abf9672"}}
}

// Daemons implements report.FRR.
func (n *node) Daemons(context.Context) (map[string]error, error) {
	return map[string]error{"bgpd": nil, "zebra": nil, "staticd": nil, "mgmtd": nil, "bfdd": nil}, nil
}

// Show implements report.FRR.
func (n *node) Show(_ context.Context, daemon, command string) ([]byte, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	type object = map[string]any
	switch {
	case daemon != "bgpd":
		return []byte("{}"), nil
	case command == status.SummaryCommand:
		shown := object{}
		for i, address := range peers {
			p := object{"remoteAs": 65000, "localAs": 65001, "pfxRcd": 1, "pfxSnt": n.services, "state": status.Established,
				"peerUptimeEstablishedEpoch": n.began.Unix() + int64(n.flaps)}
			if i == 0 && n.down {
				p["state"] = status.Active
			}
			shown[address] = p
		}
		return json.Marshal(object{"ipv4Unicast": object{"tableVersion": n.services, "ribCount": 2 * n.services, "peers": shown}})
	case command == status.NeighborsCommand:
		return []byte("{}"), nil
	}
	words := strings.Fields(command)
	at := slices.IndexFunc(words, func(w string) bool { _, err := netip.ParsePrefix(w); return err == nil })
	if at < 0 {
		return []byte("{}"), nil
	}
	var to = object{}
	for _, address := range peers {
		to[address] = object{"peerId": address}
	}
	return json.Marshal(object{"prefix": words[at], "advertisedTo": to, "paths": []object{{"sourced": true, "local": true,
		"weight": 32768, "valid": true, "bestpath": object{"overall": true}, "origin": "IGP",
		"nexthops": []object{{"ip": "0.0.0.0", "afi": "ipv4", "used": true}}}}})
}

// wrong says in what a status is not what the node is.
func (n *node) amiss(s func() (services, established int32, generation int64, ok bool)) error {
	services, established, generation, ok := s()
	if !ok {
		return errors.New("there is none")
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	up := int32(len(peers))
	if n.down {
		up--
	}
	if int(services) != n.services || established != up || generation != n.generation {
		return fmt.Errorf("it has %d addresses, %d sessions and generation %d, and should have %d, %d and %d",
			services, established, generation, n.services, up, n.generation)
	}
	return nil
}
