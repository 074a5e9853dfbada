package status

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/k8frr/k8frr/render/token"
)

// SummaryCommand is what ParseSummary reads the answer of: under a millisecond, however large the tables are.
const SummaryCommand = "show bgp summary json"

// In is a command about the default instance, such as SummaryCommand, put to that of a VRF's device. A VRF without an
// instance has an empty answer.
func In(device, command string) string {
	if device == "" {
		return command
	}
	return strings.Replace(command, "show bgp ", "show bgp vrf "+device+" ", 1)
}

// ParseSummary reads the answer to SummaryCommand. A bgpd without a BGP instance has an empty summary. With an error of type Unread
// comes what is understood.
func ParseSummary(answer []byte) (Summary, error) {
	var families map[string]json.RawMessage
	if err := decode(SummaryCommand, answer, &families); err != nil {
		return nil, err
	}
	if warning, ok := families["warning"]; ok {
		return nil, fmt.Errorf("bgpd's answer to %q is a warning: %.200s", SummaryCommand, warning)
	}
	summary := Summary{}
	var unread Unread
	for _, family := range slices.Sorted(maps.Keys(families)) {
		var t tableJSON
		if raw := families[family]; len(raw) == 0 || raw[0] != '{' || decode(SummaryCommand, raw, &t) != nil {
			if _, ours := familyNames[family]; ours {
				unread.add(SummaryCommand, "%.40q", family)
			}
			continue
		}
		table := Table{Version: t.TableVersion.unsigned(), Size: SizeOf(t.RIBCount), Peers: map[string]Peer{}}
		if table.Size == UnknownSize {
			unread.add(SummaryCommand, "%.40q: ribCount", family)
		}
		for name, raw := range t.Peers {
			var p peerJSON
			if decode(SummaryCommand, raw, &p) != nil {
				unread.add(SummaryCommand, "%.40q: %.60q", family, name)
			}
			table.Peers[token.Canonical(name)] = Peer{State: p.State, RemoteAS: p.RemoteAS.asn(), LocalAS: p.LocalAS.asn(),
				Received: int64(p.Received), Sent: int64(p.Sent), Since: epoch(int64(p.Since)),
				Established: p.Established.unsigned(), Dropped: p.Dropped.unsigned(), Dynamic: p.Dynamic}
		}
		summary[family] = table
	}
	if len(unread) > 0 {
		return summary, unread
	}
	return summary, nil
}

type tableJSON struct {
	TableVersion number                     `json:"tableVersion"`
	RIBCount     json.RawMessage            `json:"ribCount"`
	Peers        map[string]json.RawMessage `json:"peers"`
}

type peerJSON struct {
	RemoteAS    number `json:"remoteAs"`
	LocalAS     number `json:"localAs"`
	Since       number `json:"peerUptimeEstablishedEpoch"`
	Received    number `json:"pfxRcd"`
	Sent        number `json:"pfxSnt"`
	State       string `json:"state"`
	Established number `json:"connectionsEstablished"`
	Dropped     number `json:"connectionsDropped"`
	Dynamic     bool   `json:"dynamicPeer"`
}

// Complete gives sessions whose state the summary does not tell the one that the neighbors tell, and adds to Unread the sessions that
// neither tells it of.
func (i *Instance) Complete() {
	for _, family := range slices.Sorted(maps.Keys(i.Summary)) {
		peers := i.Summary[family].Peers
		for _, name := range slices.Sorted(maps.Keys(peers)) {
			p := peers[name]
			if p.State != "" {
				continue
			}
			if p.State = i.Neighbors[name].State; p.State == "" {
				i.Unread.add(SummaryCommand, "%.60q: state", name)
			}
			peers[name] = p
		}
	}
}
