package status

import (
	"encoding/json"
	"fmt"
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

// ParseSummary reads the answer to SummaryCommand. A bgpd without a BGP instance has an empty summary.
func ParseSummary(answer []byte) (Summary, error) {
	var families map[string]json.RawMessage
	if err := decode(SummaryCommand, answer, &families); err != nil {
		return nil, err
	}
	summary := Summary{}
	for family, raw := range families {
		if family == "warning" {
			return nil, fmt.Errorf("bgpd's answer to %q is a warning: %.200s", SummaryCommand, raw)
		}
		var t struct {
			TableVersion uint64 `json:"tableVersion"`
			RIBCount     uint64 `json:"ribCount"`
			Peers        map[string]struct {
				RemoteAS    uint32 `json:"remoteAs"`
				LocalAS     uint32 `json:"localAs"`
				Since       int64  `json:"peerUptimeEstablishedEpoch"`
				Received    int64  `json:"pfxRcd"`
				Sent        int64  `json:"pfxSnt"`
				State       string `json:"state"`
				Established uint64 `json:"connectionsEstablished"`
				Dropped     uint64 `json:"connectionsDropped"`
				Dynamic     bool   `json:"dynamicPeer"`
			} `json:"peers"`
		}
		if err := decode(SummaryCommand, raw, &t); err != nil {
			return nil, err
		}
		table := Table{Version: t.TableVersion, Size: t.RIBCount, Peers: map[string]Peer{}}
		for name, p := range t.Peers {
			if p.State == "" {
				return nil, fmt.Errorf("bgpd's answer to %q has no state of neighbor %.60q", SummaryCommand, name)
			}
			table.Peers[token.Canonical(name)] = Peer{State: p.State, RemoteAS: p.RemoteAS, LocalAS: p.LocalAS,
				Received: p.Received, Sent: p.Sent, Since: epoch(p.Since),
				Established: p.Established, Dropped: p.Dropped, Dynamic: p.Dynamic}
		}
		summary[family] = table
	}
	return summary, nil
}
