//go:build linux

package lab_test

import (
	"os"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

func write(t *testing.T, path, text string) {
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFRRPeersWithBIRD(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		node, tor := pair(t)
		b := tor.BIRD(`
router id 10.1.0.1;
protocol device { scan time 1; }
protocol kernel { ipv4 { export all; }; merge paths on; }
protocol bgp node4 { local as 65000; neighbor 10.1.0.2 as 65001; ipv4 { import all; export none; }; }
protocol bgp node6 { local as 65000; neighbor fd00:1::2 as 65001; ipv6 { import all; export none; }; }
`)
		node.FRR(v, lab.Config(nodeConfig)).Start()
		ctx := within(t, patience)
		eventually(t, func() string {
			routes, _ := b.Birdc(ctx, "show", "route")
			if strings.Contains(routes, "10.9.9.9/32") && strings.Contains(routes, "fd00:9::9/128") {
				return ""
			}
			return routes
		})
		if err := b.Configure(ctx, "router id 10.1.0.1;\nprotocol device {}\n"); err != nil {
			t.Error(err)
		}
	})
}

func TestFRRPeersWithGoBGP(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		node, tor := pair(t)
		g := tor.GoBGP(`
[global.config]
  as = 65000
  router-id = "10.1.0.1"
[[neighbors]]
  [neighbors.config]
    neighbor-address = "10.1.0.2"
    peer-as = 65001
  [neighbors.transport.config]
    passive-mode = true
`)
		node.FRR(v, lab.Config(nodeConfig)).Start()
		ctx := within(t, patience)
		eventually(t, func() string {
			routes, _ := g.Gobgp(ctx, "global", "rib")
			if strings.Contains(routes, "10.9.9.9/32") {
				return ""
			}
			return routes
		})
	})
}
