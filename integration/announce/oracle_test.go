//go:build linux

package announce

import (
	"encoding/json"
	"maps"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/integration/lab/listener"
)

// carrier is an interface as iproute2 shows it.
type carrier struct {
	Name      string    `json:"ifname"`
	VRF       string    `json:"master"`
	Flags     []string  `json:"flags"`
	Addresses []address `json:"addr_info"`
}

// address is one that an interface has.
type address struct {
	Family        string `json:"family"`
	Local         string `json:"local"`
	Peer          string `json:"address"`
	Bits          int    `json:"prefixlen"`
	Scope         string `json:"scope"`
	DADFailed     bool   `json:"dadfailed"`
	NoPrefixRoute bool   `json:"noprefixroute"`
}

// unicast is the type of ordinary routes (RTN_UNICAST).
const unicast = "1"

// hop is a route of a table as iproute2 shows it, in numbers.
type hop struct {
	Type     string            `json:"type"`
	To       string            `json:"dst"`
	Via      json.RawMessage   `json:"via"`
	Gateway  string            `json:"gateway"`
	Hops     []json.RawMessage `json:"nexthops"`
	Device   string            `json:"dev"`
	Protocol string            `json:"protocol"`
}

// never are the blocks that no node announces (docs/ownership.md): loopback, link-local, multicast, reserved.
var never = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("224.0.0.0/4"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/128"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("ff00::/8"),
}

// kernels is the protocol of the routes that the kernel makes of addresses, of which there is no more to announce than the
// addresses say (RTPROT_KERNEL): one to an address's peer is not.
const kernels = "2"

// daemons sign their routes in the kernel's table by these protocols (rtnetlink.h, FRR's rt_netlink.h): they are not imported.
var daemons = []string{"8", "11", "12", "14", "16", "42", "99", "186", "187", "188", "189", "190", "191", "192", "193", "194", "195",
	"196", "197", "198"}

// announceable reports whether a masked prefix may be announced by anybody.
func announceable(p netip.Prefix) bool {
	if p.Bits() == 0 {
		return false
	}
	// What begins where a default route does, and is nearly one.
	if nearly := map[bool]int{true: 8, false: 16}[p.Addr().Is4()]; p.Addr().IsUnspecified() && p.Bits() < nearly {
		return false
	}
	// 224.0.0.0/3 is multicast and reserved, ::/3 with a short mask reserved.
	if p == netip.MustParsePrefix("224.0.0.0/3") || p.Addr().Is6() && p.Bits() >= 3 && p.Bits() < 16 && netip.MustParsePrefix("::/3").Contains(p.Addr()) {
		return false
	}
	return !slices.ContainsFunc(never, func(n netip.Prefix) bool { return p.Bits() >= n.Bits() && n.Contains(p.Addr()) })
}

// oracle tells from the kernel alone what may be announced in a VRF, "" for none: of each imported interface of it that is up
// the prefixes of its addresses, and of the routes of its table on the link that no routing daemon has made.
func (n *node) oracle(vrf string) []netip.Prefix {
	n.Helper()
	may := map[netip.Prefix]bool{}
	add := func(p netip.Prefix) {
		if p = p.Masked(); announceable(p) {
			may[p] = true
		}
	}
	here := map[string]bool{}
	for _, c := range n.carriers() {
		here[c.Name] = c.VRF == vrf
		if !n.imports(c.Name) || !here[c.Name] || !slices.Contains(c.Flags, "UP") {
			continue
		}
		for _, a := range c.Addresses {
			if p, ok := usable(a.Local, a.Peer, a.Bits, a.Scope, a.DADFailed); ok {
				add(p)
			}
		}
	}
	of := map[bool]string{true: "254", false: table}[vrf == ""]
	for _, r := range n.routes(of) {
		if !n.imports(r.Device) || !here[r.Device] || r.Gateway != "" || r.Via != nil || r.Hops != nil || r.Type != unicast ||
			r.Protocol == kernels || slices.Contains(daemons, r.Protocol) {
			continue
		}
		if p, err := netip.ParsePrefix(r.To); err == nil {
			add(p)
		} else if a, err := netip.ParseAddr(r.To); err == nil {
			add(netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return slices.SortedFunc(maps.Keys(may), netip.Prefix.Compare)
}

// usable is the prefix that an address stands for, by its state in the kernel; false if it stands for none.
func usable(local, peer string, bits int, scope string, dadFailed bool) (netip.Prefix, bool) {
	a, err := netip.ParseAddr(local)
	if err != nil || scope == "host" || scope == "link" || dadFailed {
		return netip.Prefix{}, false
	}
	if peer != "" { // the mask is the peer's
		bits = a.BitLen()
	}
	return netip.PrefixFrom(a, bits), true
}

func (n *node) imports(name string) bool {
	return slices.ContainsFunc(n.imported, func(pattern string) bool {
		ok, _ := path.Match(pattern, name)
		return ok
	})
}

func (n *node) carriers() []carrier {
	n.Helper()
	return decoded[carrier](n, "-j", "-d", "address", "show")
}

// routes are those of a table.
func (n *node) routes(table string) []hop {
	n.Helper()
	return append(decoded[hop](n, "-j", "-N", "-d", "-4", "route", "show", "table", table), decoded[hop](n, "-j", "-N", "-d", "-6", "route", "show", "table", table)...)
}

func decoded[T any](n *node, args ...string) []T {
	n.Helper()
	var list []T
	text := n.Node.IP(args...)
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		n.Fatalf("ip %s: %v\n%s", strings.Join(args, " "), err, text)
	}
	return list
}

// may is what may be announced.
type may struct{ here, outside []netip.Prefix }

// agrees waits until each router hears what the oracle says, and makes sure that since a mark neither ever heard anything else,
// be it only for a moment, that was not allowed before or after either, and that no session ended.
func (n *node) agrees(mark marks, before may, what string) (now may) {
	n.Helper()
	if n.outside == nil {
		now.here = n.hearsOnly(n.heard, n.oracle(""))
	} else {
		now.here, now.outside = n.hearsOnly(n.heard, n.oracle(tenant)), n.hearsOnly(n.outside, n.oracle(""))
		n.allowed(n.outside.Since(mark.outside), now.outside, before.outside, what+", outside")
	}
	n.allowed(n.heard.Since(mark.here), now.here, before.here, what)
	return now
}

func (n *node) hearsOnly(l *listener.Listener, all []netip.Prefix) []netip.Prefix {
	n.Helper()
	prefixes := make([]string, len(all))
	for i, p := range all {
		prefixes[i] = p.String()
	}
	n.Hears(l, prefixes...)
	return all
}

func (n *node) allowed(events []listener.Event, now, before []netip.Prefix, what string) {
	n.Helper()
	for _, e := range events {
		switch {
		case e.Kind == listener.Announced && !slices.Contains(now, e.Prefix) && !slices.Contains(before, e.Prefix) && !slices.Contains(n.passing, e.Prefix):
			n.Errorf("%s: heard and not allowed: %v", what, e)
		case e.Kind == listener.Down:
			n.Errorf("%s: a session ended: %v", what, e)
		}
	}
}

// marks are how much the routers have heard.
type marks struct{ here, outside int }

func (n *node) marks() (m marks) {
	if n.outside != nil {
		m.outside = n.outside.Mark()
	}
	m.here = n.heard.Mark()
	return m
}
