package status

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/k8frr/k8frr/render"
)

// What FRR prints of a peer whose names are full of escapes is JSON, but no UTF-8: bytes above 0x7f are as the peer sent
// them, and a name is cut in the middle of a character. It is understood all the same.
func TestHostileNames(t *testing.T) {
	p := netip.MustParsePrefix("20.13.4.0/24")
	for _, version := range versions {
		summary, neighbors := capture(t, version, "hostile", SummaryCommand), capture(t, version, "hostile", NeighborsCommand)
		prefix := capture(t, version, "hostile", PrefixCommand(p))
		for _, answer := range [][]byte{summary, neighbors, prefix} {
			if utf8.Valid(answer) || !bytes.Contains(answer, []byte("evil")) {
				t.Errorf("%s: the capture is harmless", version)
			}
		}
		var s Snapshot
		var err error
		if s.Summary, err = ParseSummary(summary); err != nil {
			t.Fatal(err)
		}
		if s.Neighbors, err = ParseNeighbors(neighbors); err != nil {
			t.Fatal(err)
		}
		if got, err := ParsePrefix(p, prefix); err != nil || len(got.Paths) != 1 || got.Paths[0].Peer != "10.1.0.13" {
			t.Errorf("%s: %+v, error %v", version, got, err)
		}
		down := s.Summary["ipv4Unicast"].Peers["10.1.0.10"]
		down.State = Idle // the neighbors were captured after the peer had left
		s.Summary["ipv4Unicast"].Peers["10.1.0.10"] = down
		config := &render.Config{}
		for _, id := range []string{"10.1.0.10", "10.1.0.11"} {
			config.Neighbors = append(config.Neighbors, render.Neighbor{ID: id, Address: netip.MustParseAddr(id)})
		}
		status := Build(Observation{Now: now, Node: "n", Config: config, Snapshot: &s})
		allShow(t, status)
		if said := status.Neighbors[0].LastError; !strings.Contains(said, `with the message "evil\\x1b]0;owned`) {
			t.Errorf("%s: %s", version, said)
		}
		if status.EstablishedCount != 1 {
			t.Errorf("%s: %+v", version, status.Neighbors)
		}
	}
}
