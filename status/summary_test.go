package status

import (
	"encoding/json"
	"fmt"
	"testing"
)

// BenchmarkParseSummary is of a node with so many neighbors: it is done twice a second.
func BenchmarkParseSummary(b *testing.B) {
	for _, n := range []int{4, 1024} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			peers := map[string]any{}
			for p := range n {
				peers[fmt.Sprintf("10.2.%d.%d", p>>8, p&255)] = map[string]any{"remoteAs": 65001, "localAs": 65000, "version": 4, "msgRcvd": 1234,
					"msgSent": 1234, "tableVersion": 0, "outq": 0, "inq": 0, "peerUptime": "01:02:03", "peerUptimeMsec": 3723000,
					"peerUptimeEstablishedEpoch": 1790000000, "pfxRcd": 1, "pfxSnt": 10, "state": Established, "peerState": "OK",
					"connectionsEstablished": 1, "connectionsDropped": 0, "idType": "ipv4"}
			}
			answer, err := json.Marshal(map[string]any{"ipv4Unicast": map[string]any{"routerId": "10.1.0.2", "as": 65000, "tableVersion": 7, "ribCount": 10,
				"peers": peers, "totalPeers": n}})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(answer)))
			b.ReportAllocs()
			for b.Loop() {
				if s, err := ParseSummary(answer); err != nil || len(s["ipv4Unicast"].Peers) != n {
					b.Fatal(err)
				}
			}
		})
	}
}
