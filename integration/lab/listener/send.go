//go:build linux

package listener

import (
	"slices"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
)

// Send sends a message, such as an UPDATE with attributes that Route does not know, to every peer with which that family
// is negotiated. Peers that come later are not told, and Withdraw takes back the routes in it.
func (l *Listener) Send(family bgp.RouteFamily, message *bgp.BGPMessage) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.each(func(s *session) error {
		if !slices.Contains(s.families, family) {
			return nil
		}
		return s.send(message)
	})
}
