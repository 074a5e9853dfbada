//go:build linux

package agent

import (
	"fmt"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// withSecret returns a node whose IPv4 session has the password of the Secret, once its sessions are established, and its
// address there.
func withSecret(t *testing.T, version lab.Version) (*node, netip.Addr) {
	n := newNode(t, version)
	n.heard.Close()
	self := netip.MustParseAddr("10.1.0.2")
	n.heard = n.router.Listen(listener.Config{ASN: 65001, Passwords: map[netip.Addr]string{self: "first-of-all"}})
	n.Write("secret.yaml", secret)
	n.Write("bgp.yaml", edit(t, configuration, "10.1.0.1, peerAsn: 65001}", "10.1.0.1, peerAsn: 65001, authPasswordSecretRef: {name: bgp}}"))
	n.StartAgent()
	n.established("10.1.0.2", "fd00:1::2")
	n.Ready()
	return n, self
}

// A Secret that is deleted, loses its key or becomes invalid ends no session, whether the agent is started again meanwhile or
// not. The next valid value is used.
func TestSecretKept(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, self := withSecret(t, version)
		mark := n.heard.Mark()
		restart := func() {
			n.KillAgent(syscall.SIGKILL)
			n.StartAgent()
		}
		for _, c := range []struct {
			what   string
			change func()
		}{
			{"deleted", func() { n.Remove("secret.yaml") }},
			{"without a key", func() { n.Write("secret.yaml", edit(t, secret, "{password: first-of-all}", "{other: first-of-all}")) }},
			{"invalid", func() { n.Write("secret.yaml", edit(t, secret, "first-of-all", `"two words"`)) }},
		} {
			logged := len(n.Logged())
			c.change()
			n.Logs(logged, "SecretKept")
			n.Condition("ConfigurationApplied", "True", "last valid value")
			restart()
			n.Logs(logged, "started")
			n.Ready()
			n.Condition("ConfigurationApplied", "True", "last valid value")
			n.Silent()
			for _, e := range n.heard.Since(mark) {
				if e.Kind == listener.Down {
					t.Errorf("%s: %v", c.what, e)
				}
			}
			n.Write("secret.yaml", secret)
			n.Until("the Secret's own value is used", func() bool {
				s, err := n.Report()
				return err == nil && !strings.Contains(fmt.Sprint(s.Status.Conditions), "last valid value")
			})
		}
		n.undisturbed(mark)

		n.Write("secret.yaml", edit(t, secret, "first-of-all", "second-to-none"))
		ctx, cancel := n.Deadline()
		defer cancel()
		if _, err := n.heard.From(self).WaitDown(ctx); err != nil {
			t.Fatalf("another valid value is not used: %v", err)
		}
	})
}

// An agent that is started with a selector uses no value that it read without one: the session of a Secret without the labels
// is left out, and the condition names the selector. The other session continues. With the label the session is back.
func TestSecretSelected(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, self := withSecret(t, version)
		mark := n.heard.Mark()
		n.KillAgent(syscall.SIGKILL)
		n.Flags = append(n.Flags, "--secret-selector", "bgp.purelb.io/password=true")
		n.StartAgent()
		n.Condition("NeighborsConfigured", "False", `does not have the labels that the secret selector "bgp.purelb.io/password=true" asks for`)
		n.Configured("no password runs", func(running string) bool { return !strings.Contains(running, "password") })
		back := n.heard.Mark()
		n.Write("secret.yaml", edit(t, secret, "name: bgp", "labels: {bgp.purelb.io/password: \"true\"}, name: bgp"))
		ctx, cancel := n.Deadline()
		defer cancel()
		if _, err := n.heard.From(self).Wait(ctx, back, func(e listener.Event) bool { return e.Kind == listener.Established }); err != nil {
			t.Fatalf("with the label the session does not come: %v\n%s", err, n.Logged())
		}
		for _, e := range n.heard.Since(mark) {
			if e.Kind == listener.Down && e.Peer.Is6() {
				t.Errorf("a session without a password ended: %v", e)
			}
		}
	})
}

// A neighbor that goes is said to go: in the log and in the status.
func TestRemovalIsCounted(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration)
		logged := len(n.Logged())
		n.Write("bgp.yaml", edit(t, configuration, "  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}\n    timers: {connectRetry: 1}\n", ""))
		n.Logs(logged, "removed 10.1.0.1")
		n.Until("the status says so", func() bool {
			s, err := n.Report()
			return err == nil && s.Status.Configuration != nil && s.Status.Configuration.LastPlan != nil && len(s.Status.Configuration.LastPlan.Removed) == 1
		})
	})
}

// A BGPConfiguration that is deleted and made again, as GitOps does, is not noticed by the router.
func TestReplaced(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, configuration, "--absence-grace", "1h")
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		mark := n.heard.Mark()
		n.Remove("bgp.yaml")
		n.Condition("ConfigurationApplied", "False", "is gone")
		n.add("10.9.9.2/32")
		n.announced("10.9.9.1/32", "10.9.9.2/32")
		n.KillAgent(syscall.SIGKILL)
		n.StartAgent()
		n.Condition("ConfigurationApplied", "False", "is gone")
		n.Silent()
		n.Write("bgp.yaml", configuration)
		n.Condition("ConfigurationApplied", "True")
		n.undisturbed(mark)
		if log := n.Logged(); strings.Contains(log, "declared=false") {
			t.Errorf("it was removed in between:\n%s", log)
		}
	})
}
