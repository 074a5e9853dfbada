package status

// cause is what a text of FRR's says of a session: the word for it, what lastError says of it, and what to check.
type cause struct {
	word Cause
	kind kind
	text string
	hint string
	// sent says that this node sent a Cease, of which FRR from 10.5 on tells only the text: this is its subcode, as far as it tells.
	sent  bool
	cease uint8
}

// kind is how far a text of FRR's can be relied on.
type kind int

const (
	// A text of no other kind lasts: it is why the session ended, or what keeps it down.
	_ kind = iota
	// passing: it was so, and the session tries to come up again. If FRR tells nothing else for long, TCP is what fails.
	passing
	// early: the session has not tried yet.
	early
	// trying: TCP, or the peer's OPEN, is what is waited for.
	trying
	// unrouted: FRR has no route to the peer.
	unrouted
	// routing: FRR had no route to the peer when it said so. Up to 10.4 it says something else as soon as it has one; from 10.5
	// on the text stays, and only its table of next hops reports whether it is still true.
	routing
)

// causes are the texts of FRR 8.4 to 10.8 (bgpd/bgp_fsm.c, peer_down_str). What a release is said to have begun with was read in
// its sources.
var causes = map[string]cause{
	"":                               {word: CauseNeverUp, kind: early, text: notYet},
	"never":                          {word: CauseNeverUp, kind: early, text: notYet}, // 10.6
	"No AFI/SAFI activated for peer": {word: CauseNeverUp, kind: early, text: notYet},
	"Address family activated":       {word: CauseNeverUp, kind: early, text: notYet},

	"Waiting for peer OPEN":         {kind: trying},                                      // up to 10.4
	"Waiting for NHT":               {word: CauseNoRoute, kind: unrouted, text: noRoute}, // up to 8.4
	"No path to specified Neighbor": {word: CauseNoRoute, kind: routing, text: noRoute},  // 8.5

	"Waiting for Peer IPv6 LLA": noPeer, // up to 10.4
	"Waiting for peer address":  noPeer, // 10.5
	"Neighbor address lost":     noPeer,

	"Peer closed the session":     peerClosed,
	"NSF peer closed the session": peerClosed, // it has negotiated graceful restart
	"Interface down":              {word: CauseInterfaceDown, text: "the interface is down", hint: "check the link, and `ip link`"},
	"BFD down received":           bfdDown,
	"BFD down initiated":          bfdDown, // 10.5
	"BFD down":                    bfdDown,
	"Reached received prefix count": {word: CauseMaxPrefixes, text: maxPrefixes,
		hint: "check what the peer announces, or raise maxPrefixes"},

	"User reset":      {word: CauseReset, kind: passing, text: "the session was cleared on this node, and should come back by itself"},
	"Admin. shutdown": {word: CauseShutdown, kind: passing, text: "the session was administratively shut down on this node, and should come back by itself"},
	"Admin. shutdown (RTT)": {word: CauseManualShutdown, text: "shut down by `neighbor shutdown rtt`, which was entered in FRR",
		hint: "check the round-trip time to the peer"}, // 8.5
	"Neighbor deleted": {word: CauseDeconfigured, kind: passing, text: "the neighbor was configured again, and should come back by itself"},

	"Router ID changed":                 configured,
	"Remote AS changed":                 configured,
	"Local AS change":                   configured,
	"Cluster ID changed":                configured,
	"Confederation identifier changed":  configured,
	"Confederation peer changed":        configured,
	"RR client config change":           configured,
	"RS client config change":           configured,
	"Update source change":              configured,
	"Peer-group add member":             configured,
	"Peer-group delete member":          configured,
	"Capability changed":                configured,
	"Passive config change":             configured,
	"Multihop config change":            configured,
	"Intf peering v6only config change": configured,
	"AS Set config change":              configured,
	"Suppress Fib Turned On or Off":     configured, // 8.5
	"Password config change":            configured, // 10.2

	"Waiting for VRF to be initialized": {word: CauseVRFNotReady, text: "the VRF is not ready", hint: "check that its device exists and is up"},
	"Socket Error":                      {word: CauseSocketError, text: "this node cannot open the TCP connection", hint: "check the log of bgpd, and updateSource"},
	"Router ID is missing":              {word: CauseNoRouterID, text: "FRR has no router ID", hint: "see the condition RouterIDResolved"},                                    // 10.0
	"No RPKI cache server connected":    {word: CauseRPKIDown, text: "FRR waits for an RPKI cache server, and none is connected", hint: "check `rpki` in FRR and the server"}, // 10.5

	"Cease: unspecific":           {word: CauseCease, sent: true, text: "Cease"}, // these from 10.5 on
	"Cease: peer de-configured":   {word: CauseDeconfigured, sent: true, cease: 3, text: "Cease/Peer De-configured"},
	"Cease: connection rejected":  {word: CauseRejected, sent: true, cease: 5, text: "Cease/Connection Rejected"},
	"Cease: other config change":  {word: CauseConfigChange, sent: true, cease: 6, text: "Cease/Other Configuration Change"},
	"Cease: connection collision": {word: CauseCollision, sent: true, cease: 7, text: "Cease/Connection Collision Resolution"},
	"Cease: out of resources":     {word: CauseCease, sent: true, cease: 8, text: "Cease/Out of Resources"},
	"Cease: hard reset":           {word: CauseReset, sent: true, cease: 9, text: "Cease/Hard Reset"},
	"Cease: subcode unknown":      {word: CauseCease, sent: true, text: "Cease/Unknown Subcode"},
}

