package status

import (
	"fmt"
	"strings"
)

// String is "received: OPEN Message Error/Bad Peer AS (2/2): the peer expects another AS number of this node; …".
func (n *Notification) String() string {
	direction, hints := "sent", sentHints
	if n.Received {
		direction, hints = "received", receivedHints
	}
	text := fmt.Sprintf("%s: %s (%d/%d)", direction, n.name(), n.Code, n.Subcode)
	if said := Clean(n.Shutdown, longestText/4); said != "" {
		text += fmt.Sprintf(", with the message %q", said)
	}
	hint := hints[[2]uint8{n.Code, n.Subcode}]
	if hint == "" {
		hint = hints[[2]uint8{n.Code}]
	}
	if hint != "" {
		text += ": " + hint
	}
	return text
}

// name is FRR's, which is that of the registry (IANA, BGP Parameters), or the class of the error.
func (n *Notification) name() string {
	if name := strings.Trim(Clean(n.Name, longestText/4), "/ "); name != "" {
		return name
	}
	return "NOTIFICATION"
}

// What notifications mean, and what to check, by code and subcode, or by code alone: RFC 4271 section 4.5, RFC 4486, RFC
// 8538, RFC 9384.
var (
	receivedHints = map[[2]uint8]string{
		{1}:     "the peer could not read what this node sent; check what is at that address, and the MTU of the path",
		{2}:     "the peer refuses what this node proposes; compare its configuration",
		{2, 2}:  "the peer expects another AS number of this node; compare global.asn and localAsn with the peer's configuration",
		{2, 3}:  "the peer refuses this node's router ID, or has the same; check global.routerID",
		{2, 6}:  "the peer refuses this node's hold time; check timers.holdTime",
		{2, 7}:  "the peer misses a capability; compare afiSafis with its address families",
		{3}:     "the peer could not take a route of this node's; check its log",
		{4}:     "the peer heard nothing of this node for its hold time; check the path, its MTU, and the load of this node",
		{5}:     "the peer did not expect a message in its state; it should come back by itself",
		{6}:     "the peer ended the session; check its log",
		{6, 1}:  "this node announces more prefixes than the peer allows; check what it announces, and the peer's limit",
		{6, 2}:  "the peer's operator has shut the session down",
		{6, 3}:  "the peer does not have this node in its configuration any more",
		{6, 4}:  "the peer's operator has reset the session, which should come back by itself",
		{6, 5}:  "the peer does not let this node in; check that its configuration expects this node's address and AS number",
		{6, 6}:  "the peer's configuration was changed, and the session should come back by itself",
		{6, 8}:  "the peer is out of resources; check the peer",
		{6, 10}: "the peer's BFD does not hear this node; check the path, and UDP port 3784",
	}
	sentHints = map[[2]uint8]string{
		{1}:     "this node could not read what the peer sent; check what is at that address, and the MTU of the path",
		{2}:     "this node refuses what the peer proposes; compare the configurations",
		{2, 2}:  "the peer has another AS number than peerAsn says; compare it with the peer's configuration",
		{2, 3}:  "the peer's router ID is invalid, or this node's own; check the router IDs of both",
		{2, 6}:  "the peer's hold time is not acceptable; check its timers",
		{2, 7}:  "the peer misses a capability; compare afiSafis with its address families",
		{3}:     "this node could not take a route of the peer's; check what it sends",
		{4}:     "hold timer expired, nothing was heard from the peer for that long; check the path, its MTU, and the load of the peer",
		{5}:     "the peer sent a message that its state does not allow; it should come back by itself",
		{6}:     "this node ended the session",
		{6, 1}:  "the peer sent more prefixes than prefixLimit allows; check what it announces, or raise maxPrefixes",
		{6, 2}:  "the session was shut down on this node",
		{6, 3}:  "the neighbor was configured anew, and should come back by itself",
		{6, 4}:  "the session was cleared on this node, and should come back by itself",
		{6, 5}:  "this node does not let the peer in; check that a neighbor or a range is configured for its address and AS number",
		{6, 6}:  "the neighbor's configuration was changed, and the session should come back by itself",
		{6, 10}: "BFD does not hear the peer; check the path, the peer, and UDP port 3784",
	}
)
