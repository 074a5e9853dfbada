//go:build linux

package vtysh_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/render/token"
)

// names are such that an interface, and so a neighbor, can have, and that are or begin like words of FRR's grammar.
var names = []string{
	"n", "nu", "nul", "null", "null0", "null01", "N", "Nu", "Nul", "Null", "Null0", "NULL0", "Null01", "nullable",
	"r", "rej", "reject", "Reject", "REJECT", "reject1", "b", "black", "blackhole", "Blackhole", "blackhole0", "1.2.3.4", "10.1", "::1", "fd00::5",
	"tag", "vrf", "label", "table", "onlink", "color", "7473", "1.5", "*", "e", "ext", "external", "external0", "extern0",
	"all", "al", "a", "ipv4", "ipv6", "l2vpn", "ip", "view", "in", "out", "soft", "peer-group", "prefix", "pre", "dampening", "json", "default", "kube-lb0",
}

// What token accepts as a next hop is read back from FRR as it was entered, and what it accepts for clear ends no other session.
func TestNames(t *testing.T) {
	for _, v := range lab.Versions {
		t.Run(v.Name, func(t *testing.T) { testNames(t, v) })
	}
}

func testNames(t *testing.T, v lab.Version) {
	l := lab.New(t)
	node, router := l.Host("node"), l.Host("router")
	l.Connect(node.Port("eth0", "10.1.0.2/24"), router.Port("eth0", "10.1.0.1/24"))
	heard := router.Listen(listener.Config{ASN: 65001})
	defer heard.Close()
	f := frr{FRR: node.FRR(v)}
	f.Start()
	f.Client = client(t, f.FRR)
	apply(t, f, "no ip prefix-list ABSENT")

	t.Run("next hops", func(t *testing.T) {
		var lines []string
		for i, name := range names {
			if _, err := token.NextHop(name); err == nil {
				lines = append(lines, fmt.Sprintf("ip route 10.77.%d.0/24 %s tag 7473", i, name), fmt.Sprintf("ipv6 route fd00:77:%x::/64 %s tag 7473", i, name))
			}
		}
		apply(t, f, lines...)
		config := running(t, f)
		for _, line := range lines {
			if !hasLine(config, line) {
				t.Errorf("FRR took %q for another route", line)
			}
		}
		// What is refused is refused for a reason.
		for i, word := range []string{"Nul", "null0", "rej", "black", "b"} {
			line := fmt.Sprintf("ip route 10.78.%d.0/24 %s tag 7473", i, word)
			if _, err := token.NextHop(word); err == nil {
				t.Errorf("%s is accepted", word)
			}
			if err := f.Apply(t.Context(), []string{line}); err == nil && hasLine(running(t, f), line) {
				t.Errorf("FRR takes %q for what it says", line)
			}
		}
	})
	t.Run("clear", func(t *testing.T) {
		lines := []string{"router bgp 65000", " no bgp ebgp-requires-policy", " neighbor 10.1.0.1 remote-as 65001", " neighbor 10.1.0.1 timers connect 1"}
		for _, name := range names {
			if !strings.ContainsAny(name, ":") && strings.Count(name, ".") != 3 {
				lines = append(lines, " neighbor "+name+" interface remote-as external")
			}
		}
		apply(t, f, append(lines, "exit")...)
		dropped := func() (n int) {
			var neighbors map[string]struct {
				State   string `json:"bgpState"`
				Dropped int    `json:"connectionsDropped"`
			}
			within(t, "the session is up", func() bool {
				text, err := f.Show(t.Context(), "bgpd", "show bgp neighbors json")
				if err != nil || json.Unmarshal(text, &neighbors) != nil {
					return false
				}
				n = neighbors["10.1.0.1"].Dropped
				return neighbors["10.1.0.1"].State == "Established"
			})
			return n
		}
		before := dropped()
		cleared := 0
		for _, name := range names {
			if err := f.Clear(t.Context(), "", name); err == nil {
				cleared++
			} else if token.Clearable(name) && !strings.ContainsAny(name, ":.") {
				t.Errorf("clear of %q: %v", name, err)
			}
			// FRR answers for a neighbor by its name, whatever else the name means.
			if strings.ContainsAny(name, ":") || strings.Count(name, ".") == 3 {
				continue
			}
			text, err := f.Show(t.Context(), "bgpd", "show bgp neighbors "+name+" json")
			var answer map[string]json.RawMessage
			if err != nil || json.Unmarshal(text, &answer) != nil || answer[name] == nil {
				t.Errorf("show of neighbor %q: %.80q, %v", name, text, err)
			}
		}
		if after := dropped(); after != before || cleared == 0 {
			t.Errorf("%d clears of others, and the session was ended %d times", cleared, after-before)
		}
		// The same command by hand shows what is avoided.
		if _, err := f.Vtysh(t.Context(), "clear bgp ext"); err != nil {
			t.Fatal(err)
		}
		within(t, "FRR has taken ext for external", func() bool { return dropped() > before })
	})
}
