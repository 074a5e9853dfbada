//go:build linux

package report

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"golang.org/x/sys/unix"

	"github.com/k8frr/k8frr/status"
)

// FuzzMetrics: whatever names and texts there are, Prometheus understands what it is told.
func FuzzMetrics(f *testing.F) {
	f.Add("10.1.0.1", "default", "10.3", "bgpd")
	f.Add("\x1b[31m\n", "a\"b\\", "\xff\xfe", "\u202e")
	f.Add("", "", "", "")
	f.Fuzz(func(t *testing.T, neighbor, vrf, version, daemon string) {
		m := seen()
		m.FRRVersion, m.Daemons[daemon], m.RouterID = version, true, neighbor
		for i := range m.Sessions[:2] {
			m.Sessions[i].VRF, m.Sessions[i].Neighbor = vrf, neighbor
			m.Sessions[i].PeerASN += 1 << i // twice the same series would be none at all
		}
		m.Dynamic = map[string]status.DynamicMetrics{vrf: {Known: 1}}
		c := NewCollector()
		c.show(m)
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(c)
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, family := range families {
			if _, err := expfmt.MetricFamilyToText(&text, family); err != nil {
				t.Fatal(err)
			}
		}
		parser := expfmt.NewTextParser(model.LegacyValidation)
		if _, err := parser.TextToMetricFamilies(strings.NewReader(text.String())); err != nil {
			t.Fatalf("%v: %s", err, text.String())
		}
	})
}

// FuzzKernel: whatever the kernel says, nothing panics, and a route is one.
func FuzzKernel(f *testing.F) {
	f.Add([]byte(nil), "TcpExt: TCPMD5NotFound\nTcpExt: 1\n")
	f.Add([]byte{2, 24, 0, 0, 254, 186, 0, 1, 0, 0, 0, 0, 8, 0, 1, 0, 10, 0, 0, 0, 8, 0, 6, 0, 20, 0, 0, 0}, "TcpExt: a\nTcpExt: 1 2 3")
	f.Add([]byte{10, 255, 0, 0, 254, 186, 0, 1, 0, 0, 0, 0, 5, 0, 15, 0, 1, 0, 0, 0}, "\n\n\n")
	f.Add([]byte{2, 24, 0, 0, 254, 186, 0, 1, 0, 0, 0, 0, 8, 0, 1, 0, 10, 0, 0, 0, 5, 0, 6, 0, 20}, "") // its last attribute is not filled up
	f.Fuzz(func(t *testing.T, m []byte, netstat string) {
		_ = parseMD5(netstat)
		for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
			if r, ok := decodeRoute(m, family, 254, status.KernelProtocol); ok && !r.Prefix.IsValid() {
				t.Errorf("%+v", r)
			}
		}
	})
}
