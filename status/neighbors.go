package status

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/k8frr/k8frr/render/token"
)

// NeighborsCommand is what ParseNeighbors reads the answer of. Its cost depends on the number of neighbors only.
const NeighborsCommand = "show bgp neighbors json"

// ParseNeighbors reads the answer to NeighborsCommand, by the names of the neighbors in FRR. With an error of type Unread comes what
// is understood.
//
// A neighbor has some 4 kB, and thousands may come from listen ranges: one after another is read.
func ParseNeighbors(answer []byte) (map[string]Neighbor, error) {
	var all struct{} // an object, but for what is in it
	if err := decode(NeighborsCommand, answer, &all); err != nil {
		return nil, err
	}
	neighbors := map[string]Neighbor{}
	var unread Unread
	d := json.NewDecoder(bytes.NewReader(answer))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return neighbors, nil // null
	}
	var raw json.RawMessage
	for d.More() {
		key, err := d.Token()
		if err == nil {
			err = d.Decode(&raw)
		}
		if err != nil {
			return nil, fmt.Errorf("bgpd's answer to %q: %w", NeighborsCommand, err)
		}
		name, _ := key.(string)
		if raw[0] != '{' {
			continue // not a neighbor: vrfId, vrfName, bgpNoSuchNeighbor
		}
		var n neighborJSON
		if decode(NeighborsCommand, raw, &n) != nil {
			unread.add(NeighborsCommand, "%.60q", name)
		}
		notification, ok := n.notification()
		if !ok {
			unread.add(NeighborsCommand, "%.60q: lastErrorCodeSubcode", name)
		}
		neighbor := Neighbor{State: n.State, BFDDown: n.BFD.Status == "Down",
			Reset: Reset{Cause: n.LastResetDueTo, Down: n.DownLastResetDueTo, Notification: notification}}
		// "none" while an unnumbered peer has not been found; absent if the peer is not unnumbered.
		if addr, err := netip.ParseAddr(n.Address); err == nil {
			neighbor.Address = addr.WithZone("")
		}
		neighbors[token.Canonical(name)] = neighbor
	}
	if len(unread) > 0 {
		slices.Sort(unread)
		return neighbors, unread
	}
	return neighbors, nil
}

type neighborJSON struct {
	State                  string `json:"bgpState"`
	Address                string `json:"bgpNeighborAddr"`
	LastResetDueTo         string `json:"lastResetDueTo"`     // 10.x: absent if the session never ended
	DownLastResetDueTo     string `json:"downLastResetDueTo"` // from 10.6 on, of a session that was up and is down
	LastErrorCodeSubcode   string `json:"lastErrorCodeSubcode"`
	LastNotificationReason string `json:"lastNotificationReason"`
	LastShutdown           string `json:"lastShutdownDescription"`
	BFD                    struct {
		Status string `json:"status"`
	} `json:"peerBfdInfo"`
}

// notification is the message that ended the session, nil if none did; false if it is not understood. The code is in
// hexadecimal, two digits each, and the direction is in the cause only: "BGP Notification send" or "BGP Notification received".
func (n neighborJSON) notification() (*Notification, bool) {
	direction, ended := strings.CutPrefix(n.LastResetDueTo, "BGP Notification ")
	if !ended || n.LastErrorCodeSubcode == "" {
		return nil, true
	}
	code, err := strconv.ParseUint(n.LastErrorCodeSubcode, 16, 16)
	if err != nil {
		return nil, false
	}
	return &Notification{
		Code: uint8(code >> 8), Subcode: uint8(code),
		Name:     n.LastNotificationReason,
		Received: direction == "received",
		Shutdown: n.LastShutdown,
	}, true
}
