//go:build linux

package agent

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

const secret = `apiVersion: v1
kind: Secret
metadata: {name: bgp, namespace: purelb-system}
stringData: {password: first-of-all}
`

// A session whose Secret is missing does not come up without a password, and holds up nothing else. When the Secret appears
// it comes up, and when its value changes it comes up with the new one. No password is ever shown.
func TestSecrets(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version)
		n.heard.Close()
		self := netip.MustParseAddr("10.1.0.2")
		n.heard = n.router.Listen(listener.Config{ASN: 65001, Passwords: map[netip.Addr]string{self: "first-of-all"}})
		n.Write("bgp.yaml", edit(t, configuration, "10.1.0.1, peerAsn: 65001}", "10.1.0.1, peerAsn: 65001, authPasswordSecretRef: {name: bgp}}"))
		n.StartAgent()
		n.established("fd00:1::2")
		n.add("10.9.9.1/32", "fd00:9::1/128")
		n.announced("fd00:9::1/128")
		n.Logs(0, "there is no Secret bgp")
		if running := n.Vtysh("show running-config"); strings.Contains(running, "neighbor 10.1.0.1") {
			t.Fatalf("a neighbor runs without the password that it must have:\n%s", running)
		}

		mark := n.heard.From(netip.MustParseAddr("fd00:1::2")).Mark()
		n.Write("secret.yaml", secret)
		n.established("10.1.0.2")
		n.announced("10.9.9.1/32", "fd00:9::1/128")

		// Rotated on both sides, the node's first.
		began := time.Now()
		n.Write("secret.yaml", edit(t, secret, "first-of-all", "second-to-none"))
		ctx, cancel := n.Deadline()
		defer cancel()
		down, err := n.heard.From(self).WaitDown(ctx)
		if err != nil {
			t.Fatalf("the session with the old password stays: %v", err)
		}
		t.Logf("rotated: the old session ended after %v", down.At.Sub(began).Round(time.Millisecond))
		for _, e := range n.heard.From(netip.MustParseAddr("fd00:1::2")).Since(mark) {
			if e.Kind == listener.Down {
				t.Errorf("the session without a password was reset: %v", e)
			}
		}
		n.heard.Close()
		n.heard = n.router.Listen(listener.Config{ASN: 65001, Passwords: map[netip.Addr]string{self: "second-to-none"}})
		n.established("10.1.0.2", "fd00:1::2")
		n.announced("10.9.9.1/32", "fd00:9::1/128")

		text, err := os.ReadFile(n.Status)
		if err != nil {
			t.Fatal(err)
		}
		for where, text := range map[string]string{"log": n.Logged(), "status": string(text)} {
			if strings.Contains(text, "first-of-all") || strings.Contains(text, "second-to-none") {
				t.Errorf("a password is in the %s:\n%s", where, text)
			}
		}
		info, err := os.Stat(filepath.Join(n.FRR.ConfigDir, "frr.conf"))
		if err != nil || info.Mode().Perm()&0o007 != 0 {
			t.Errorf("frr.conf is for everybody: %v, %v", info.Mode(), err)
		}
	})
}

// A node of rack 1 holds no password of rack 2, and of no Secret a key that its sessions do not use, in none of the files that
// the agent and FRR make.
func TestSecretsOfOtherNodes(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version)
		n.Write("bgp.yaml", edit(t, configuration, `peerAsn: 65001}
    timers: {connectRetry: 1}
  - config: {neighborAddress: "fd00:1::1"`, `peerAsn: 65001}
    timers: {connectRetry: 1}
  - config: {neighborAddress: 198.51.100.1, peerAsn: 65001, authPasswordSecretRef: {name: rack1}}
    nodeSelector: {matchLabels: {rack: "1"}}
  - config: {neighborAddress: 198.51.100.2, peerAsn: 65001, authPasswordSecretRef: {name: rack2}}
    nodeSelector: {matchLabels: {rack: "2"}}
  - config: {neighborAddress: 198.51.100.3, peerAsn: 65001, authPassword: rack2-inline-password}
    nodeSelector: {matchLabels: {rack: "2"}}
  - config: {neighborAddress: "fd00:1::1"`))
		n.Write("secrets.yaml", `apiVersion: v1
kind: Node
metadata: {name: node-a, labels: {rack: "1"}}
status: {addresses: [{type: InternalIP, address: 10.1.0.2}]}
---
apiVersion: v1
kind: Secret
metadata: {name: rack1, namespace: purelb-system}
stringData: {password: rack1-password, tls.key: rack1-unused-key}
---
apiVersion: v1
kind: Secret
metadata: {name: rack2, namespace: purelb-system}
stringData: {password: rack2-password, tls.key: rack2-unused-key}
`)
		n.StartAgent()
		n.established("10.1.0.2", "fd00:1::2")
		n.Ready()
		kept := filepath.Join(n.FRR.ConfigDir, "k8frr-last-good.json")
		n.Until("the agent has kept what runs", func() bool { _, err := os.Stat(kept); return err == nil })
		holders := 0
		for _, dir := range []string{n.FRR.ConfigDir, n.FRR.SocketDir} {
			err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
				if err != nil || !entry.Type().IsRegular() {
					return err
				}
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				if strings.Contains(string(text), "rack1-password") {
					holders++
				}
				for _, foreign := range []string{"rack1-unused-key", "rack2-password", "rack2-unused-key", "rack2-inline-password"} {
					if strings.Contains(string(text), foreign) {
						t.Errorf("%s has %s", path, foreign)
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
		if holders != 2 { // frr.conf and what is kept
			t.Errorf("the node's own password is in %d files, want 2", holders)
		}
	})
}
