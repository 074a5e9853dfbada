//go:build linux

package agent

import (
	"os"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

// A router that is on the node's link and that only a host route leads to is not connected to FRR. The status says so, and
// multihopTtl: 1 brings the sessions up, of both families, although the router never connects by itself.
func TestHostRoute(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		l := lab.New(t)
		host, router := l.Host("node-a"), l.Host("router")
		l.Connect(host.Port("eth0", "10.1.0.2/32", "fd00:1::2/128"), router.Port("eth0", "10.1.0.1/32", "fd00:1::1/128"))
		for _, end := range []struct {
			host *lab.Host
			to   []string
		}{{host, []string{"10.1.0.1/32", "fd00:1::1/128"}}, {router, []string{"10.1.0.2/32", "fd00:1::2/128"}}} {
			for _, to := range end.to {
				if _, err := end.host.Exec(t.Context(), "ip", "route", "add", to, "dev", "eth0"); err != nil {
					t.Fatal(err)
				}
			}
		}
		n := prepare(t, host, version)
		n.router, n.heard = router, router.Listen(listener.Config{ASN: 65001})
		n.Write("bgp.yaml", configuration)
		n.StartAgent()
		n.Ready()
		n.add("10.9.9.1/32", "fd00:9::1/128")
		n.Until("the status says that neither peer is directly connected", func() bool {
			text, _ := os.ReadFile(n.Status)
			return strings.Count(strings.Join(strings.Fields(string(text)), " "), "not directly connected") == 2
		})
		n.Write("bgp.yaml", strings.ReplaceAll(configuration, "    timers: {connectRetry: 1}", "    timers: {connectRetry: 1}\n    ebgpMultihop: {enabled: true, multihopTtl: 1}"))
		n.established("10.1.0.2", "fd00:1::2")
		n.announced("10.9.9.1/32", "fd00:9::1/128")
	})
}
