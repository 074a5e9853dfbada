//go:build linux

package incluster

import (
	"net/netip"
	"time"

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
	n.wait().Told(heard, n.address)
}

// announces waits until a node announces exactly these prefixes to a router.
func (n *node) announces(heard *listener.Listener, prefixes ...string) time.Duration {
	n.Helper()
	return n.wait().Hears(heard.From(netip.MustParseAddr(n.address)), prefixes...)
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
