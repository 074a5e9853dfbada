package token_test

import (
	"testing"

	"github.com/k8frr/k8frr/render/token"
)

// integration/vtysh compares these with what FRR makes of the names.
func TestWordsOfFRR(t *testing.T) {
	for _, tt := range []struct {
		name                    string
		nextHop, vrf, clearable bool
	}{
		{"kube-lb0", true, true, true},
		{"blackhole", false, true, true},
		{"black", false, true, true},
		{"Reject", false, true, true},
		{"Null0", false, true, true},
		{"Nul", false, true, true},
		{"null01", false, true, true},
		{"nullable", true, true, true},
		{"blackhole0", true, true, true},
		{"1.2.3.4", false, true, true},
		{"external", true, true, false},
		{"ext", true, true, false},
		{"ext0", true, true, true},
		{"7473", true, true, false},
		{"1.5", true, true, false},
		{"*", true, true, false},
		{"all", true, false, true},
		{"al", true, false, true},
		{"all0", true, true, true},
		{"default", true, false, true},
		{"", false, false, false},
		{"a/b", false, false, true},
	} {
		_, nextHop := token.NextHop(tt.name)
		_, vrf := token.VRF(tt.name)
		if got := (nextHop == nil); got != tt.nextHop {
			t.Errorf("next hop %q: %v", tt.name, nextHop)
		}
		if got := (vrf == nil); got != tt.vrf {
			t.Errorf("VRF %q: %v", tt.name, vrf)
		}
		if got := token.Clearable(tt.name); got != tt.clearable {
			t.Errorf("clearable %q: %t", tt.name, got)
		}
	}
}
