package supervise

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/supervise/plan"
)

// routes is a running configuration of n static routes.
func routes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "ip route 10.%d.%d.%d/32 Null0\n", i>>16, i>>8&255, i&255)
	}
	return b.String()
}

// shows is a Router whose daemons show configurations.
type shows struct {
	Router
	configurations map[string]string
}

func (s shows) Configurations(context.Context) (map[string]string, error) {
	return s.configurations, nil
}

// TestRunningConfigurationIsBounded checks that a running configuration beyond the limits is an error that names the daemon, and
// what a plan for the longest one takes.
func TestRunningConfigurationIsBounded(t *testing.T) {
	for name, tc := range map[string]struct {
		shown map[string]string
		wrong string // in the error
	}{
		"usual":     {map[string]string{"bgpd": "router bgp 65000\n", "staticd": routes(1000)}, ""},
		"long":      {map[string]string{"bgpd": "router bgp 65000\n", "staticd": routes(mostLines)}, "more than 400000 lines with those of staticd"},
		"large":     {map[string]string{"bgpd": strings.Repeat("x", largestRunning+1)}, "more than 32 MiB with that of bgpd"},
		"together":  {map[string]string{"bgpd": strings.Repeat("x", largestRunning), "zebra": "y"}, "with that of zebra"},
		"both long": {map[string]string{"bgpd": routes(mostLines / 2), "zebra": routes(mostLines/2 + 1)}, "with those of zebra"},
	} {
		s := New(Options{ConfigDir: t.TempDir(), Router: shows{configurations: tc.shown}})
		_, err := s.read(t.Context())
		if (err == nil) != (tc.wrong == "") || err != nil && !strings.Contains(err.Error(), tc.wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}

	longest := routes(mostLines)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	plan.Between(longest, "")
	runtime.ReadMemStats(&after)
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 300 {
		t.Errorf("a plan for %d lines allocates %d MB", mostLines, mb)
	}
}
