//go:build linux

package announce

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
)

// move is something that happens to a node. It returns what it did, "" if nothing.
type move func(*story) string

// moves are all of them, the more likely the more often they stand here. A kind of address, flag, route or device that
// is to be tried belongs into one of them, or beside them; what of it may be announced, into oracle and usable.
var moves = []move{
	(*story).address, (*story).address, (*story).address, (*story).address,
	(*story).addressMoves,
	(*story).addressDoubles,
	(*story).state, (*story).state,
	(*story).foreignRoute, (*story).foreignRoute,
	(*story).operatorsRoute,
	(*story).link,
	(*story).membership,
}

// story is a node and a source of randomness.
type story struct {
	*node
	*rand.Rand
	// options are those that the addresses were given when they came first.
	options map[string][]string
	// held are the interfaces that have addresses of states, by these; doubled are host addresses that a second interface was given.
	held    map[string]string
	doubled []string
	// wide is the address with a short mask that was tried last: of these there is one at a time, since they contain others.
	wide string
}

// any is a random one of some.
func (s *story) any(from ...string) string { return from[s.IntN(len(from))] }

// ordinary are addresses with masks as people use them. No two have the same prefix.
var ordinary = []string{
	"10.20.1.1/32", "10.20.2.1/32", "10.20.3.9/24", "10.20.4.9/25", "10.20.5.9/30", "10.20.6.0/31", "10.64.0.9/16", "172.16.9.9/12",
	"198.51.100.7/32", "203.0.113.0/24", "fd20:1::1/128", "fd20:2::1/128", "fd20:3::1/64", "fd20:4::1/127", "2001:db8:1::1/48", "64:ff9b::1/96",
}

// wide are addresses with masks that nobody means.
var wide = []string{"10.9.9.9/0", "10.9.9.9/1", "200.9.9.9/1", "70.9.9.9/2", "9.9.9.9/7", "11.9.9.9/8", "2001:db8:9::9/0", "2001:db8:9::9/1",
	"fd99::9/1", "2001:db8:9::9/2", "2001:db8:9::9/3", "2001:db8:9::9/16", "fd99::9/7", "fd99::9/15"}

// unusable are addresses that are never announced.
var unusable = []string{"127.0.9.9/32", "169.254.9.9/16", "169.254.9.10/32", "fe80::9:9/64", "fe80::9:a/128"}

// carrying is the interface that has an address, "" if none has.
func (s *story) carrying(address string) string {
	s.Helper()
	for _, c := range s.carriers() {
		for _, a := range c.Addresses {
			if fmt.Sprintf("%s/%d", a.Local, a.Bits) == address {
				return c.Name
			}
		}
	}
	return ""
}

// address has an address come, or go.
func (s *story) address() string {
	address := s.any(append(ordinary[:len(ordinary):len(ordinary)], s.doubled...)...)
	switch s.IntN(4) {
	case 0:
		address = s.any(unusable...)
	case 1:
		if address = s.any(wide...); s.wide != "" {
			address = s.wide
		}
		s.wide = address
	}
	if on := s.carrying(address); on != "" {
		if address == s.wide {
			s.wide = ""
		}
		s.IP("address", "del", address, "dev", on)
		return address + " goes from " + on
	}
	return s.comes(address, s.any(interfaces...))
}

// comes puts an address on an interface, with the options that it has for the whole story: the kernel keeps an IPv6 prefix
// route that another address has made.
func (s *story) comes(address, on string) string {
	if _, known := s.options[address]; !known {
		s.options[address] = nil
		if s.IntN(3) == 0 {
			s.options[address] = []string{"noprefixroute"}
		}
	}
	args := append([]string{"address", "add", address, "dev", on}, s.options[address]...)
	if netip.MustParsePrefix(address).Addr().Is6() {
		args = append(args, "nodad")
	}
	s.IP(args...)
	return strings.Join(args[2:], " ")
}

// addressMoves has an address go from one interface to another.
func (s *story) addressMoves() string {
	address := s.any(ordinary...)
	on := s.carrying(address)
	if on == "" {
		return ""
	}
	to := s.any(interfaces...)
	if to == on {
		return ""
	}
	s.IP("address", "del", address, "dev", on)
	return "moves from " + on + ": " + s.comes(address, to)
}

