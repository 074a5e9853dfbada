//go:build linux

package agent

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

func makeDir(t *testing.T, dir string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

// Each daemon of FRR hangs in turn. The agent says so and goes on looking; what is declared and what the kernel changes
// meanwhile is made up for when the daemon goes on.
func TestDaemonHangs(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration, "--frr-timeout", "2s")
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		for i, daemon := range version.Daemons {
			resets := n.heard.Resets()
			n.FRR.Kill(daemon, syscall.SIGSTOP)
			t.Cleanup(func() { _ = n.Process(daemon).Signal(syscall.SIGCONT) })
			description := daemon + "-hung"
			n.Write("bgp.yaml", edit(t, configuration, "10.1.0.1, peerAsn", "10.1.0.1, description: "+description+", peerAsn"))
			n.AddAddress("kube-lb0", "10.9.9.2/32", bare...)
			began := time.Now()
			n.Condition("ConfigurationApplied", "False", daemon)
			t.Logf("%s: said after %v", daemon, time.Since(began).Round(time.Millisecond))
			looked := len(n.Logged())
			n.Condition("Ready", "False", daemon)
			ctx, cancel := n.Deadline()
			if code, body, err := n.Get(ctx, "http://127.0.0.1:7474/healthz"); code != 200 || err != nil {
				t.Errorf("%s: the agent is not alive: %d %s %v", daemon, code, body, err)
			}
			cancel()
			n.FRR.Kill(daemon, syscall.SIGCONT)
			began = time.Now()
			n.announced("10.9.9.1/32", "10.9.9.2/32")
			n.Condition("ConfigurationApplied", "True")
			t.Logf("%s: made up for %v after it went on", daemon, time.Since(began).Round(time.Millisecond))
			n.runs([]string{" neighbor 10.1.0.1 description " + description})
			n.del("10.9.9.2/32")
			n.announced("10.9.9.1/32")
			if said := n.Logged()[looked:]; len(said) > 20_000 {
				t.Errorf("%s: the agent wrote %d bytes:\n%s", daemon, len(said), said)
			}
			if ended := n.heard.Resets() - resets; ended > 0 {
				t.Errorf("%s (%d): %d sessions ended", daemon, i, ended)
			}
		}
	})
}
