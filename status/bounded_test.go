package status

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// What peers send, and how many there are, does not make a status too long for etcd, which takes 1.5 MB.
func TestStatusStaysSmall(t *testing.T) {
	config := &render.Config{Instance: render.Instance{Import: render.Import{Enabled: true}}}
	s := &Snapshot{Instance: Instance{Prefixes: map[netip.Prefix]Prefix{}, Neighbors: map[string]Neighbor{}}}
	peers := map[string]Peer{}
	var advertised []string
	for i := range 1024 {
		address := netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)})
		config.Neighbors = append(config.Neighbors, render.Neighbor{ID: address.String(), Address: address, PeerASN: 65000})
		peers[address.String()] = Peer{State: Idle}
		s.Neighbors[address.String()] = Neighbor{Reset: Reset{Cause: "BGP Notification received",
			Notification: &Notification{Code: 6, Subcode: 2, Name: "Cease/Administrative Shutdown", Received: true, Shutdown: strings.Repeat(`\x1b`, 255)}}}
		advertised = append(advertised, fmt.Sprintf("%q: {}", address))
	}
	s.Summary = Summary{"ipv4Unicast": {Peers: peers}}
	communities := fmt.Sprintf(`"community": {"string": %q}, "largeCommunity": {"string": %q}`,
		strings.Repeat("65535:65535 ", 16000), strings.Repeat("4294967295:4294967295:4294967295 ", 5000))
	said := func(kind string) Prefix {
		answer, err := ParsePrefix(netip.MustParsePrefix("0.0.0.0/0"),
			fmt.Appendf(nil, `{"advertisedTo": {%s}, "paths": [{%s, %s}]}`, strings.Join(advertised, ", "), kind, communities))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(answer.Paths[0].Communities); n != 2*maxCommunities {
			t.Fatalf("%d communities are kept", n)
		}
		return answer
	}
	foreign, own := said(`"peer": {"peerId": "10.1.0.0"}`), said(`"sourced": true`)
	for i := range v1.MaxReceivedRoutes {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{20, 0, byte(i), 0}), 24)
		s.Prefixes[p], s.Received = foreign, append(s.Received, Received{Neighbor: "10.1.0.0", Prefix: p, NextHop: "10.1.0.0"})
	}
	for i := range v1.MaxLocalRoutes {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 200, byte(i >> 8), byte(i)}), 32)
		s.Prefixes[p] = own
		config.Import.Mirrored = append(config.Import.Mirrored, render.Mirrored{Prefix: p, Interface: "kube-lb0"})
	}
	status := Build(Observation{Now: now, Node: "n", Config: config, Snapshot: s})
	text, err := json.Marshal(status)
	if err != nil {
		t.Fatal(err)
	}
	local, received := status.RIB.LocalRoutes[0], status.RIB.ReceivedRoutes[0]
	if len(local.AdvertisedTo) != v1.MaxAdvertisedTo || len(local.Communities) != v1.MaxCommunities || len(received.Communities) != v1.MaxCommunities {
		t.Errorf("%d peers, %d and %d communities", len(local.AdvertisedTo), len(local.Communities), len(received.Communities))
	}
	if len(text) > 3<<19 {
		t.Errorf("a status of %d bytes", len(text))
	}
}

// TestManyTextsStaySmall has all texts of users and of peers as long as can be, and more peers from listen ranges than
// are listed: a status has each neighbor with its state, and etcd takes it.
func TestManyTextsStaySmall(t *testing.T) {
	config, s := &render.Config{}, &Snapshot{VRFs: map[string]Instance{}}
	s.Neighbors = map[string]Neighbor{}
	long := strings.Repeat("<", 4096) // six bytes each in JSON
	peers := map[string]Peer{}
	for i := range 1024 {
		address := netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)})
		config.Neighbors = append(config.Neighbors, render.Neighbor{ID: address.String(), Address: address, PeerASN: 65000, Description: long})
		peers[address.String()] = Peer{State: Idle}
		s.Neighbors[address.String()] = Neighbor{Reset: Reset{Cause: "BGP Notification received",
			Notification: &Notification{Code: 6, Subcode: 2, Name: "Cease/Administrative Shutdown", Received: true, Shutdown: strings.Repeat(`\x1b`, 255)}}}
	}
	s.Summary = Summary{"ipv4Unicast": {Peers: peers}}
	const vrfs = 4
	for v := range vrfs {
		name := fmt.Sprintf("vrf-%d", v)
		config.VRFs = append(config.VRFs, render.VRF{Instance: render.Instance{VRF: name, Device: name,
			PeerGroups: []render.PeerGroup{{Name: "g", Description: long}},
			Ranges:     []render.Range{{Prefix: netip.MustParsePrefix("10.0.0.0/8"), PeerGroup: "g"}}}})
		dynamic := map[string]Peer{}
		for i := range 2 * maxFromRanges / vrfs {
			dynamic[netip.AddrFrom4([4]byte{10, 2, byte(i >> 8), byte(i)}).String()] = Peer{State: Idle, Dynamic: true}
		}
		s.VRFs[name] = Instance{Summary: Summary{"ipv4Unicast": {Peers: dynamic}}}
	}
	applied := Applied{Generation: 1, Wanted: 1}
	for i := range 2 * maxLeftOut {
		applied.LeftOut = append(applied.LeftOut, LeftOut{Field: fmt.Sprintf("spec.neighbors[%d]", i), Part: long, Message: long})
	}
	status := Build(Observation{Now: now, Node: "n", Config: config, Snapshot: s, Applied: applied})
	if n := len(status.Neighbors); n != 1024+maxFromRanges {
		t.Errorf("%d neighbors are listed", n)
	}
	for _, n := range status.Neighbors {
		if n.State != Idle || n.LastError == "" {
			t.Fatalf("a neighbor has too much: %+v", n)
		}
	}
	if size := encoded(&status); size > largestStatus {
		t.Errorf("a status of %d bytes", size)
	}
}

// TestManyNeighborsAreReadOneByOne checks that reading what bgpd says of thousands of peers takes no memory beside the
// answer itself.
func TestManyNeighborsAreReadOneByOne(t *testing.T) {
	one, err := json.Marshal(map[string]any{"lastResetDueTo": "Waiting for peer OPEN", "hostname": strings.Repeat("x", 4000)})
	if err != nil {
		t.Fatal(err)
	}
	const peers = 6000
	var b strings.Builder
	b.WriteString(`{"vrfId": 0, "vrfName": "default"`)
	for i := range peers {
		fmt.Fprintf(&b, ", \"10.1.%d.%d\": %s", i>>8, i&255, one)
	}
	b.WriteString("}")
	answer := []byte(b.String())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	neighbors, err := ParseNeighbors(answer)
	runtime.ReadMemStats(&after)
	if err != nil || len(neighbors) != peers {
		t.Fatalf("%d neighbors, %v", len(neighbors), err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > uint64(len(answer))/2 {
		t.Errorf("%d kB were allocated to read %d kB", n>>10, len(answer)>>10)
	}
}
