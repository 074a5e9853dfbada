//go:build linux

package gobgp

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// site is a node and the peers that it has: one with a session in IPv4, one in IPv6, one that it shut down, and one that
// does not exist and is waited for. All sites have the same addresses, and may have different BGP speakers on the node.
type site struct {
	node *lab.Host
	tor  *listener.Listener
}

const (
	torV4    = "10.1.0.1"
	torV6    = "fd00:1::1"
	shutdown = "10.1.0.6"
	nobody   = "10.1.0.9"
)

func newSite(t *testing.T) *site {
	t.Helper()
	l := lab.New(t)
	s := &site{node: l.Host("node")}
	tor := l.Host("tor")
	l.LAN(s.node.Port("eth0", "10.1.0.2/24", "fd00:1::2/64"), tor.Port("eth0", torV4+"/24", torV6+"/64"))
	s.tor = tor.Listen(listener.Config{ASN: 65000, RouterID: netip.MustParseAddr("10.1.0.1")})
	med := uint32(30)
	if err := s.tor.Announce(
		listener.Route{Prefix: netip.MustParsePrefix("20.0.0.0/24"), Communities: []string{"65000:7", "65535:65281"}, LargeCommunities: []string{"65000:1:2"}},
		listener.Route{Prefix: netip.MustParsePrefix("20.0.1.0/24"), ASPath: []uint32{65000, 3356, 200001, 65551, 65552}, MED: &med, Origin: listener.EGP},
		listener.Route{Prefix: netip.MustParsePrefix("fd00:20:0:1234:5678::/96"), Origin: listener.Incomplete},
	); err != nil {
		t.Fatal(err)
	}
	return s
}

const frrConfig = `
router bgp 65001
 bgp router-id 10.1.0.2
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 10.1.0.1 remote-as 65000
 neighbor 10.1.0.1 timers 30 90
 neighbor 10.1.0.1 timers connect 2
 neighbor fd00:1::1 remote-as 65000
 neighbor fd00:1::1 timers 30 90
 neighbor fd00:1::1 timers connect 2
 neighbor 10.1.0.6 remote-as 4200000000
 neighbor 10.1.0.6 shutdown
 neighbor 10.1.0.9 remote-as 65009
 neighbor 10.1.0.9 passive
 address-family ipv4 unicast
  network 10.200.0.0/24
  neighbor 10.1.0.1 route-map OWN out
  no neighbor fd00:1::1 activate
 exit-address-family
 address-family ipv6 unicast
  network fd00:200::7/128
  neighbor fd00:1::1 activate
  neighbor fd00:1::1 route-map OWN out
 exit-address-family
exit
bgp as-path access-list OWN permit ^$
route-map OWN permit 10
 match as-path OWN
exit
`

const gobgpConfig = `
[global.config]
  as = 65001
  router-id = "10.1.0.2"
[[neighbors]]
  [neighbors.config]
    neighbor-address = "10.1.0.1"
    peer-as = 65000
  [neighbors.timers.config]
    connect-retry = 5
    hold-time = 90
    keepalive-interval = 30
[[neighbors]]
  [neighbors.config]
    neighbor-address = "fd00:1::1"
    peer-as = 65000
[[neighbors]]
  [neighbors.config]
    neighbor-address = "10.1.0.6"
    peer-as = 4200000000
    admin-down = true
[[neighbors]]
  [neighbors.config]
    neighbor-address = "10.1.0.9"
    peer-as = 65009
  [neighbors.transport.config]
    passive-mode = true
`

const patience = 3 * time.Minute

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// eventually fails the test unless check is content in time.
func eventually(t *testing.T, what string, check func() string) {
	t.Helper()
	var complaint string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if complaint = check(); complaint == "" {
			return
		}
	}
	t.Fatalf("%s: %s", what, complaint)
}
