//go:build linux

package lab_test

import (
	"net/netip"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// nodeConfig announces two prefixes, one of each family, to a neighbor on each.
const nodeConfig = `
ip route 10.9.9.9/32 Null0
ipv6 route fd00:9::9/128 Null0
router bgp 65001
 no bgp ebgp-requires-policy
 neighbor 10.1.0.1 remote-as 65000
 neighbor fd00:1::1 remote-as 65000
 address-family ipv4 unicast
  redistribute static
  no neighbor fd00:1::1 activate
 exit-address-family
 address-family ipv6 unicast
  redistribute static
  neighbor fd00:1::1 activate
 exit-address-family
`

// pair is a node and a router with a cable between them.
func pair(t *testing.T) (node, tor *lab.Host) {
	l := lab.New(t)
	node, tor = l.Host("node"), l.Host("tor")
	l.Connect(node.Port("eth0", "10.1.0.2/24", "fd00:1::2/64"), tor.Port("eth0", "10.1.0.1/24", "fd00:1::1/64"))
	return node, tor
}

func eachVersion(t *testing.T, test func(*testing.T, lab.Version)) {
	t.Parallel()
	for _, v := range lab.Versions {
		t.Run("frr-"+v.String(), func(t *testing.T) {
			t.Parallel()
			test(t, v)
		})
	}
}

func TestFRRPeersWithTheListener(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		node, tor := pair(t)
		heard := tor.Listen(listener.Config{ASN: 4200000000})
		config := strings.ReplaceAll(nodeConfig, "65000", "4200000000")
		f := node.FRR(v, lab.Config(config))
		start := time.Now()
		f.Start()
		t.Logf("started in %v", time.Since(start))
		ctx := within(t, patience)

		v4, v6 := heard.From(netip.MustParseAddr("10.1.0.2")), heard.From(netip.MustParseAddr("fd00:1::2"))
		if _, err := v4.WaitAnnounced(ctx, prefix("10.9.9.9/32")); err != nil {
			t.Fatal(err)
		}
		if _, err := v6.WaitAnnounced(ctx, prefix("fd00:9::9/128")); err != nil {
			t.Fatal(err)
		}
		r := v4.Announced()[prefix("10.9.9.9/32")]
		if r.NextHop.String() != "10.1.0.2" || r.Origin != listener.Incomplete || len(r.ASPath) != 1 || r.ASPath[0] != 65001 {
			t.Errorf("heard %+v", r)
		}
		if _, err := v6.WaitEndOfRIB(ctx, bgp.RF_IPv6_UC); err != nil {
			t.Error(err)
		}

		// A file outside FRR's directories, checked and applied.
		file := filepath.Join(t.TempDir(), "more.conf")
		write(t, file, "ip route 10.9.9.10/32 Null0\n")
		for _, args := range [][]string{{"-C", "-f", file}, {"-f", file}} {
			if out, err := node.Exec(ctx, f.VtyshPath, append([]string{"--vty_socket", f.SocketDir, "--config_dir", f.ConfigDir}, args...)...); err != nil {
				t.Errorf("%v %s", err, out)
			}
		}
		if _, err := v4.WaitAnnounced(ctx, prefix("10.9.9.10/32")); err != nil {
			t.Error(err)
		}
		start = time.Now()
		if _, err := f.Vtysh(ctx, "configure terminal", "no ip route 10.9.9.10/32 Null0"); err != nil {
			t.Error(err)
		}
		gone, err := v4.WaitWithdrawn(ctx, prefix("10.9.9.10/32"))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("withdrawn after %v", gone.At.Sub(start))

		// And the other way.
		err = heard.Announce(
			listener.Route{Prefix: prefix("192.0.2.0/24"), Communities: []string{"65000:7"}},
			listener.Route{Prefix: prefix("2001:db8::/32"), NextHop: netip.MustParseAddr("fd00:1::1"), LargeCommunities: []string{"1:2:3"}})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, func() string {
			out4, _ := f.Vtysh(ctx, "show bgp ipv4 unicast 192.0.2.0/24")
			out6, _ := f.Vtysh(ctx, "show bgp ipv6 unicast 2001:db8::/32")
			if strings.Contains(out4, "65000:7") && strings.Contains(out6, "1:2:3") {
				return ""
			}
			return out4 + out6
		})
		if err := heard.Withdraw(prefix("192.0.2.0/24")); err != nil {
			t.Error(err)
		}
		eventually(t, func() string {
			out, _ := f.Vtysh(ctx, "show bgp ipv4 unicast 192.0.2.0/24")
			if strings.Contains(out, "not in table") {
				return ""
			}
			return out
		})
		if heard.Resets() != 0 {
			t.Errorf("sessions were reset: %v", heard.Events())
		}
	})
}

