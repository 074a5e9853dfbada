package supervise

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/k8frr/k8frr/status"
	"github.com/k8frr/k8frr/supervise/plan"
)

func TestSentence(t *testing.T) {
	for want, p := range map[string]status.Plan{
		"3 steps, 41 ms, no session reset":                          {Steps: 3, Took: 41*time.Millisecond + 300*time.Microsecond},
		"1 step, 1250 ms, reset 10.1.1.1":                           {Steps: 1, Took: 1250 * time.Millisecond, Resets: []string{"10.1.1.1"}},
		"0 steps, 12 s, reset 10.1.1.1, 10.1.1.2 in VRF blue, eth1": {Took: 12 * time.Second, Resets: []string{"10.1.1.1", "10.1.1.2 in VRF blue", "eth1"}},
		"2 steps, 0 ms, removed 10.1.1.1":                           {Steps: 2, Removed: []string{"10.1.1.1"}},
		"2 steps, 0 ms, reset a, removed b":                         {Steps: 2, Resets: []string{"a"}, Removed: []string{"b"}},
		"2 steps, 0 ms, reset a, b, c and 2 more":                   {Steps: 2, Resets: []string{"a", "b", "c", "d", "e"}},
	} {
		if got := Sentence(p); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// Several plans of one configuration are one undertaking, and what has not begun does not end.
func TestUndertaking(t *testing.T) {
	now := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	var told []status.Plan
	s := New(Options{Now: func() time.Time { return now }, Planned: func(p status.Plan) { told = append(told, p) }})
	s.ended(status.PlanApplied)
	if len(told) != 0 || s.lastPlan != nil {
		t.Fatalf("nothing was begun: %v", told)
	}
	between := func(from, to string) *plan.Plan { return plan.Between(from, to) }
	const before = "router bgp 65000\n neighbor 10.1.1.1 remote-as 65001\n neighbor 10.1.1.1 description a\nexit\n"
	s.attempt.take(between(before, "router bgp 65000\n neighbor 10.1.1.1 remote-as 65002\n neighbor 10.1.1.1 description a\nexit\n"), now)
	s.attempt.take(between(before, "router bgp 65000\n neighbor 10.1.1.1 remote-as 65002\n neighbor 10.1.1.1 description b\nexit\n"), now.Add(time.Minute))
	now = now.Add(2 * time.Second)
	s.ended(status.PlanRolledBack)
	s.ended(status.PlanApplied)
	if len(told) != 1 {
		t.Fatal(told)
	}
	p := told[0]
	if p.Took != 2*time.Second || !p.At.Equal(now) || p.Steps < 3 || !slices.Equal(p.Resets, []string{"10.1.1.1"}) || p.Result != status.PlanRolledBack {
		t.Errorf("%+v", p)
	}
}

func TestRestartedDaemonsAreToldOnce(t *testing.T) {
	dir := t.TempDir()
	var told [][]string
	s := New(Options{SocketDir: dir, Log: slog.New(slog.DiscardHandler), Restarted: func(names []string) { told = append(told, names) }})
	began := time.Now()
	socket := func(name string, after time.Duration) {
		t.Helper()
		path := filepath.Join(dir, name+".vty")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, began.Add(after), began.Add(after)); err != nil {
			t.Fatal(err)
		}
	}
	all := map[string]error{"bgpd": nil, "zebra": nil, "bfdd": nil}
	socket("bgpd", 0)
	socket("zebra", 0)
	s.born(all)
	s.born(all)
	socket("bfdd", time.Second) // comes late: it was not restarted
	s.born(all)
	socket("bgpd", time.Minute)
	s.born(all)
	s.born(all)
	if len(told) != 1 || !slices.Equal(told[0], []string{"bgpd"}) {
		t.Errorf("told of %v", told)
	}
}
