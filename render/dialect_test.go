package render

import (
	"testing"

	v1 "github.com/k8frr/k8frr/api/v1"
)

func TestDialectOf(t *testing.T) {
	for version, want := range map[string]Dialect{
		"8.4.4":       FRR8,
		"8.4.4-1.1":   FRR8,
		"9.1":         FRR8,
		"10.0.1":      {DialsLinkLocal: true},
		"10.1":        FRR10,
		"10.3":        FRR10,
		"10.5-dev-my": FRR10,
		"11.0":        FRR10,
	} {
		got, err := DialectOf(version)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", version, got, err, want)
		}
	}
	for _, version := range []string{"", "dev", "v10.3"} {
		if _, err := DialectOf(version); err == nil {
			t.Errorf("%q passes for a version", version)
		}
	}
}

func TestLinkLocalNeighborIsWaitedFor(t *testing.T) {
	c := &v1.BGPConfiguration{Spec: v1.BGPConfigurationSpec{
		Global:    v1.Global{ASN: 65000, RouterID: "192.0.2.1"},
		Neighbors: []v1.Neighbor{{Config: v1.NeighborConfig{NeighborAddress: "fe80::1%eth0", PeerASN: 65001}}},
	}}
	for dialect, want := range map[Dialect]int{FRR8: 1, FRR10: 0} {
		_, notes, err := Resolve(Input{Objects: Objects{Configuration: c, Node: nodeWith("n", nil)}, Dialect: dialect})
		if err != nil || len(notes) != want {
			t.Errorf("%+v: notes %v, error %v; want %d notes", dialect, notes, err, want)
		}
	}
}
