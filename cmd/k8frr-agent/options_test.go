//go:build linux

package main

import (
	"slices"
	"testing"
)

func TestMetricsAddresses(t *testing.T) {
	for _, tt := range []struct {
		nodeIPs string
		want    []string
	}{
		{"", []string{"127.0.0.1:7473"}},
		{"192.0.2.11", []string{"192.0.2.11:7473"}},
		{"192.0.2.11,fd00::11", []string{"192.0.2.11:7473", "[fd00::11]:7473"}},
		{" 192.0.2.11 , ", []string{"192.0.2.11:7473"}},
	} {
		if got := metricsAddresses(tt.nodeIPs); !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.nodeIPs, got, tt.want)
		}
	}
}