func TestKilledDaemonComesBack(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		node, tor := pair(t)
		heard := tor.Listen(listener.Config{ASN: 65000})
		f := node.FRR(v, lab.Config(nodeConfig))
		f.Start()
		ctx := within(t, patience)
		if _, err := heard.WaitAnnounced(ctx, prefix("10.9.9.9/32"), prefix("fd00:9::9/128")); err != nil {
			t.Fatal(err)
		}
		f.Kill("bgpd", syscall.SIGKILL)
		if _, err := heard.WaitDown(ctx); err != nil {
			t.Fatal(err)
		}
		if n := len(heard.Announced()); n != 0 {
			t.Errorf("%d routes outlive their session", n)
		}
		f.StartDaemon("bgpd")
		if err := f.Boot(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := heard.WaitAnnounced(ctx, prefix("10.9.9.9/32"), prefix("fd00:9::9/128")); err != nil {
			t.Fatal(err)
		}
		if heard.Resets() != 2 {
			t.Errorf("%d resets, not one of each session", heard.Resets())
		}
		f.StopAll()
		if _, err := heard.WaitDown(ctx); err != nil {
			t.Fatal(err)
		}
		f.Start()
		if _, err := heard.WaitAnnounced(ctx, prefix("10.9.9.9/32"), prefix("fd00:9::9/128")); err != nil {
			t.Fatal(err)
		}
	})
}

func TestReload(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		node, tor := pair(t)
		heard := tor.Listen(listener.Config{ASN: 65000})
		f := node.FRR(v, lab.Config(nodeConfig))
		f.Start()
		ctx := within(t, patience)
		if _, err := heard.WaitAnnounced(ctx, prefix("10.9.9.9/32")); err != nil {
			t.Fatal(err)
		}
		if err := f.WriteFile("frr.conf", strings.Replace(nodeConfig, "10.9.9.9/32", "10.9.9.8/32", 1)); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if out, err := f.Reload(ctx, filepath.Join(f.ConfigDir, "frr.conf")); err != nil {
			t.Fatal(err, out)
		}
		t.Logf("frr-reload.py took %v", time.Since(start))
		if _, err := heard.WaitAnnounced(ctx, prefix("10.9.9.8/32")); err != nil {
			t.Error(err)
		}
		if _, err := heard.WaitWithdrawn(ctx, prefix("10.9.9.9/32")); err != nil {
			t.Error(err)
		}
	})
}

func TestBFD(t *testing.T) {
	eachVersion(t, func(t *testing.T, v lab.Version) {
		node, tor := pair(t)
		config := "router bgp %s\n neighbor %s remote-as external\n neighbor %s bfd\n"
		fill := func(asn, neighbor string) string {
			return strings.NewReplacer("router bgp %s", "router bgp "+asn, "%s", neighbor).Replace(config)
		}
		f := node.FRR(v, lab.Daemons("bfdd"), lab.Config(fill("65001", "10.1.0.1")))
		g := tor.FRR(v, lab.Daemons("bfdd"), lab.Config(fill("65000", "10.1.0.2")))
		f.Start()
		g.Start()
		ctx := within(t, patience)
		eventually(t, func() string {
			out, _ := f.Vtysh(ctx, "show bfd peers brief")
			if strings.Contains(out, "up") {
				return ""
			}
			return out
		})
	})
}

// eventually repeats check until it has nothing to complain of.
func eventually(t *testing.T, check func() string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		complaint := check()
		if complaint == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(complaint)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
