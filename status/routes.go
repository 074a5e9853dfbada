package status

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render/token"
)

// PrefixCommand is what ParsePrefix reads the answer of: 0.2 to 0.3 ms, however large the table is.
func PrefixCommand(p netip.Prefix) string {
	return fmt.Sprintf("show bgp %s unicast %s json", family(p), p)
}

// NeighborRoutesCommand is what ParseReceived reads the answer of. bgpd walks the whole table of the family for it and
// prints what the neighbor sent, so it is for small ones only.
func NeighborRoutesCommand(family, neighbor string) (string, bool) {
	name, ok := map[string]string{"ipv4Unicast": "ipv4", "ipv6Unicast": "ipv6"}[family]
	return fmt.Sprintf("show bgp %s unicast neighbors %s routes json", name, neighbor), ok
}

func family(p netip.Prefix) string {
	if p.Addr().Is4() {
		return "ipv4"
	}
	return "ipv6"
}

type nextHops []struct {
	IP         string `json:"ip"`
	Used       bool   `json:"used"`
	Accessible *bool  `json:"accessible"`
}

// unreachable says that bgpd has no way to any of them.
func (n nextHops) unreachable() bool {
	for _, hop := range n {
		if hop.Accessible == nil || *hop.Accessible {
			return false
		}
	}
	return len(n) > 0
}

// used is the next hop that the route takes; an IPv6 route may list a global and a link-local one.
func (n nextHops) used() string {
	for _, hop := range n {
		if hop.Used {
			return token.Canonical(hop.IP)
		}
	}
	if len(n) > 0 {
		return token.Canonical(n[0].IP)
	}
	return ""
}

type communities struct {
	String string `json:"string"` // "65000:1 no-export"; the list beside it spells it noExport
}

// maxCommunities bounds those of each kind that are kept of a path. The longest UPDATE (RFC 8654) has room for 16,000, and
// for thousands of prefixes that share them.
const maxCommunities = 256

// list keeps nothing of a text that is longer than what it returns.
func (c communities) list() []string {
	all := strings.Fields(c.String)
	if len(all) <= maxCommunities {
		return all
	}
	return strings.Fields(strings.Join(all[:maxCommunities], " "))
}

// ParsePrefix reads the answer to PrefixCommand. The prefix is not in BGP if there is no such prefix, or no BGP at all.
func ParsePrefix(p netip.Prefix, answer []byte) (Prefix, error) {
	var found struct {
		AdvertisedTo map[string]json.RawMessage `json:"advertisedTo"`
		Paths        []struct {
			Sourced bool   `json:"sourced"`
			Tag     number `json:"tag"`
			Best    struct {
				Overall bool `json:"overall"`
			} `json:"bestpath"`
			NextHops         nextHops    `json:"nexthops"`
			Community        communities `json:"community"`
			LargeCommunity   communities `json:"largeCommunity"`
			ExtendedComunity communities `json:"extendedCommunity"`
			Peer             struct {
				ID string `json:"peerId"`
			} `json:"peer"`
		} `json:"paths"`
	}
	if err := decode(PrefixCommand(p), answer, &found); err != nil {
		return Prefix{}, err
	}
	var prefix Prefix
	for name := range found.AdvertisedTo {
		prefix.AdvertisedTo = append(prefix.AdvertisedTo, token.Canonical(name))
	}
	slices.Sort(prefix.AdvertisedTo)
	for _, path := range found.Paths {
		prefix.Paths = append(prefix.Paths, Path{
			Sourced: path.Sourced,
			Peer:    token.Canonical(path.Peer.ID),
			NextHop: path.NextHops.used(),
			Tag:     path.Tag.asn(), Best: path.Best.Overall, Unreachable: path.NextHops.unreachable(),
			Communities: slices.Concat(path.Community.list(), path.LargeCommunity.list(), path.ExtendedComunity.list()),
		})
	}
	return prefix, nil
}

// ParseReceived reads the answer to NeighborRoutesCommand, in the order of the prefixes.
func ParseReceived(neighbor string, answer []byte) ([]Received, error) {
	const command = "show bgp unicast neighbors routes json"
	var table struct {
		Routes map[string][]struct {
			NextHops nextHops `json:"nexthops"`
		} `json:"routes"`
	}
	if err := decode(command, answer, &table); err != nil {
		return nil, err
	}
	var received []Received
	for name, paths := range table.Routes {
		prefix, err := netip.ParsePrefix(name)
		if err != nil {
			continue // a key that is to come
		}
		for _, path := range paths {
			received = append(received, Received{Neighbor: neighbor, Prefix: prefix, NextHop: path.NextHops.used()})
		}
	}
	slices.SortStableFunc(received, func(a, b Received) int { return a.Prefix.Compare(b.Prefix) })
	return received, nil
}

// StatisticsCommand is what ParseStatistics reads the answer of. bgpd walks the table of the family for it, 1.8 ms for
// 10,000 prefixes, so it is for small ones only.
func StatisticsCommand(family string) (string, bool) {
	name, ok := map[string]string{"ipv4Unicast": "ipv4", "ipv6Unicast": "ipv6"}[family]
	return fmt.Sprintf("show bgp %s unicast statistics json", name), ok
}

// ParseStatistics reads the number of prefixes out of the answer to StatisticsCommand.
func ParseStatistics(answer []byte) (int64, error) {
	const command = "show bgp unicast statistics json"
	var families map[string]json.RawMessage
	if err := decode(command, answer, &families); err != nil {
		return 0, err
	}
	var total int64
	for name, raw := range families {
		var instances []struct {
			Prefixes number `json:"totalPrefixes"`
		}
		// Others are counters of bgpd (10.x), or say that there is no table.
		if (name == "ipv4Unicast" || name == "ipv6Unicast") && decode(command, raw, &instances) == nil {
			for _, i := range instances {
				total += int64(i.Prefixes)
			}
		}
	}
	return total, nil
}

// RouteCommand is what ParseRoute reads the answer of: what zebra has for a prefix.
func RouteCommand(p netip.Prefix) string {
	if p.Addr().Is4() {
		return fmt.Sprintf("show ip route %s json", p)
	}
	return fmt.Sprintf("show ipv6 route %s json", p)
}

// ParseRoute reads the kind of route that zebra uses for a prefix, "" if it has none.
func ParseRoute(p netip.Prefix, answer []byte) (string, error) {
	var routes map[string][]struct {
		Protocol string `json:"protocol"`
		Selected bool   `json:"selected"`
	}
	if err := Decode("zebra", RouteCommand(p), answer, &routes); err != nil {
		return "", err
	}
	for name, of := range routes {
		if q, err := netip.ParsePrefix(name); err != nil || q != p {
			continue
		}
		for _, r := range of {
			if r.Selected {
				return r.Protocol, nil
			}
		}
	}
	return "", nil
}
