//go:build linux

package listener_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

var (
	nodeAddress = netip.MustParseAddr("10.1.0.2")
	vip         = netip.MustParsePrefix("10.9.9.9/32")
)

// speaker is an FRR that announces vip to neighbor, with more lines for the neighbor.
func speaker(neighbor, more string) string {
	return fmt.Sprintf(`ip route 10.9.9.9/32 Null0
router bgp 65001
 bgp router-id 10.1.0.2
 no bgp ebgp-requires-policy
 neighbor %[1]s remote-as 65000
 neighbor %[1]s timers connect 1
 %[2]s
 address-family ipv4 unicast
  redistribute static
 exit-address-family
`, neighbor, more)
}

// patience is how long anything may take that must happen. It is long because the machine may be busy.
const patience = 2 * time.Minute

func pair(t *testing.T) (node, tor *lab.Host) {
	l := lab.New(t)
	node, tor = l.Host("node"), l.Host("tor")
	l.Connect(node.Port("eth0", "10.1.0.2/24"), tor.Port("eth0", "10.1.0.1/24"))
	return node, tor
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestPassword(t *testing.T) {
	t.Parallel()
	node, tor := pair(t)
	heard := tor.Listen(listener.Config{ASN: 65000, Passwords: map[netip.Addr]string{nodeAddress: "right"}})
	f := node.FRR(lab.FRR84, lab.Config(speaker("10.1.0.1", "neighbor 10.1.0.1 password wrong")))
	f.Start()
	for refused := 0; refused < 3; refused = keysRefused(t, tor) { // by the kernel: the listener hears nothing of it
		if len(heard.Established()) > 0 {
			t.Fatal("a session with the wrong password")
		}
		time.Sleep(20 * time.Millisecond)
	}
	f.StopAll()
	if err := f.WriteFile("frr.conf", speaker("10.1.0.1", "neighbor 10.1.0.1 password right")); err != nil {
		t.Fatal(err)
	}
	f.Start()
	if _, err := heard.WaitAnnounced(within(t, patience), vip); err != nil {
		t.Error(err)
	}
}

// keysRefused is how many segments with a wrong TCP MD5 signature a host's kernel has dropped (RFC 2385).
func keysRefused(t *testing.T, h *lab.Host) int {
	t.Helper()
	out, err := h.Exec(within(t, patience), "cat", "/proc/self/net/netstat")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(out) {
		words := strings.Fields(line)
		if words[0] != "TcpExt:" {
			continue
		}
		if i := slices.Index(names, "TCPMD5Failure"); i >= 0 {
			n, err := strconv.Atoi(words[i])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		names = words
	}
	t.Fatalf("the kernel does not count them:\n%s", out)
	return 0
}

func TestDialWithPassword(t *testing.T) {
	t.Parallel()
	node, tor := pair(t)
	more := "neighbor 10.1.0.1 passive\n neighbor 10.1.0.1 password right"
	node.FRR(lab.FRR103, lab.Config(speaker("10.1.0.1", more))).Start()
	heard := tor.Listen(listener.Config{ASN: 65000, Passwords: map[netip.Addr]string{nodeAddress: "right"}})
	ctx := within(t, patience)
	for len(heard.Established()) == 0 { // FRR refuses while it is not ready for a passive neighbor
		if err := heard.Dial(ctx, netip.AddrPortFrom(nodeAddress, 179)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond)
	}
	if _, err := heard.WaitAnnounced(ctx, vip); err != nil {
		t.Error(err)
	}
}

func TestRejectThenAccept(t *testing.T) {
	t.Parallel()
	node, tor := pair(t)
	heard := tor.Listen(listener.Config{ASN: 65000})
	heard.Reject(bgp.BGP_ERROR_OPEN_MESSAGE_ERROR, bgp.BGP_ERROR_SUB_BAD_PEER_AS)
	node.FRR(lab.FRR84, lab.Config(speaker("10.1.0.1", ""))).Start()
	ctx := within(t, patience)
	if _, err := heard.Wait(ctx, 0, func(e listener.Event) bool {
		return e.Kind == listener.NotificationSent && e.Code == 2 && e.Subcode == 2
	}); err != nil {
		t.Fatal(err)
	}
	heard.Accept()
	up, err := heard.WaitEstablished(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if up.Open.MyAS != 65001 || heard.Resets() != 0 {
		t.Errorf("OPEN %+v, %d resets", up.Open, heard.Resets())
	}
	if _, err := heard.WaitAnnounced(ctx, vip); err != nil {
		t.Fatal(err)
	}
	mark := heard.Mark()
	if err := heard.Refresh(); err != nil {
		t.Error(err)
	}
	if _, err := heard.Wait(ctx, mark, func(e listener.Event) bool { return e.Kind == listener.Announced && e.Prefix == vip }); err != nil {
		t.Errorf("after ROUTE-REFRESH: %v", err)
	}
	if err := heard.Notify(bgp.BGP_ERROR_CEASE, bgp.BGP_ERROR_SUB_ADMINISTRATIVE_RESET); err != nil {
		t.Error(err)
	}
	if _, err := heard.WaitWithdrawn(ctx, vip); err != nil {
		t.Error(err)
	}
	if _, err := heard.WaitAnnounced(ctx, vip); err != nil {
		t.Error(err)
	}
	if heard.Resets() != 1 {
		t.Errorf("%d resets", heard.Resets())
	}
}

func TestSilenceLetsTheHoldTimerExpire(t *testing.T) {
	t.Parallel()
	node, tor := pair(t)
	heard := tor.Listen(listener.Config{ASN: 65000, HoldTime: 9 * time.Second})
	node.FRR(lab.FRR103, lab.Config(speaker("10.1.0.1", ""))).Start()
	ctx := within(t, patience)
	if _, err := heard.WaitAnnounced(ctx, vip); err != nil {
		t.Fatal(err)
	}
	time.Sleep(10 * time.Second) // longer than the hold time: our keepalives must have held it
	if heard.Resets() != 0 {
		t.Fatalf("the session did not hold: %v", heard.Events())
	}
	heard.Silence()
	if _, err := heard.Wait(ctx, 0, func(e listener.Event) bool {
		return e.Kind == listener.NotificationReceived && e.Code == bgp.BGP_ERROR_HOLD_TIMER_EXPIRED
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := heard.WaitDown(ctx); err != nil {
		t.Error(err)
	}
}

func TestSeveralPeers(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	tor := l.Host("tor")
	lan := l.LAN(tor.Port("eth0", "10.1.0.1/24"))
	heard := tor.Listen(listener.Config{ASN: 65000})
	for i, v := range lab.Versions {
		node := l.Host(fmt.Sprintf("node-%d", i))
		lan.Attach(node.Port("eth0", fmt.Sprintf("10.1.0.%d/24", 2+i)))
		node.FRR(v, lab.Config(speaker("10.1.0.1", ""))).Start()
	}
	ctx := within(t, patience)
	for i := range lab.Versions {
		from := heard.From(netip.AddrFrom4([4]byte{10, 1, 0, byte(2 + i)}))
		e, err := from.WaitAnnounced(ctx, vip)
		if err != nil {
			t.Fatal(err)
		}
		if e.Route.NextHop != e.Peer || len(from.Established()) != 1 {
			t.Errorf("heard %v", e)
		}
	}
	if n := len(heard.Established()); n != 2 {
		t.Errorf("%d sessions", n)
	}
	l.Host("node-0").Kill("bgpd", syscall.SIGKILL)
	if _, err := heard.From(nodeAddress).WaitWithdrawn(ctx, vip); err != nil {
		t.Error(err)
	}
	if _, ok := heard.Announced()[vip]; !ok || len(heard.Established()) != 1 {
		t.Error("the other node's session is gone as well")
	}
}

// IPv4 routes with IPv6 next hops (RFC 8950), both ways.
func TestExtendedNextHop(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	node, tor := l.Host("node"), l.Host("tor")
	l.Connect(node.Port("eth0", "fd00:1::2/64"), tor.Port("eth0", "fd00:1::1/64"))
	heard := tor.Listen(listener.Config{ASN: 65000})
	more := "neighbor fd00:1::1 capability extended-nexthop"
	f := node.FRR(lab.FRR103, lab.Config(speaker("fd00:1::1", more)))
	f.Start()
	ctx := within(t, patience)
	if _, err := heard.WaitAnnounced(ctx, vip); err != nil {
		t.Fatal(err)
	}
	r := heard.Announced()[vip]
	if r.NextHop != netip.MustParseAddr("fd00:1::2") || !r.LinkLocal.IsLinkLocalUnicast() {
		t.Errorf("next hops %s, %s", r.NextHop, r.LinkLocal)
	}
	if err := heard.Announce(listener.Route{Prefix: netip.MustParsePrefix("192.0.2.0/24")}); err != nil {
		t.Fatal(err)
	}
	for {
		out, err := f.Vtysh(ctx, "show bgp ipv4 unicast 192.0.2.0/24")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out, "fd00:1::1") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// A table of some size in both directions, and routes that share messages by their attributes only.
func TestManyRoutes(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	node, tor, other := l.Host("node"), l.Host("tor"), l.Host("other")
	l.Connect(node.Port("eth0", "10.1.0.2/24"), tor.Port("eth0", "10.1.0.1/24"))
	l.Connect(node.Port("eth1", "10.2.0.2/24"), other.Port("eth0", "10.2.0.1/24"))
	heard := tor.Listen(listener.Config{ASN: 65000})
	second := other.Listen(listener.Config{ASN: 65002})
	var routes []listener.Route
	for i := range 5000 {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{20, byte(i >> 8), byte(i), 0}), 24)
		routes = append(routes, listener.Route{Prefix: p, Communities: []string{fmt.Sprintf("65000:%d", i/1000)}})
	}
	if err := heard.Announce(routes...); err != nil {
		t.Fatal(err)
	}
	const config = `router bgp 65001
 no bgp ebgp-requires-policy
 neighbor 10.1.0.1 remote-as 65000
 neighbor 10.2.0.1 remote-as 65002
`
	node.FRR(lab.FRR84, lab.Config(config)).Start()
	ctx := within(t, patience)
	last := routes[len(routes)-1].Prefix
	var prefixes []netip.Prefix
	for _, r := range routes {
		prefixes = append(prefixes, r.Prefix)
	}
	if _, err := second.WaitAnnounced(ctx, prefixes...); err != nil {
		t.Fatal(err)
	}
	if got := second.Announced()[last].Communities; len(got) != 1 || got[0] != "65000:4" {
		t.Errorf("%s has communities %v", last, got)
	}
	if err := heard.Withdraw(prefixes...); err != nil {
		t.Fatal(err)
	}
	if _, err := second.WaitWithdrawn(ctx, prefixes...); err != nil {
		t.Error(err)
	}
}
