//go:build linux

package announce

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// single is the import map of earlier versions: one for all types of routes.
func single(version lab.Version) (commands []string, types []string) {
	types = []string{"kernel", "connected", "static"}
	entry := func(action string, seq int, lines ...string) {
		commands = append(append(commands, fmt.Sprintf("route-map K8FRR-IMPORT %s %d", action, seq)), lines...)
		if action == "permit" {
			commands = append(commands, "set metric 0", "set origin igp", "set tag 7473")
		}
		commands = append(commands, "exit")
	}
	const listed4, listed6 = "match ip address prefix-list K8FRR-LISTED", "match ipv6 address prefix-list K8FRR-LISTED"
	entry("permit", 10, listed4, "match source-protocol static", "match tag 7473")
	entry("permit", 20, listed6, "match source-protocol static", "match tag 7473")
	entry("deny", 30, "match tag 7473")
	entry("permit", 16683, "match interface kube-lb0", "match source-protocol connected")
	entry("permit", 60010, listed4, "match source-protocol kernel")
	entry("permit", 60020, listed6, "match source-protocol kernel")
	if version.Name != lab.FRR84.Name {
		types = append(types, "local")
		entry("permit", 60030, listed4, "match source-protocol local")
		entry("permit", 60040, listed6, "match source-protocol local")
	}
	return commands, types
}

// An agent takes over an FRR that an earlier version has configured, with one import map for all types of routes. Nothing that
// both announce is withdrawn, not for a moment; on 8.4, where the one map let too much out, that goes.
func TestUpgradeFromOneImportMap(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := started(t, version, "kube-lb0")
		for _, address := range []string{"10.20.1.1/32", "10.20.3.9/24", "fd20:1::1/128", "fd20:3::1/64"} {
			n.AddAddress("kube-lb0", address)
		}
		n.AddAddress("kube-lb0", "10.20.7.7/32", lab.NoPrefixRoute)
		n.AddAddress("kube-lb0", "10.20.8.9/24", lab.NoPrefixRoute)
		n.AddAddress("kube-lb0", "fd20:8::9/64", lab.NoPrefixRoute)
		n.IP("route", "add", "10.20.9.0/24", "dev", "kube-lb0")
		now := n.agrees(marks{}, may{}, "at the start")
		n.Ready()
		n.Silent()
		n.KillAgent(syscall.SIGTERM)
		<-n.Process("agent").Done()

		n.Vtysh(slices.Concat([]string{"configure terminal"}, asBefore(version))...)
		n.IP("route", "add", "10.240.3.0/24", "dev", "kube-lb0", "proto", "bird")
		var tooMuch []string
		if version.Name == lab.FRR84.Name {
			tooMuch = []string{"10.240.3.0/24"} // which is why there is more than one map
		}
		all := slices.Clone(tooMuch)
		for _, p := range now.here {
			all = append(all, p.String())
		}
		for _, p := range tooMuch { // it may be heard again before it goes
			now.here = append(now.here, netip.MustParsePrefix(p))
		}
		n.Hears(n.heard, all...)

		mark := n.marks()
		n.StartAgent()
		n.Ready()
		n.agrees(mark, now, "after the upgrade")
		for _, e := range n.heard.Since(mark.here) {
			if e.Kind == listener.Withdrawn && !slices.Contains(tooMuch, e.Prefix.String()) {
				t.Errorf("heard: %v", e)
			}
		}
		if running := n.Vtysh("show running-config"); strings.Contains(running, "route-map K8FRR-IMPORT ") || strings.Contains(running, "source-protocol") {
			t.Errorf("the old map is still there:\n%s", running)
		}
	})
}

// asBefore are the commands that bring FRR to what an earlier version would have it run.
func asBefore(version lab.Version) []string {
	commands, types := single(version)
	commands = append(commands, "router bgp 65000")
	for _, family := range []string{"ipv4", "ipv6"} {
		commands = append(commands, "address-family "+family+" unicast")
		for _, kind := range types {
			commands = append(commands, "redistribute "+kind+" route-map K8FRR-IMPORT")
		}
		commands = append(commands, "exit-address-family")
	}
	commands = append(commands, "exit", "no route-map K8FRR-ORIGINATED deny 1", "no route-map K8FRR-ORIGINATED deny 2")
	for _, kind := range types {
		commands = append(commands, "no route-map K8FRR-IMPORT-"+strings.ToUpper(kind))
	}
	commands = append(commands, "no ip prefix-list K8FRR-MARTIAN", "no ipv6 prefix-list K8FRR-MARTIAN")
	return append(commands, "bgp route-map delay-timer 0", "bgp route-map delay-timer 1") // all of it acts now
}
