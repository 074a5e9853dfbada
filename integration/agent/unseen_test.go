//go:build linux

package agent

import (
	"os"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render/token"
)

// Characters that are not seen come into no frr.conf, from descriptions and operators' lines, and FRR runs what is declared
// all the same; a name that has one is refused, and the condition shows it; and none is in a status or a log.
func TestUnseenCharacters(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, templates := templated(t, version)
		if err := os.Mkdir(templates, 0o755); err != nil {
			t.Fatal(err)
		}
		n.template(templates, "operator.tmpl", "ip prefix-list OPER\u200b seq 5 permit 10.99.0.0/16\nip prefix-list OPER description \u202etxt.exe\u202c list\n")
		n.Write("bgp.yaml", strings.Replace(configuration, "peerAsn: 65001", "peerAsn: 65001, description: \"gw\u202egnp\u202c to\u200br \ufeff\"", 1))
		n.Configured("the description and the operator's lines run", func(running string) bool {
			return strings.Contains(running, "description gwgnp tor\n") && strings.Contains(running, "ip prefix-list OPER seq 5 permit 10.99.0.0/16\n") &&
				strings.Contains(running, "ip prefix-list OPER description txt.exe list\n")
		})
		n.Ready()
		n.Silent()
		mark := n.heard.Mark()
		n.Write("bgp.yaml", strings.Replace(configuration, "  neighbors:", "  peerGroups:\n  - config: {peerGroupName: \"tor\u200b\", peerAsn: 65001}\n  neighbors:", 1))
		n.Condition("ConfigurationApplied", "False", "U+200B")
		n.undisturbed(mark)
		shown := func(what, text string) {
			for line := range strings.Lines(text) {
				if body := strings.TrimSuffix(line, "\n"); !token.IsShown(strings.ReplaceAll(body, "\t", " ")) {
					t.Errorf("%s: %q", what, body)
				}
			}
		}
		status, err := os.ReadFile(n.Status)
		if err != nil {
			t.Fatal(err)
		}
		shown("the status", string(status))
		shown("the log", n.Logged())
		if logged := n.Logged(); strings.Contains(logged, "drift") {
			t.Errorf("the agent found drift:\n%s", logged)
		}
	})
}
