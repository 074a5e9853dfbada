//go:build linux

package pod

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/integration/lab"
)

// A node that is drained first loses its traffic before its session: the router, which has spread it over two nodes, uses
// the other alone, and forwards to somebody at any time. After a drain not even graceful restart keeps the routes.
func TestDrain(t *testing.T) {
	onVersion(t, lab.FRR103, func(t *testing.T, version lab.Version) {
		s := newSite(t, version, graceful, 2)
		leaving := s.nodes[0]
		leaving.Until("the router uses both nodes", func() bool { return strings.Count(s.route(leaving), "nexthop") == 2 })

		// As the manifest has it: nothing.
		hook := leaving.frr.spec.Lifecycle.PreStop.Exec.Command
		leaving.frr.must(hook...)
		if strings.Count(s.route(leaving), "nexthop") != 2 {
			t.Error("a drain of no time has moved traffic")
		}
		for i, e := range leaving.frr.spec.Env {
			if e.Name == "K8FRR_DRAIN" {
				leaving.frr.spec.Env[i] = corev1.EnvVar{Name: e.Name, Value: "3s"}
			}
		}

		began := time.Now()
		drained := make(chan time.Duration)
		go func() {
			leaving.frr.must(hook...)
			drained <- time.Since(began)
		}()
		moved := leaving.Until("the router uses the other node alone", func() bool {
			route := s.route(leaving)
			return strings.Contains(route, "via 10.1.0.3 ") && !strings.Contains(route, "10.1.0.2")
		})
		took := <-drained
		t.Logf("traffic has moved %v after the hook's start, which took %v", moved.Round(time.Millisecond), took.Round(time.Millisecond))
		if moved > took {
			t.Error("traffic has moved after the hook has ended")
		}
		leaving.frr.stop(patience)
		time.Sleep(rest)
		ctx, cancel := leaving.Deadline()
		defer cancel()
		if out, err := s.frr.Vtysh(ctx, "show bgp ipv4 unicast 10.9.9.9/32"); err != nil || strings.Contains(out, "10.1.0.2") {
			t.Errorf("the router keeps the path of a node that has left: %v %s", err, out)
		}
		if gone := s.deleted(t); len(gone) > 0 {
			t.Errorf("for a moment the router has forwarded to nobody: %q", gone)
		}
	})
}