// addressDoubles has an interface carry an address that another one carries already, with the same mask or as a host's: as
// PureLB, keepalived or kube-vip do it beside each other.
func (s *story) addressDoubles() string {
	address := s.any(ordinary...)
	on, to := s.carrying(address), s.any("kube-lb0", "lb1", "other", "eth0")
	if on == "" || on == to {
		return ""
	}
	if p := netip.MustParsePrefix(address); s.IntN(2) == 0 {
		address = netip.PrefixFrom(p.Addr(), p.Addr().BitLen()).String()
		s.doubled = append(s.doubled, address)
	}
	return "doubled: " + s.comes(address, to)
}

// states are addresses in states that are not the usual ones: as ip address add has them. Prefixes that they stand for, but
// must not be announced, may be so until the agent has seen the address.
var states = []string{
	"10.30.1.1/24 scope host", "10.30.2.1/32 scope host", "10.30.3.1/24 scope link", "10.30.4.1/24 scope site",
	"10.30.5.1/24 valid_lft 6000 preferred_lft 0", "10.30.6.1 peer 10.31.6.1/32", "10.30.7.1 peer 10.31.7.1/24",
	"10.30.8.1/24 broadcast 10.30.8.255", "10.20.3.77/24", "10.30.9.1/24 label kube-lb0:vip",
	"fd30:1::1/64 valid_lft 6000 preferred_lft 0", "fd30:2::1 peer fd31:2::1/128", "fd30:3::1 peer fd31:3::1/64", "fd30:4::1/64 metric 4096",
	"fd30:5::1/128 mngtmpaddr", "10.30.10.1/24 metric 77",
}

// state has such an address come, or go.
func (s *story) state() string {
	text := s.any(states...)
	words := strings.Fields(text)
	if on, held := s.held[text]; held {
		delete(s.held, text)
		short := words[:1]
		if words[1%len(words)] == "peer" {
			short = words[:3]
		}
		if !s.tries(append(append([]string{"address", "del"}, short...), "dev", on)...) {
			return "" // it went with its interface, or its primary address
		}
		s.passes(words)
		return text + " goes from " + on
	}
	on := s.any(interfaces...)
	if strings.Contains(text, "label") {
		on = "kube-lb0"
	}
	add := append([]string{"address", "add"}, append(words, "dev", on)...)
	if strings.Contains(words[0], ":") {
		add = append(add, "nodad")
	}
	if !s.tries(add...) {
		return ""
	}
	s.held[text] = on
	s.passes(words)
	return text + " comes to " + on
}

// passes has what an address could stand for be heard in this step without harm.
func (s *story) passes(words []string) {
	for _, word := range words {
		if p, err := netip.ParsePrefix(word); err == nil {
			s.passing = append(s.passing, p.Masked())
		} else if a, err := netip.ParseAddr(word); err == nil {
			s.passing = append(s.passing, netip.PrefixFrom(a, a.BitLen()))
		}
	}
}

// foreign are routes that something else puts into the kernel's table. Those on the link of an imported interface count, unless
// a routing daemon made them.
var foreign = []string{
	"default via 10.1.0.1 dev eth0", "default dev kube-lb0 metric 700", "default via 10.1.0.1 dev eth0 proto bird metric 710",
	"-6 default via fd00:1::1 dev eth0", "-6 default dev kube-lb0 metric 700",
	"10.240.1.0/24 via 10.1.0.1 dev eth0", "10.240.2.0/24 via 10.1.0.1 dev eth0 proto bird", "10.240.3.0/24 dev kube-lb0 proto bird",
	"10.240.4.0/24 dev kube-lb0", "10.240.5.0/24 dev eth0", "10.240.6.0/24 dev eth0 proto bird", "10.240.7.0/24 via 10.1.0.9 dev kube-lb0 onlink",
	"10.240.8.9/32 dev lb1", "10.240.9.0/24 dev other", "blackhole 10.240.10.0/24", "unreachable 10.240.11.0/24", "128.0.0.0/1 via 10.1.0.1 dev eth0",
	"-6 fd40:1::/64 via fd00:1::1 dev eth0", "-6 fd40:2::/64 via fd00:1::1 dev eth0 proto bird", "-6 fd40:3::/64 dev kube-lb0 proto bird",
	"-6 fd40:4::/64 dev kube-lb0", "-6 fd40:5::/64 dev eth0 proto bird", "-6 fd40:6::/64 dev lb1", "-6 blackhole fd40:7::/64",
	"10.240.12.0/24 nexthop via 10.1.0.7 dev eth0 nexthop via 10.1.0.8 dev eth0",
}

