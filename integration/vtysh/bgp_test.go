//go:build linux

package vtysh_test

import (
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// instance is a script of nothing but a BGP instance, which goes to bgpd without a vtysh.
func instance(lines ...string) []string {
	return append(append([]string{"router bgp 65000"}, lines...), "exit")
}

// viaVtysh sends a script through vtysh.
func viaVtysh(lines []string) []string {
	return append([]string{"ip prefix-list P seq 5 permit any"}, lines...)
}

// TestBothWays enters BGP instances over bgpd's socket and by vtysh: FRR must run the same, and refuse the same.
func TestBothWays(t *testing.T) {
	scripts := map[string][]string{
		"whole": instance(" no bgp default ipv4-unicast", " neighbor G peer-group", " neighbor G remote-as 65001", " neighbor 10.0.0.1 peer-group G",
			" neighbor 10.0.0.1 description two  words, # and !", " neighbor 10.0.0.1 password s3cret", " address-family ipv4 unicast", "  neighbor G activate",
			"  network 10.0.0.0/8", " exit-address-family", " address-family l2vpn evpn", "  neighbor G activate", " exit-address-family"),
		"refused line":    instance(" neighbor 10.0.0.999 remote-as 65001", " neighbor 10.0.0.1 remote-as 65001", " neighbor 10.0.0.1 timers 1000000 3", " bgp cluster-id 1.2.3.4"),
		"unknown line":    instance(" nonsense", " bgp cluster-id 1.2.3.4"),
		"refused context": append(instance(" bgp cluster-id 1.2.3.4"), "router bgp 65001", " bgp cluster-id 4.3.2.1", " neighbor 10.0.0.2 remote-as 65001", "exit"),
		"twice":           append(instance(" bgp cluster-id 1.2.3.4"), instance(" no bgp cluster-id 1.2.3.4")...),
		"goes":            append(instance(" bgp cluster-id 1.2.3.4"), "no router bgp 65000"),
	}
	for _, version := range lab.Versions {
		for name, script := range scripts {
			t.Run(version.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				socket, vtysh := start(t, version), start(t, version)
				apply(t, vtysh, viaVtysh(nil)...) // mgmtd locks its configuration after a start
				errSocket := socket.Apply(t.Context(), script)
				errVtysh := vtysh.Apply(t.Context(), viaVtysh(script))
				if (errSocket == nil) != (errVtysh == nil) {
					t.Errorf("over the socket: %v; by vtysh: %v", errSocket, errVtysh)
				}
				if errSocket != nil {
					one, other := refusals(t, errSocket)[0], refusals(t, errVtysh)[0]
					if one.Command != other.Command || one.Line != other.Line-1 {
						t.Errorf("over the socket: %v; by vtysh: %v", one, other)
					}
				}
				bgp := func(f frr) string {
					_, text, _ := strings.Cut(running(t, f), "\nrouter bgp")
					text, _, _ = strings.Cut(text, "\nexit\n")
					return text
				}
				if a, b := bgp(socket), bgp(vtysh); a != b {
					t.Errorf("over the socket: %s\nby vtysh: %s", a, b)
				}
			})
		}
	}
}
