//go:build linux

package sessions

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
)

// Without a bfdd a node does without BFD and says so, and runs all the rest.
// When one is started, it has BFD.
func TestWithoutBFDD(t *testing.T) {
	const objects = `
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000, routerID: 10.1.0.2}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
    bfd: {}
`
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			host := lab.New(t).Host("node")
			f := host.FRR(version)
			f.Start()
			dir := filepath.Join(host.Dir(), "objects")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "objects.yaml"), []byte(objects), 0o644); err != nil {
				t.Fatal(err)
			}
			daemons := filepath.Join(f.ConfigDir, "daemons")
			agent := host.Start("agent", *program, "--config-dir", dir, "--status-file", filepath.Join(host.Dir(), "status.yaml"), "--node-name", "node",
				"--vtysh", f.VtyshPath, "--frr-config-dir", f.ConfigDir, "--frr-socket-dir", f.SocketDir, "--daemons-file", daemons)
			running := func(daemon string) func() (string, error) {
				return func() (string, error) {
					ctx, cancel := context.WithTimeout(t.Context(), *patience)
					defer cancel()
					return f.Ask(ctx, daemon, "show running-config")
				}
			}
			log := func() (string, error) { text, err := os.ReadFile(agent.Log); return string(text), err }
			file := func() (string, error) { text, err := os.ReadFile(daemons); return string(text), err }
			await(t, running("bgpd"), " neighbor 10.1.0.1 remote-as 65001\n", "neighbor 10.1.0.1 bfd")
			await(t, log, "reason=NoBFDD", "reason=RestartNeeded")
			await(t, file, "\nbfdd=yes\n", "-p ")

			f.StartDaemon("bfdd")
			await(t, running("bgpd"), " neighbor 10.1.0.1 bfd profile K8FRR-BFD-1000-1000-3\n", "\x00")
			await(t, running("bfdd"), " profile K8FRR-BFD-1000-1000-3\n", "\x00")
		})
	}
}

// await waits until what is asked contains one text and not the other.
func await(t *testing.T, ask func() (string, error), with, without string) {
	t.Helper()
	deadline := time.Now().Add(*patience)
	for {
		text, err := ask()
		if err == nil && strings.Contains(text, with) && !strings.Contains(text, without) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited for %q without %q; last error %v, last seen:\n%s", with, without, err, text)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
