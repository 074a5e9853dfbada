package status

import (
	"cmp"
	"fmt"
	"strings"
)

// String is "received: OPEN Message Error/Bad Peer AS (2/2): the peer expects another AS number of this node; …".
func (n *Notification) String() string {
	direction, hint := DirectionSent, n.meaning().sent
	if n.Received {
		direction, hint = DirectionReceived, n.meaning().received
	}
	text := fmt.Sprintf("%s: %s (%d/%d)", direction, n.name(), n.Code, n.Subcode)
	if said := Clean(n.Shutdown, longestText/4); said != "" {
		text += fmt.Sprintf(", with the message %q", said)
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

// cause is the word for it.
func (n *Notification) cause() Cause {
	return cmp.Or(n.meaning().word, CauseUnknown)
}

// meaning is that of its code and subcode, and what these leave out is that of the code alone.
func (n *Notification) meaning() meaning {
	m, class := meanings[[2]uint8{n.Code, n.Subcode}], meanings[[2]uint8{n.Code}]
	return meaning{cmp.Or(m.word, class.word), cmp.Or(m.received, class.received), cmp.Or(m.sent, class.sent)}
}

// meaning is what a notification says: the word for it, and what to check if the peer sent it, or this node.
type meaning struct {
	word           Cause
	received, sent string
}

// ceaseCode is the code of a Cease.
const ceaseCode = 6

// meanings are by code and subcode, or by code alone: RFC 4271 section 4.5, RFC 4486, RFC 8538, RFC 9384.
var meanings = map[[2]uint8]meaning{
	{1}: {CauseMessageError, "the peer could not read what this node sent; check what is at that address, and the MTU of the path",
		"this node could not read what the peer sent; check what is at that address, and the MTU of the path"},
	{2}: {CauseOpenRefused, "the peer refuses what this node proposes; compare its configuration",
		"this node refuses what the peer proposes; compare the configurations"},
	{2, 2}: {CauseBadPeerAS, "the peer expects another AS number of this node; compare global.asn and localAsn with the peer's configuration",
		"the peer has another AS number than peerAsn says; compare it with the peer's configuration"},
	{2, 3}: {CauseBadIdentifier, "the peer refuses this node's router ID, or has the same; check global.routerID",
		"the peer's router ID is invalid, or this node's own; check the router IDs of both"},
	{2, 6}: {CauseOpenRefused, "the peer refuses this node's hold time; check timers.holdTime",
		"the peer's hold time is not acceptable; check its timers"},
	{2, 7}: {CauseOpenRefused, "the peer misses a capability; compare afiSafis with its address families",
		"the peer misses a capability; compare afiSafis with its address families"},
	{3}: {CauseUpdateError, "the peer could not take a route of this node's; check its log",
		"this node could not take a route of the peer's; check what it sends"},
	{4}: {CauseHoldTimer, "the peer heard nothing of this node for its hold time; check the path, its MTU, and the load of this node",
		"hold timer expired, nothing was heard from the peer for that long; check the path, its MTU, and the load of the peer"},
	{5}: {CauseFSMError, "the peer did not expect a message in its state; it should come back by itself",
		"the peer sent a message that its state does not allow; it should come back by itself"},
	{6}: {CauseCease, "the peer ended the session; check its log", "this node ended the session"},
	{6, 1}: {CauseMaxPrefixes, "this node announces more prefixes than the peer allows; check what it announces, and the peer's limit",
		"the peer sent more prefixes than prefixLimit allows; check what it announces, or raise maxPrefixes"},
	{6, 2}: {CauseShutdown, "the peer's operator has shut the session down", "the session was shut down on this node"},
	{6, 3}: {CauseDeconfigured, "the peer does not have this node in its configuration any more",
		"the neighbor was configured again, and should come back by itself"},
	{6, 4}: {CauseReset, "the peer's operator has reset the session, which should come back by itself",
		"the session was cleared on this node, and should come back by itself"},
	{6, 5}: {CauseRejected, "the peer does not let this node in; check that its configuration expects this node's address and AS number",
		"this node does not let the peer in; check that a neighbor or a range is configured for its address and AS number"},
	{6, 6}: {CauseConfigChange, "the peer's configuration was changed, and the session should come back by itself",
		"the neighbor's configuration was changed, and the session should come back by itself"},
	{6, 7}: {word: CauseCollision},
	{6, 8}: {word: CauseCease, received: "the peer is out of resources; check the peer"},
	{6, 9}: {word: CauseReset},
	{6, 10}: {CauseBFDDown, "the peer's BFD does not hear this node; check the path, and UDP port 3784",
		"BFD does not hear the peer; check the path, the peer, and UDP port 3784"},
}
