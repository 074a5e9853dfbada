//go:build linux

package agent

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// Two agents are started on one FRR. The second says that it waits, touches nothing, reports nothing, and goes on when the first
// has ended, however that was.
func TestTwoAgents(t *testing.T) {
	t.Parallel()
	n := running(t, lab.FRR103, configuration)
	n.add("10.9.9.1/32")
	n.announced("10.9.9.1/32")
	objects, status := filepath.Join(n.Dir(), "others"), filepath.Join(n.Dir(), "other-status.yaml")
	makeDir(t, objects)
	other := n.Start("second agent", program, "--config-dir", objects, "--status-file", status, "--node-name", "node-a",
		"--vtysh", n.FRR.VtyshPath, "--frr-config-dir", n.FRR.ConfigDir, "--frr-socket-dir", n.FRR.SocketDir,
		"--metrics-address", "127.0.0.1:7483", "--probe-address", "127.0.0.1:7484")
	says := func(text string) {
		t.Helper()
		n.Until("the second agent says "+text, func() bool { return strings.Contains(read(other.Log), text) })
	}
	says("another agent keeps this FRR")
	get := func(path string) (code int, body string) {
		t.Helper()
		n.Until("the second agent answers", func() bool {
			ctx, cancel := n.Deadline()
			defer cancel()
			var err error
			code, body, err = n.Get(ctx, "http://127.0.0.1:7484/"+path)
			return err == nil
		})
		return code, body
	}
	if code, body := get("readyz"); code != 503 || !strings.Contains(body, "another k8frr-agent keeps this FRR") {
		t.Errorf("/readyz of the second: %d %s", code, body)
	}
	if code, body := get("healthz"); code != 200 {
		t.Errorf("/healthz of the second: %d %s", code, body)
	}
	// It is told of nothing, and would take all away.
	n.add("10.9.9.2/32")
	n.announced("10.9.9.1/32", "10.9.9.2/32")
	if text := read(status); text != "" {
		t.Errorf("the second agent reports while it waits:\n%s", text)
	}
	n.KillAgent(syscall.SIGKILL)
	says("the other agent has ended")
	n.announced()
	if text := read(status); !strings.Contains(text, "NoConfiguration") {
		n.Until("the second agent reports", func() bool { return strings.Contains(read(status), "NoConfiguration") })
	}
}

// read is what a file holds, nothing if there is none.
func read(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}
