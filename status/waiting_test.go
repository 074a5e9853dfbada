package status

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render"
)

// What is told of a session that waits for TCP follows from the kernel, too: bgpd does not know more.
func TestWhatTheKernelKnows(t *testing.T) {
	peer := netip.MustParseAddr("10.9.0.1")
	answering := map[netip.Addr]bool{peer: true}
	for name, c := range map[string]struct {
		state    string
		password bool
		kernel   *Kernel
		want     string
	}{
		"nothing known":                    {Active, false, nil, notAccepted.text},
		"no host":                          {Active, true, &Kernel{Answering: map[netip.Addr]bool{peer: false}, MD5: MD5{Failure: true}}, noHost.text},
		"a host":                           {Active, false, &Kernel{Answering: answering}, refused.text},
		"silence":                          {Connect, false, &Kernel{Answering: answering}, noAnswer + ": a firewall drops TCP port 179, or the peer wants a password"},
		"silence, with a password":         {Connect, true, &Kernel{Answering: answering}, noAnswer + ": a firewall drops TCP port 179, or the password differs"},
		"another password":                 {Connect, true, &Kernel{MD5: MD5{Failure: true}}, wrongPassword.text},
		"it has none":                      {Active, true, &Kernel{MD5: MD5{NotFound: true}}, noPassword.text},
		"it has one":                       {Connect, false, &Kernel{MD5: MD5{Unexpected: true}}, itsPassword.text},
		"the wrong one is somebody else's": {Connect, false, &Kernel{MD5: MD5{Failure: true}}, noAnswer},
		"connected":                        {OpenSent, false, nil, noOpen.text},
		"it does not answer the OPEN":      {OpenConfirm, false, nil, noKeepalive.text},
	} {
		t.Run(name, func(t *testing.T) {
			s := session{Neighbor: render.Neighbor{Address: peer}, password: c.password, kernel: c.kernel,
				peer: Peer{State: c.state}, shown: Neighbor{Reset: Reset{Cause: "Waiting for peer OPEN"}}}
			if got, _ := s.explain(); !strings.HasPrefix(got.text, c.want) || !isOneOf(got.Cause, vague) {
				t.Errorf("got %+v, want %q", got, c.want)
			}
		})
	}
}

// The explanation for a peer without a next hop in FRR follows from what the kernel finds.
func TestWhatTheKernelReaches(t *testing.T) {
	peer := netip.MustParseAddr("10.9.0.1")
	host := &Kernel{Direct: map[netip.Addr]Direct{peer: {Interface: "eth0"}}}
	link := &Kernel{Direct: map[netip.Addr]Direct{peer: {Interface: "eth0", Carries: netip.MustParsePrefix("10.9.0.2/24")}}}
	for name, c := range map[string]struct {
		connected bool
		kernel    *Kernel
		want      string
	}{
		"nothing known":                              {true, nil, "no route to the peer, or it is not directly connected: "},
		"nothing known, more hops":                   {false, nil, "no route to the peer: "},
		"no direct route":                            {true, &Kernel{}, "no route to the peer, or it is not directly connected: "},
		"a host route":                               {true, host, "no route to the peer that FRR takes for a connected one, so the peer is not directly connected: the kernel reaches it on eth0 by a host route"},
		"a host route, without check":                {false, host, "no route to the peer in FRR, although the kernel reaches it on eth0: FRR 8.4 ignores"},
		"an address that zebra lacks":                {true, link, "no route to the peer in FRR, although eth0 carries 10.9.0.2/24: zebra lacks"},
		"an address that zebra lacks, without check": {false, link, "no route to the peer in FRR, although eth0 carries 10.9.0.2/24: zebra lacks"},
	} {
		for _, cause := range []string{"Waiting for NHT", "No path to specified Neighbor"} {
			s := session{Neighbor: render.Neighbor{Address: peer}, connected: c.connected, kernel: c.kernel, peer: Peer{State: Active}, shown: Neighbor{Route: RouteMissing, Reset: Reset{Cause: cause}}}
			if got, _ := s.explain(); !strings.HasPrefix(got.text, c.want) || got.Cause != CauseNoRoute {
				t.Errorf("%s: got %+v, want %q", name, got, c.want)
			}
		}
	}
}

// Every notification that has a hint says what the registry calls it, which way it went, and what to do.
func TestNotifications(t *testing.T) {
	for _, c := range []struct {
		n    Notification
		want string
	}{
		{Notification{Code: 2, Subcode: 2, Name: "OPEN Message Error/Bad Peer AS", Received: true}, "received: OPEN Message Error/Bad Peer AS (2/2): the peer expects another AS number of this node; compare"},
		{Notification{Code: 2, Subcode: 2, Name: "OPEN Message Error/Bad Peer AS"}, "sent: OPEN Message Error/Bad Peer AS (2/2): the peer has another AS number than peerAsn says; compare"},
		{Notification{Code: 6, Subcode: 2, Name: "Cease/Administrative Shutdown", Received: true, Shutdown: "back\nat \x1b[31m5"}, `received: Cease/Administrative Shutdown (6/2), with the message "back at [31m5": the peer's operator`},
		{Notification{Code: 3, Subcode: 11, Name: "UPDATE Message Error/Malformed AS_PATH"}, "sent: UPDATE Message Error/Malformed AS_PATH (3/11): this node could not take"},
		{Notification{Code: 4, Name: "Hold Timer Expired/"}, "sent: Hold Timer Expired (4/0): hold timer expired"},
		{Notification{Code: 99, Subcode: 1, Received: true}, "received: NOTIFICATION (99/1)"},
	} {
		if got := c.n.String(); !strings.HasPrefix(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
