package proof

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/k8frr/k8frr/status"
)

// What is wrong is acted on at the second look; what is taken for stale once it has been so at all looks of a second, however
// seldom those are still due. What is well again in between begins again.
func TestLasting(t *testing.T) {
	lost := stray{what: "zebra lacks a route"}
	stays := stray{what: "zebra has a route too much", stale: stale{"kube-lb0", netip.MustParsePrefix("10.9.9.1/32")}}
	var p Proof
	start := time.Now()
	for _, look := range []struct {
		after time.Duration
		amiss []stray
		want  int
		due   int
	}{
		{0, []stray{lost}, 0, 0},
		{0, []stray{lost}, 1, 0},
		{0, nil, 0, 0},
		{0, []stray{lost, stays}, 0, 1},
		{400, []stray{lost, stays}, 1, 1},
		{800, []stray{stays}, 0, 1},
		{900, nil, 0, 0},
		{1100, []stray{stays}, 0, 1},
		{2000, []stray{stays}, 0, 1},
		{2100, []stray{stays}, 1, 0},
	} {
		p.due = 0
		got := p.lasting(look.amiss, start.Add(look.after*time.Millisecond))
		if len(got) != look.want || p.due != look.due {
			t.Errorf("after %d ms: %v, due %d; want %d, due %d", look.after, got, p.due, look.want, look.due)
		}
	}
}

// answers are those of a bgpd to its commands.
type answers map[string]string

func (a answers) Show(_ context.Context, _, command string) ([]byte, error) {
	if text, ok := a[command]; ok {
		return []byte(text), nil
	}
	return nil, errors.New("bgpd is asked " + command)
}

// A release that tells the state of a session otherwise has no session taken for one that is down.
func TestSummaryWithoutStates(t *testing.T) {
	const noState = `{"ipv4Unicast":{"ribCount":3,"peers":{"10.1.0.1":{"fsmState":"Established"}}}}`
	const neighbors = `{"10.1.0.1":{"bgpState":"Established"}}`
	s, err := Summary(t.Context(), answers{status.SummaryCommand: noState, status.NeighborsCommand: neighbors}, "")
	if err != nil || s["ipv4Unicast"].Peers["10.1.0.1"].State != status.Established {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err = Summary(t.Context(), answers{status.SummaryCommand: noState, status.NeighborsCommand: `{"10.1.0.1":{}}`}, ""); err == nil {
		t.Errorf("%+v", s)
	}
	unsized := `{"ipv4Unicast":{"entries":3,"peers":{"10.1.0.1":{"state":"Idle"}}}}`
	if s, err = Summary(t.Context(), answers{status.SummaryCommand: unsized}, ""); err != nil || s["ipv4Unicast"].Size <= status.Walkable {
		t.Errorf("%+v, %v", s, err)
	}
}
