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
