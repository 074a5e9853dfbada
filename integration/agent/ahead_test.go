//go:build linux

package agent

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
)

// With its start options there before FRR is, as when both are started together for the first time, FRR starts once.
func TestStartOptionsAhead(t *testing.T) {
	t.Parallel()
	n := newNode(t, lab.FRR84)
	file := filepath.Join(n.FRR.ConfigDir, "daemons")
	n.Flags = append(n.Flags, "--daemons-file", file)
	n.FRR.StopAll()
	n.Write("bgp.yaml", edit(t, configuration, "global: {asn: 65000}", "global: {asn: 65000, listenPort: 1790, routerID: 10.1.0.2}"))
	n.StartAgent()
	var text []byte
	n.Until("the file daemons has bgpd's port", func() bool {
		text, _ = os.ReadFile(file)
		return strings.Contains(string(text), `bgpd_options="-A 127.0.0.1 -p 1790"`)
	}, func() any { return string(text) })
}
