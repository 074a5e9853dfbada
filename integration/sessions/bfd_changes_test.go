//go:build linux

package sessions

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/renameio/v2"

	"github.com/k8frr/k8frr/integration/lab"
)

// To change the times of BFD, to stop it and to begin it again resets no session with a peer that speaks it: that a system
// takes its end down is no failure of the path (RFC 5882 section 4.2).
func TestBFDChanges(t *testing.T) {
	const objects = `
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000, routerID: 10.1.0.2}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}
    timers: {connectRetry: 1}
`
	const usual = "    bfd: {desiredMinimumTxInterval: 1000000, requiredMinimumReceive: 1000000, detectionMultiplier: 3}\n"
	const faster = "    bfd: {desiredMinimumTxInterval: 800000, requiredMinimumReceive: 800000, detectionMultiplier: 5}\n"
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t)
			node, tor := l.Host("node"), l.Host("tor")
			l.Connect(node.Port("eth0", "10.1.0.2/24"), tor.Port("eth0", "10.1.0.1/24"))
			upstream := tor.FRR(version, lab.Daemons("bfdd"), lab.Config(`
router bgp 65001
 bgp router-id 10.1.0.1
 no bgp ebgp-requires-policy
 neighbor 10.1.0.2 remote-as 65000
 neighbor 10.1.0.2 passive
 neighbor 10.1.0.2 bfd
`))
			upstream.Start()
			f := node.FRR(version, lab.Daemons("bfdd"))
			f.Start()
			dir := filepath.Join(node.Dir(), "objects")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			declare := func(text string) {
				if err := renameio.WriteFile(filepath.Join(dir, "objects.yaml"), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			declare(objects + usual)
			node.Start("agent", *program, "--config-dir", dir, "--status-file", filepath.Join(node.Dir(), "status.yaml"), "--node-name", "node",
				"--vtysh", f.VtyshPath, "--frr-config-dir", f.ConfigDir, "--frr-socket-dir", f.SocketDir)
			asked := func(f *lab.FRR, daemon, command string) func() (string, error) {
				return func() (string, error) { return f.Ask(t.Context(), daemon, command) }
			}
			session := func() (s struct {
				State  string `json:"bgpState"`
				Since  int64  `json:"bgpTimerUpEstablishedEpoch"`
				Number int    `json:"connectionsEstablished"`
			}) {
				text, err := f.Ask(t.Context(), "bgpd", "show bgp neighbors 10.1.0.1 json")
				table := map[string]any{"10.1.0.1": &s}
				if err == nil {
					err = json.Unmarshal([]byte(text), &table)
				}
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			up := asked(upstream, "bfdd", "show bfd peers brief")
			await(t, up, "up", "\x00")
			await(t, asked(f, "bgpd", "show bgp neighbors 10.1.0.1 json"), `"bgpState":"Established"`, "\x00")
			time.Sleep(2 * time.Second) // both directions of the connection have met by then
			before := session()

			for _, step := range []struct{ objects, bfdd, says string }{
				{objects + faster, "800", "Detect-multiplier: 5"},
				{objects, "", ""},
				{objects + usual, "1000", "Detect-multiplier: 3"},
			} {
				declare(step.objects)
				if step.says == "" {
					await(t, asked(f, "bgpd", "show running-config"), "router bgp", " bfd")
					await(t, up, "down", "\x00")
				} else {
					await(t, asked(f, "bfdd", "show running-config"), "K8FRR-BFD-"+step.bfdd+"-", "\x00")
					await(t, asked(upstream, "bfdd", "show bfd peers"), step.says, "\x00")
					await(t, up, "up", "\x00")
				}
				time.Sleep(2 * time.Second) // what would end a session has ended it
				if now := session(); now != before {
					t.Errorf("%q: the session was %+v and is %+v", strings.TrimPrefix(step.objects, objects), before, now)
				}
			}
		})
	}
}
