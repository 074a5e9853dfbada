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

// refusedPolicies begins a configuration whose policy FRR refuses by randomTemplates.
const refusedPolicies = `  policyDefinitions:
  - name: refused
    statements: [{conditions: {origin: igp}, actions: {routeAction: accept}}]
`

// The session of a new neighbor with a policy that FRR refuses comes up. No route passes in the direction of the policy, all
// that shall pass in the other. When FRR takes the policy it acts, and the session continues. The other session never ends.
func TestRefusedPolicy(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		for _, direction := range []string{"import", "export"} {
			t.Run(direction, func(t *testing.T) {
				n := newNode(t, version)
				dir := filepath.Join(n.Dir(), "templates")
				n.Flags = append(n.Flags, "--refused-retry", "1s", "--templates", dir)
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				theirs := netip.MustParsePrefix("fd00:51::/64")
				if err := n.heard.Announce(listener.Route{Prefix: theirs}); err != nil {
					t.Fatal(err)
				}
				before, _, _ := strings.Cut(configuration, "  - config: {neighborAddress: \"fd00")
				n.Write("bgp.yaml", before+refusedPolicies)
				n.template(dir, "route-maps.tmpl", randomTemplates)
				n.StartAgent()
				n.established("10.1.0.2")
				n.Ready()
				n.add("fd00:9::1/128")
				mark := n.heard.Mark()
				n.Write("bgp.yaml", configuration+"    applyPolicy: {"+direction+"Policy: {policies: [refused]}}\n"+refusedPolicies)
				n.leavesOut("neighbor fd00:1::1", "RejectAll")
				n.established("fd00:1::2")
				has := func() bool { return strings.Contains(n.Vtysh("show bgp ipv6 unicast"), theirs.String()) }
				hears := func() bool {
					_, ok := n.heard.From(netip.MustParseAddr("fd00:1::2")).Announced()[netip.MustParsePrefix("fd00:9::1/128")]
					return ok
				}
				if direction == "import" {
					n.Until("the router hears the node", hears)
				} else {
					n.Until("the node hears the router", has)
				}
				time.Sleep(rest)
				if direction == "import" && has() || direction == "export" && hears() {
					t.Errorf("a route passes a policy that is refused\n%s", n.Vtysh("show bgp ipv6 unicast"))
				}
				up := n.heard.Mark()
				n.untemplate(filepath.Join(dir, "route-maps.tmpl"))
				n.Condition("ConfigurationApplied", "True")
				n.Until("the routes pass the policy", func() bool { return has() && hears() }, func() any { return n.Vtysh("show bgp ipv6 unicast", "show running-config") })
				n.undisturbed(up)
				for _, e := range n.heard.Since(mark) {
					if e.Kind == listener.Down {
						t.Errorf("a session ended: %v", e)
					}
				}
			})
		}
	})
}

// Of a neighbor that runs FRR takes a line that resets the session, and refuses another, or drops it without a word. The
// session is reset once at most, and not when the line is tried again. Another session does not end.
func TestRefusedAfterAReset(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		for _, line := range []string{"neighbor 10.1.0.1 local-as 65000", "neighbor 10.1.0.1 timers 100 30"} {
			t.Run(line, func(t *testing.T) {
				n := newNode(t, version)
				dir := filepath.Join(n.Dir(), "templates")
				n.Flags = append(n.Flags, "--refused-retry", "1s", "--templates", dir)
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				n.begin(configuration)
				logged, mark := len(n.Logged()), n.heard.Mark()
				n.template(dir, "operator-bgp.tmpl", `{{define "operator-bgp"}}`+"\n neighbor 10.1.0.1 ebgp-multihop 3\n "+line+"{{end}}")
				n.leavesOut("neighbor 10.1.0.1", "Previous")
				n.established("10.1.0.2", "fd00:1::2")
				if !n.settles(logged, 3) {
					t.Errorf("FRR takes it:\n%s", n.Logged())
				}
				n.kept(mark, strings.Contains(line, "local-as")) // timers end no session, so they go first
				n.established("10.1.0.2", "fd00:1::2")
			})
		}
	})
}