// What several of FRR's texts say.
var (
	noPeer = cause{word: CauseNoPeerFound, text: "no peer has been found on the interface",
		hint: "no router advertisement came in; check that the peer sends them, and the link"}
	peerClosed = cause{word: CausePeerClosed, text: "the peer closed the TCP connection without saying why",
		hint: "it may not expect this node's address, or have gone down; check the peer's log"}
	bfdDown = cause{word: CauseBFDDown, text: heldByBFD,
		hint: "the path or the peer failed, or its BFD was stopped; check the link, the peer, and UDP port 3784"}
	configured = cause{word: CauseConfigChange, kind: passing, text: "the neighbor's configuration was changed, and the session should come back by itself"}
)

// Texts that are said in several places.
const (
	notYet      = "the session has not been established yet"
	noRoute     = "no route to the peer"
	heldByBFD   = "BFD does not hear the peer"
	maxPrefixes = "maximum prefixes reached: the peer sent more than prefixLimit allows"
	frrSays     = "FRR says: "
)

// causeOf is what the table has for a text of FRR's. One that it does not have is shown as FRR says it, without advice.
func causeOf(text string) cause {
	c, known := causes[text]
	switch {
	case !known:
		return unexplained(text)
	case c.sent:
		c.text = (&Notification{Code: ceaseCode, Subcode: c.cease, Name: c.text}).String()
	}
	return c
}

// unexplained shows a text as FRR says it.
func unexplained(text string) cause { return cause{word: CauseUnknown, text: frrSays + text} }

// explain makes an explanation of a cause.
func (c cause) explain() explanation {
	e := explanation{Reason: Reason{Cause: c.word}, text: c.text}
	if c.hint != "" {
		e.text += ": " + c.hint
	}
	if c.sent {
		e.Direction = DirectionSent
	}
	return e
}

// end is what ended the session or refused it, if FRR's last word is about that; zero if it is not.
func (r Reset) end() explanation {
	if n := r.Notification; n != nil {
		direction := DirectionSent
		if n.Received {
			direction = DirectionReceived
		}
		return explanation{Reason{n.cause(), direction}, n.String()}
	}
	if c := causeOf(r.Cause); isOneOf(c.word, ends) {
		return c.explain()
	}
	return explanation{}
}
