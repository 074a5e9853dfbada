//go:build linux

package vtysh

import (
	"strings"
	"testing"
)

func TestCheckLine(t *testing.T) {
	for line, ok := range map[string]bool{
		"router bgp 65000":                                                  true,
		" neighbor 1.2.3.4 description a|b é?":                              true,
		"description " + strings.Repeat("x", maxLine-len("description ")):   true,
		"description " + strings.Repeat("x", maxLine-len("description ")+1): false,
		"description a\nshutdown":                                           false,
		"description a\rb":                                                  false,
		"description a\x00end":                                              false,
		"description a | b":                                                 false,
	} {
		if r := checkLine(7, line); (r == nil) != ok {
			t.Errorf("%.40q: %v", line, r)
		} else if r != nil && (r.Line != 7 || r.Message == "") {
			t.Errorf("%.40q: refusal %+v", line, r)
		}
	}
}

func TestOnlyStatics(t *testing.T) {
	for script, want := range map[string]bool{
		"ip route 10.0.0.0/24 kube-lb0 tag 7473":                           true,
		"no ipv6 route fd00::/64 kube-lb0\n!\n\nip route 1.2.3.4/32 Null0": true,
		"vrf blue\n ip route 10.0.0.0/24 kube-lb0\nexit":                   false,
		"ip router-id 1.1.1.1":                                             false,
		"ip prefix-list A seq 5 permit any":                                false,
	} {
		if got := onlyStatics(strings.Split(script, "\n")); got != want {
			t.Errorf("%q: %v", script, got)
		}
	}
}

func TestAhead(t *testing.T) {
	commands := []command{{1, "12345"}, {2, "12345"}, {3, "12345"}}
	for bytes, want := range map[int]int{0: 1, 5: 1, 10: 1, 11: 2, 17: 3, 1000: 3} {
		if got := ahead(commands, bytes); got != want {
			t.Errorf("with %d bytes: %d commands, want %d", bytes, got, want)
		}
	}
}
