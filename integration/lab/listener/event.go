//go:build linux

package listener

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
)

// Kind is what an Event says.
type Kind int

// What can happen. Rejected OPENs show as NotificationSent without Established before it.
const (
	Established          Kind = iota // the session came up
	Down                             // the session ended; Reason says how, and all its routes are gone
	Announced                        // Route says what
	Withdrawn                        // Prefix says what
	EndOfRIB                         // of Family (RFC 4724)
	RefreshReceived                  // the peer wants Family again (RFC 2918)
	NotificationSent                 // with Code and Subcode (RFC 4271, section 4.5)
	NotificationReceived             // with Code and Subcode
)

var kinds = [...]string{"established", "down", "announced", "withdrawn", "end of RIB", "refresh received",
	"notification sent", "notification received"}

// String is the kind in words.
func (k Kind) String() string { return kinds[k] }

// Event is one thing that was heard or done. At is when the bytes that said it were read (it has a monotonic clock
// reading), or when they were written.
type Event struct {
	At      time.Time
	Peer    netip.Addr
	Kind    Kind
	Prefix  netip.Prefix // Announced, Withdrawn
	Route   *Route       // Announced
	Family  bgp.RouteFamily
	Code    uint8
	Subcode uint8
	Reason  string
	Open    *bgp.BGPOpen // Established: what the peer said of itself
}

// String is one line for a test's log.
func (e Event) String() string {
	text := fmt.Sprintf("%s %s %s", e.At.Format("15:04:05.000000"), e.Peer, e.Kind)
	switch e.Kind {
	case Announced:
		return fmt.Sprintf("%s %s via %s path %v", text, e.Prefix, e.Route.NextHop, e.Route.ASPath)
	case Withdrawn:
		return text + " " + e.Prefix.String()
	case Down:
		return text + ": " + e.Reason
	case EndOfRIB, RefreshReceived:
		return text + " " + e.Family.String()
	case NotificationSent, NotificationReceived:
		return fmt.Sprintf("%s %d/%d", text, e.Code, e.Subcode)
	}
	return text
}