// foreignRoute has such a route come, or go.
func (s *story) foreignRoute() string {
	text := s.any(foreign...)
	route, six := strings.CutPrefix(text, "-6 ")
	family := "-4"
	if six {
		family = "-6"
	}
	words := append([]string{family, "route"}, "del")
	if s.outside != nil && s.IntN(4) > 0 { // or else into the main table, by an interface of the VRF
		route += " vrf " + tenant
	}
	if s.tries(append(words, strings.Fields(route)...)...) {
		return "the kernel loses " + route
	}
	words[2] = "add"
	if !s.tries(append(words, strings.Fields(route)...)...) {
		return "" // its interface is down, or another has its place
	}
	return "the kernel has " + route
}

// operators are an operator's own static routes.
var operators = []string{
	"ip route 10.77.1.0/24 kube-lb0", "ip route 10.77.2.0/24 10.1.0.1", "ip route 10.77.3.0/24 blackhole", "ip route 0.0.0.0/0 kube-lb0 200",
	"ip route 0.0.0.0/0 10.1.0.1 210", "ip route 10.77.4.0/24 10.1.0.1 eth0 tag 99", "ip route 10.77.5.9/32 lb1", "ip route 10.77.6.0/24 eth0",
	"ipv6 route fd77:1::/64 kube-lb0", "ipv6 route ::/0 fd00:1::1", "ipv6 route fd77:2::/64 blackhole", "ipv6 route fd77:3::/64 eth0",
}

// operatorsRoute has an operator enter one, or take it back.
func (s *story) operatorsRoute() string {
	line := s.any(operators...)
	if k := slices.Index(s.operators, line); k >= 0 {
		s.operators = slices.Delete(s.operators, k, k+1)
		s.enter("no "+line, func(running string) bool { return !hasLine(running, line) })
		return "an operator takes back " + line
	}
	s.operators = append(s.operators, line)
	s.enter(line, func(running string) bool { return hasLine(running, line) })
	return "an operator enters " + line
}

// enter has FRR take a line. mgmtd 10.3 may forget it when another session ends meanwhile (docs/frr.md).
func (n *node) enter(line string, taken func(running string) bool) {
	n.Helper()
	n.Until("FRR takes "+line, func() bool {
		ctx, cancel := n.Deadline()
		defer cancel()
		commands := []string{"configure terminal", line}
		if n.outside != nil {
			commands = []string{"configure terminal", "vrf " + tenant, line}
		}
		_, _ = n.FRR.Vtysh(ctx, commands...) // that of a route that has gone is refused
		return taken(n.Vtysh("show running-config"))
	})
}

func hasLine(running, line string) bool {
	return slices.ContainsFunc(strings.Split(strings.ReplaceAll(running, "\r", ""), "\n"), func(l string) bool { return strings.TrimSpace(l) == line })
}

// link has an interface go down, or come up: the kernel drops its routes and its IPv6 addresses.
func (s *story) link() string {
	name := s.any("kube-lb0", "lb1", "other")
	for _, c := range s.carriers() {
		if c.Name == name && slices.Contains(c.Flags, "UP") && s.IntN(2) == 0 {
			s.SetDown(name)
			s.shadow.SetDown(name)
			return name + " goes down"
		}
	}
	s.SetUp(name)
	s.shadow.SetUp(name)
	return name + " is up"
}

// membership has an interface leave the VRF, or come into it. It loses its IPv6 addresses by that.
func (s *story) membership() string {
	if s.outside == nil {
		return ""
	}
	name := s.any(interfaces...)
	for _, c := range s.carriers() {
		if c.Name == name && c.VRF != "" {
			s.IP("link", "set", name, "nomaster")
			return name + " leaves the VRF"
		}
	}
	s.IP("link", "set", name, "master", tenant)
	return name + " comes into the VRF"
}
