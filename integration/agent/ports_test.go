//go:build linux

package agent

import (
	"context"
	"net/http"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// Metrics are at the node's own addresses, of both families, and not at service addresses; the probes are on loopback only.
func TestPorts(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version, "--metrics-address", "10.1.0.2:7473,[fd00:1::2]:7473,[fd00:1::3]:7473")
		n.Write("bgp.yaml", configuration)
		n.StartAgent()
		n.established("10.1.0.2", "fd00:1::2")
		n.add("10.9.9.1/32", "fd00:9::1/128")
		n.announced("10.9.9.1/32", "fd00:9::1/128")
		n.Ready()
		ctx, cancel := n.Deadline()
		defer cancel()
		for _, route := range [][]string{{"-4", "10.9.9.1/32", "10.1.0.2"}, {"-6", "fd00:9::1/128", "fd00:1::2"}} {
			if _, err := n.router.Exec(ctx, "ip", route[0], "route", "add", route[1], "via", route[2]); err != nil {
				t.Fatal(err)
			}
		}
		answers := func(host *lab.Host, url string) bool {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			status, _, err := host.Get(ctx, url)
			return err == nil && status == http.StatusOK
		}
		for _, own := range []string{"http://10.1.0.2:7473/metrics", "http://[fd00:1::2]:7473/metrics"} {
			if !answers(n.router, own) {
				t.Errorf("%s does not answer the router", own)
			}
		}
		for _, closed := range []string{"10.9.9.1:7473/metrics", "[fd00:9::1]:7473/metrics", "10.9.9.1:7474/healthz", "[fd00:9::1]:7474/healthz",
			"10.9.9.1:7474/readyz", "10.1.0.2:7474/healthz", "[fd00:1::2]:7474/healthz"} {
			if answers(n.router, "http://"+closed) {
				t.Errorf("%s answers the router", closed)
			}
		}
		if !answers(n.Host, "http://127.0.0.1:7474/healthz") {
			t.Error("the probes do not answer on loopback")
		}
		// An address that comes later than the agent is answered at, too.
		n.AddAddress("eth0", "fd00:1::3/64")
		n.Until("the metrics are at a new address of the node", func() bool { return answers(n.router, "http://[fd00:1::3]:7473/metrics") })
	})
}
