//go:build linux

package incluster

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"

	"github.com/k8frr/k8frr/integration/lab/listener"
)

// key is the TCP MD5 key (RFC 2385) that a neighbor of a router must have.
type key struct{ neighbor, password string }

func (s *site) listen(router string, keys ...key) *listener.Listener {
	s.Helper()
	config := listener.Config{ASN: 65001, Passwords: map[netip.Addr]string{}}
	for _, k := range keys {
		config.Passwords[netip.MustParseAddr(k.neighbor)] = k.password
	}
	return s.lab.Host(router).Listen(config)
}

// established waits until a router has a session with a node, which has told it all that it had to tell at first.
func (n *node) established(heard *listener.Listener) {
	n.Helper()
	ctx, cancel := n.deadline()
	defer cancel()
	if _, err := heard.From(netip.MustParseAddr(n.address)).WaitEndOfRIB(ctx, bgp.RF_IPv4_UC); err != nil {
		n.Fatalf("no session with %s: %v", n.name, err)
	}
}

// announces waits until a node announces exactly these prefixes to a router.
func (n *node) announces(heard *listener.Listener, prefixes ...string) time.Duration {
	n.Helper()
	want := map[netip.Prefix]bool{}
	for _, p := range prefixes {
		want[netip.MustParsePrefix(p)] = true
	}
	var have []netip.Prefix
	return n.eventually(fmt.Sprintf("%s announces %v", n.name, prefixes), func() bool {
		have = slices.Collect(maps.Keys(heard.From(netip.MustParseAddr(n.address)).Announced()))
		if len(have) != len(want) {
			return false
		}
		return !slices.ContainsFunc(have, func(p netip.Prefix) bool { return !want[p] })
	}, func() any { return have })
}

// quiet makes sure that a router heard nothing at all since a mark.
func (s *site) quiet(heard *listener.Listener, mark int) {
	s.Helper()
	if events := heard.Since(mark); len(events) > 0 {
		s.Errorf("heard and not expected: %v", events)
	}
}

// steady makes sure that no session of a router ended since a mark.
func (s *site) steady(heard *listener.Listener, mark int) {
	s.Helper()
	for _, e := range heard.Since(mark) {
		if e.Kind == listener.Down {
			s.Errorf("heard and not expected: %v", e)
		}
	}
}
