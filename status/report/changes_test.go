package report

import (
	"fmt"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

func TestSessionChanges(t *testing.T) {
	since := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	up := func(address string, later time.Duration) v1.NeighborStatus {
		at := metav1.NewTime(since.Add(later))
		return v1.NeighborStatus{Address: address, State: status.Established, SessionUpSince: &at}
	}
	idle := func(address string) v1.NeighborStatus { return v1.NeighborStatus{Address: address, State: status.Idle} }
	unnumbered := func(address string) v1.NeighborStatus {
		n := up(address, 0)
		n.Interface = "eth1"
		return n
	}
	inVRF := up("10.1.0.1", 0)
	inVRF.VRF = "blue"
	list := func(n ...v1.NeighborStatus) []v1.NeighborStatus { return n }
	for name, c := range map[string]struct {
		before, now []v1.NeighborStatus
		want        []string
	}{
		"nothing":                     {nil, nil, nil},
		"the same":                    {list(up("10.1.0.1", 0), idle("10.1.0.2")), list(up("10.1.0.1", 0), idle("10.1.0.2")), nil},
		"FRR's rounding":              {list(up("10.1.0.1", 0)), list(up("10.1.0.1", 2*time.Second)), nil},
		"up":                          {list(idle("10.1.0.1")), list(up("10.1.0.1", 0)), []string{"10.1.0.1 true"}},
		"down":                        {list(up("10.1.0.1", 0)), list(idle("10.1.0.1")), []string{"10.1.0.1 false"}},
		"between two looks":           {list(up("10.1.0.1", 0)), list(up("10.1.0.1", 3*time.Second)), []string{"10.1.0.1 false", "10.1.0.1 true"}},
		"new, and yet to come up":     {nil, list(idle("10.1.0.1")), nil},
		"new and up":                  {nil, list(up("10.1.0.1", 0)), []string{"10.1.0.1 true"}},
		"not configured any more":     {list(up("10.1.0.1", 0)), nil, nil},
		"found at another address":    {list(unnumbered("fe80::1")), list(unnumbered("fe80::2")), nil},
		"the same address in a VRF":   {list(up("10.1.0.1", 0)), list(up("10.1.0.1", 0), inVRF), []string{"10.1.0.1 in VRF blue true"}},
		"an interface in its wording": {nil, list(unnumbered("fe80::1")), []string{"fe80::1 on eth1 true"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, change := range sessionChanges(c.before, c.now) {
				got = append(got, fmt.Sprint(change.String(), " ", change.Up))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}

func TestStirred(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	summary := func(change func(*status.Peer)) status.Summary {
		p := status.Peer{State: status.Established, Sent: 3, Received: 7, Since: at}
		if change != nil {
			change(&p)
		}
		return status.Summary{"ipv4Unicast": {Version: 1, Peers: map[string]status.Peer{"10.1.0.1": p}}}
	}
	for name, c := range map[string]struct {
		now  status.Summary
		want bool
	}{
		"the same":            {summary(nil), false},
		"what the peer sends": {summary(func(p *status.Peer) { p.Received = 8 }), false},
		"what it is sent":     {summary(func(p *status.Peer) { p.Sent = 4 }), true},
		"down":                {summary(func(p *status.Peer) { p.State = status.Active }), true},
		"established anew":    {summary(func(p *status.Peer) { p.Since = at.Add(5 * time.Second) }), true},
		"FRR's rounding":      {summary(func(p *status.Peer) { p.Since = at.Add(time.Second) }), false},
		"no BGP":              {status.Summary{}, true},
		"another family":      {status.Summary{"ipv6Unicast": {}}, true},
		"another neighbor":    {status.Summary{"ipv4Unicast": {Peers: map[string]status.Peer{"10.1.0.2": {}}}}, true},
		"one neighbor more":   {status.Summary{"ipv4Unicast": {Peers: map[string]status.Peer{"10.1.0.1": summary(nil)["ipv4Unicast"].Peers["10.1.0.1"], "10.1.0.2": {}}}}, true},
	} {
		if got := stirred(summary(nil), c.now); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// A few writes at once, then one a second.
func TestPace(t *testing.T) {
	began := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	var p pace
	now := began
	for range 10 {
		if next := p.next(); next.After(now) {
			now = next
		}
		p.took(now)
	}
	if took := now.Sub(began); took != (10-writeBurst)*writeGap {
		t.Errorf("ten writes took %v", took)
	}
	p.took(now.Add(time.Hour))
	if next := p.next(); next.After(now.Add(time.Hour)) {
		t.Errorf("after a rest the second write has to wait until %v", next)
	}
}
