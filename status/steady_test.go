package status

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render"
)

// bgpd's answer to since when a session is up moves by a second from time to time.
func TestSessionUpSinceIsSteady(t *testing.T) {
	o := observation(t, "8.4")
	first := Build(o)
	since := first.Neighbors[0].SessionUpSince
	if since == nil {
		t.Fatal("no time")
	}
	o.Previous, o.Now = &first, o.Now.Add(2*time.Second)
	for shift, want := range map[time.Duration]time.Duration{-time.Second: 0, time.Second: 0, 2 * time.Second: 0, time.Minute: time.Minute} {
		moved := snapshot(t, "8.4", "mixed")
		table := moved.Summary["ipv4Unicast"]
		p := table.Peers["10.9.0.1"]
		p.Since = p.Since.Add(shift)
		table.Peers["10.9.0.1"] = p
		o.Snapshot = moved
		next := Build(o)
		if got := next.Neighbors[0].SessionUpSince.Sub(since.Time); got != want {
			t.Errorf("bgpd's time moved by %s, ours by %s", shift, got)
		}
		if Equal(&first, &next) != (want == 0) {
			t.Errorf("bgpd's time moved by %s: the statuses are equal: %t", shift, want != 0)
		}
	}
}

func TestTransitions(t *testing.T) {
	o := observation(t, "8.4")
	o.Config.Neighbors = o.Config.Neighbors[:3]
	healthy := Build(o)
	if !healthy.Healthy {
		t.Fatalf("not healthy: %+v", healthy.Conditions)
	}
	o.Previous, o.Now = &healthy, o.Now.Add(time.Hour)
	same := Build(o)
	if !Equal(&healthy, &same) {
		t.Error("an hour later it is another status")
	}
	o.Snapshot, o.FRR.Err = nil, fmt.Errorf("bgpd has not answered for 2s")
	dead := Build(o)
	for i, c := range dead.Conditions {
		changed := c.Status != healthy.Conditions[i].Status
		if c.LastTransitionTime.Equal(&healthy.Conditions[i].LastTransitionTime) == changed {
			t.Errorf("%s: was %s, is %s, last transition %s", c.Type, healthy.Conditions[i].Status, c.Status, c.LastTransitionTime)
		}
	}
	if dead.Healthy || dead.EstablishedCount != 0 {
		t.Errorf("FRR is dead, and the node is reported as healthy (%t), with %d sessions", dead.Healthy, dead.EstablishedCount)
	}
	o.FRR.Err = fmt.Errorf("bgpd has not answered for 2.001s")
	if later := Build(o); !Calm(&dead, &later) || Equal(&dead, &later) {
		t.Error("only the text of an error changed: that is a change that can wait")
	}
}

// An address that has just been added is not yet a problem; one that is still not in BGP at the next look is.
func TestNewAddressIsGivenTime(t *testing.T) {
	o := observation(t, "10.3")
	o.Config.Neighbors = nil
	before := Build(o)
	o.Previous = &before
	o.Links[0].Addresses = append(o.Links[0].Addresses, render.Address{Prefix: netip.MustParsePrefix("10.202.0.1/32")})
	added := Build(o)
	if !added.Healthy || Calm(&before, &added) {
		t.Errorf("healthy: %t, to be written at once: %t", added.Healthy, !Calm(&before, &added))
	}
	o.Previous = &added
	if unasked := Build(o); !unasked.Healthy {
		t.Errorf("bgpd has not been asked about the address yet: %+v", unasked.Conditions)
	}
	o.Snapshot.Prefixes[netip.MustParsePrefix("10.202.0.1/32")] = Prefix{}
	late := Build(o)
	if late.Healthy || !strings.Contains(late.Conditions[5].Message, "10.202.0.1/32") {
		t.Errorf("healthy: %t, %+v", late.Healthy, late.Conditions)
	}
}

func TestListsAreCappedAndTotalsTrue(t *testing.T) {
	const n = 700
	o := observation(t, "8.4")
	o.Links[0].Addresses, o.Links[0].Routes = nil, nil
	one := o.Snapshot.Prefixes[netip.MustParsePrefix("10.201.0.7/32")]
	for i := range n {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 210, byte(i >> 8), byte(i)}), 32)
		o.Links[0].Addresses = append(o.Links[0].Addresses, render.Address{Prefix: p})
		o.Snapshot.Prefixes[p] = one
		o.Snapshot.Received = append(o.Snapshot.Received, Received{Neighbor: "10.9.0.1", Prefix: p})
	}
	o.Config.Import.Mirrored = nil
	s := Build(o)
	if got := len(s.NetlinkImport.ImportedAddresses); got != v1.MaxImportedAddresses || s.NetlinkImport.TotalImported != n || !s.NetlinkImport.Truncated {
		t.Errorf("%d of %d addresses, truncated: %t", got, s.NetlinkImport.TotalImported, s.NetlinkImport.Truncated)
	}
	if got := len(s.RIB.LocalRoutes); got != v1.MaxLocalRoutes || s.RIB.LocalRouteCount != n || !s.RIB.Truncated {
		t.Errorf("%d of %d local routes, truncated: %t", got, s.RIB.LocalRouteCount, s.RIB.Truncated)
	}
	if got := len(s.RIB.ReceivedRoutes); got != v1.MaxReceivedRoutes {
		t.Errorf("%d received routes", got)
	}
}

func TestCalm(t *testing.T) {
	a := Build(observation(t, "8.4"))
	for name, c := range map[string]struct {
		change func(*v1.BGPNodeStatusData)
		calm   bool
	}{
		"another try":             {func(s *v1.BGPNodeStatusData) { s.Neighbors[5].State = Connect }, true},
		"a peer's routes":         {func(s *v1.BGPNodeStatusData) { s.Neighbors[0].PrefixesReceived++; s.RIB.ReceivedRouteCount++ }, true},
		"a session up":            {func(s *v1.BGPNodeStatusData) { s.Neighbors[5].State = Established }, false},
		"a session down":          {func(s *v1.BGPNodeStatusData) { s.Neighbors[0].State = Idle }, false},
		"a route sent":            {func(s *v1.BGPNodeStatusData) { s.Neighbors[0].PrefixesSent++ }, false},
		"a configuration refused": {func(s *v1.BGPNodeStatusData) { s.Conditions[2].Message = "FRR says no" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := a.DeepCopy()
			c.change(b)
			if Equal(&a, b) {
				t.Error("equal")
			}
			if got := Calm(&a, b); got != c.calm {
				t.Errorf("calm: %t", got)
			}
		})
	}
}
