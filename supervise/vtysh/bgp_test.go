//go:build linux

package vtysh

import (
	"strings"
	"testing"
)

func TestOnlyBGP(t *testing.T) {
	for script, want := range map[string]bool{
		"router bgp 1| neighbor 10.0.0.1 shutdown|exit":                                                   true,
		"! why|router bgp 1 vrf blue| address-family ipv4 unicast|  export vpn| exit-address-family|exit": true,
		"no router bgp 1 vrf blue|router bgp 1| no neighbor G peer-group|exit":                            true,
		"no router bgp 1":                                           true,
		"router bgp 1| neighbor 10.0.0.1 shutdown":                  false, // open
		"router bgp 1|neighbor 10.0.0.1 shutdown|exit":              false, // of which context?
		"router bgp 1|exit|ip route 10.0.0.0/8 Null0":               false,
		"route-map X permit 10| match tag 1|exit|router bgp 1|exit": false,
		"router ospf| network 10.0.0.0/8 area 0|exit":               false,
		" router bgp 1|exit":                                        false,
	} {
		var lines []string
		for line := range strings.SplitSeq(script, "|") {
			lines = append(lines, line)
		}
		if got := onlyBGP(lines); got != want {
			t.Errorf("%q: %t", lines, got)
		}
	}
}

func TestBlocks(t *testing.T) {
	lines := strings.Split("! of a node|frr defaults traditional|ip route A|ip route B|!|router bgp 1| neighbor X|!| neighbor Y|exit|vrf blue| ip route C|exit-vrf|end", "|")
	want := "! of a node;frr defaults traditional;ip route A;ip route B|!;router bgp 1| neighbor X|!| neighbor Y|exit;vrf blue| ip route C|exit-vrf|end"
	var got []string
	for _, block := range blocksOf(lines) {
		got = append(got, strings.Join(block, "|"))
	}
	if strings.Join(got, ";") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ";"), want)
	}
}
