//go:build linux

package export

import (
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// Without netlinkExport everything is accepted and nothing reaches the kernel.
func TestOff(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, "")
		n.announce("10.60.1.0/24", "community", "65001:100")
		for _, p := range []string{"10.50.1.0/24", "10.60.1.0/24", "fd00:50:1::/48"} {
			n.received(p)
		}
		n.installs()
	})
}

// Each rule selects what has any of its communities, and nothing else; what has an unreachable next hop stays out.
func TestRules(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, `
  netlinkExport:
    enabled: true
    rules:
    - {name: main, communityList: ["65001:100", "65535:65281"]}
    - {name: large, largeCommunityList: ["65001:3:3"]}
    - {name: other, communityList: ["65001:200"], tableId: 100}
`)
		n.announce("10.60.1.0/24", "community", "65001:100")
		n.announce("10.60.2.0/24", "community", "65001:1")
		n.installs("10.50.1.0/24", "10.50.2.0/24 table 100", "10.50.3.0/24", "10.50.5.0/24", "10.50.6.0/24", "10.60.1.0/24",
			"fd00:50:1::/48", "fd00:50:2::/48 table 100")
		n.received("10.50.9.0/24") // whose next hop nobody reaches
	})
}

// A rule without lists selects everything, but for what a policy rejects.
func TestEverything(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		all := []string{"10.50.1.0/24", "10.50.2.0/24", "10.50.3.0/24", "10.50.4.0/24", "10.50.5.0/24", "10.50.6.0/24",
			"fd00:50:1::/48", "fd00:50:2::/48", "fd00:50:3::/48"}
		const everything = "\n  netlinkExport: {enabled: true, rules: [{name: all}]}\n"
		n := running(t, version, everything)
		n.installs(all...)
		n.Write("bgp.yaml", strings.Replace(configuration, "peerAsn: 65001}", "peerAsn: 65001}\n    applyPolicy: {importPolicy: {policies: [some]}}", 1)+everything+`
  definedSets:
  - {name: hundred, type: community, list: ["65001:100"]}
  policyDefinitions:
  - name: some
    statements:
    - name: hundred
      conditions: {communitySet: {name: hundred}}
      actions: {routeAction: reject}
`)
		n.installs("10.50.2.0/24", "10.50.3.0/24", "10.50.4.0/24", "10.50.6.0/24", "fd00:50:1::/48", "fd00:50:2::/48", "fd00:50:3::/48")
		n.unreset()
	})
}

// Rules come and go while sessions stay, and the kernel follows. Switched off, it has nothing.
func TestChanges(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		rule := func(communities string) string {
			return "\n  netlinkExport: {enabled: true, rules: [{name: some, communityList: [" + communities + "]}]}\n"
		}
		n := running(t, version, "")
		n.received("10.50.1.0/24")
		n.configure(rule(`"65001:100"`))
		t.Logf("switched on after %v", n.installs("10.50.1.0/24", "10.50.5.0/24", "fd00:50:1::/48"))
		n.configure(rule(`"65001:100", "65001:200"`))
		t.Logf("a community more after %v", n.installs("10.50.1.0/24", "10.50.2.0/24", "10.50.5.0/24", "fd00:50:1::/48", "fd00:50:2::/48"))
		n.configure(rule(`"65001:200"`))
		t.Logf("a community less after %v", n.installs("10.50.2.0/24", "10.50.5.0/24", "fd00:50:2::/48"))
		n.serve(strings.ReplaceAll(routes, "(65001,200)", "(65001,300)"))
		t.Logf("communities changed by the upstream after %v", n.installs("fd00:50:2::/48"))
		n.serve(routes)
		t.Logf("and back after %v", n.installs("10.50.2.0/24", "10.50.5.0/24", "fd00:50:2::/48"))
		n.configure("")
		t.Logf("switched off after %v", n.installs())
		n.received("10.50.2.0/24")
		n.unreset()
	})
}

// A route with two next hops is installed with both, if its best path is selected; the other path does not count.
func TestMultiplePaths(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		const export = "\n  netlinkExport: {enabled: true, rules: [{name: some, communityList: [\"65001:100\"]}]}\n"
		n := running(t, version, export)
		n.received("10.50.1.0/24")
		n.received("10.50.4.0/24") // of two alike, bgpd prefers the path that it had first
		n.announce("10.50.1.0/24", "origin", "igp", "community", "65001:100")
		n.announce("10.50.4.0/24", "origin", "igp", "community", "65001:100")
		n.received("10.50.4.0/24")
		n.installs("10.50.1.0/24", "10.50.5.0/24", "fd00:50:1::/48")
		n.Write("bgp.yaml", strings.Replace(configuration, "asn: 65000", "asn: 65000, useMultiplePaths: true", 1)+export)
		n.installs("10.50.1.0/24 eth0 eth1", "10.50.5.0/24", "fd00:50:1::/48")
		// The best path to 10.50.4.0/24 goes, and the selected one is left.
		n.serve(strings.Replace(routes, " route 10.50.4.0/24 blackhole;\n", "", 1))
		n.installs("10.50.1.0/24 eth0 eth1", "10.50.4.0/24", "10.50.5.0/24", "fd00:50:1::/48")
	})
}

// A VRF that the kernel does not have is configured all the same, and waits.
func TestAbsentVRF(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := running(t, version, `
  netlinkExport: {enabled: true, rules: [{name: some, communityList: ["65001:100"]}, {name: absent, vrf: blue}]}
  vrfs:
  - name: blue
    rd: "4200000000:7"
    importRt: ["65000:2", "10.0.0.1:1"]
    exportRt: ["65000:3"]
    netlinkImport: {enabled: true, interfaceList: ["lb-*"]}
    netlinkExport: {enabled: true, communityList: ["65535:65281"]}
`)
		n.installs("10.50.1.0/24", "10.50.5.0/24", "fd00:50:1::/48")
		n.Condition("ConfigurationApplied", "True")
		n.configure("")
		n.installs()
		n.Until("the instance of the VRF is gone", func() bool {
			out, err := n.bgpd("show running-config")
			return err == nil && !regexp.MustCompile(`(router bgp .* vrf|K8FRR-.*)blue`).MatchString(out) // 10.x keeps an empty context
		})
		n.unreset()
	})
}

// A route that moves from one table to another leaves the first one on FRR 8. From 10 on it stays there, too, until bgpd is
// restarted: a note says so.
func TestTableChanges(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		rules := func(table string) string {
			return "\n  netlinkExport: {enabled: true, rules: [{name: some, communityList: [\"65001:100\"], tableId: " + table + "}]}\n"
		}
		selected := []string{"10.50.1.0/24", "10.50.5.0/24", "fd00:50:1::/48"}
		in := func(table string) (routes []string) {
			for _, p := range selected {
				routes = append(routes, p+" table "+table)
			}
			return routes
		}
		n := running(t, version, rules("100"))
		n.installs(in("100")...)
		n.configure(rules("101"))
		if version.Name == lab.FRR84.Name {
			n.installs(in("101")...)
			n.configure("")
			n.installs()
			return
		}
		ghosts := append(in("100"), in("101")...)
		n.installs(ghosts...)
		n.configure("")
		n.received("10.50.1.0/24")
		n.installs(ghosts...)
		n.FRR.Kill("bgpd", syscall.SIGTERM)
		n.installs()
		n.FRR.StartDaemon("bgpd")
		n.received("10.50.1.0/24")
		n.installs()
	})
}
