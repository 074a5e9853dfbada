//go:build linux

package agent

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
)

var (
	refusedCases = flag.Int("refused-cases", 4, "how many random objects that FRR refuses in part are tried on each version")
	refusedSeed  = flag.Uint64("refused-seed", 15, "the seed of these objects")
)

// faults are what FRR's grammar lets pass and a daemon refuses, with what goes into the object and into the templates.
// Each names something that no running session depends on.
var faults = []struct {
	name, neighbors, spec string
	operator, bgp         string
}{
	{name: "the node itself", neighbors: `  - config: {neighborAddress: 10.1.0.2, peerAsn: 65001}`},
	{name: "the node itself, over IPv6", neighbors: `  - config: {neighborAddress: "fd00:1::2", peerAsn: 65001}`},
	{name: "a line of a neighbor that there is not", bgp: " neighbor 10.7.7.7 description nobody"},
	{name: "an internal member of an external group",
		bgp: " neighbor OURS peer-group\n neighbor OURS remote-as 65009\n neighbor 10.7.7.7 remote-as 65000\n neighbor 10.7.7.7 peer-group OURS"},
	{name: "ranges that overlap", bgp: " neighbor OURS peer-group\n neighbor OURS remote-as 65009\n" +
		" bgp listen range 10.7.0.0/16 peer-group OURS\n bgp listen range 10.7.1.0/24 peer-group OURS"},
	{name: "its own AS number as local-as", bgp: " neighbor 10.7.7.7 remote-as 65009\n neighbor 10.7.7.7 local-as 65000"},
	{name: "a prefix list that validation refuses", operator: "ip prefix-list OOPS seq 5 permit 10.0.0.0/8 ge 4"},
}

// changes are edits of the configuration, by what they do to the session over IPv4. The one over IPv6 they leave alone.
var changes = []struct {
	name, old, new string
	ends           bool
}{
	{"multihop", "connectRetry: 1}\n  - config: {neighborAddress: \"fd00", "connectRetry: 1}\n    ebgpMultihop: {enabled: true, multihopTtl: 3}\n  - config: {neighborAddress: \"fd00", true},
	{"password", "10.1.0.1, peerAsn: 65001}", "10.1.0.1, peerAsn: 65001, authPassword: sesame}", true},
	{"passive", "connectRetry: 1}\n  - config: {neighborAddress: \"fd00", "connectRetry: 1}\n    transport: {passiveMode: true}\n  - config: {neighborAddress: \"fd00", true},
	{"description", "10.1.0.1, peerAsn: 65001}", "10.1.0.1, peerAsn: 65001, description: tor}", false},
	{"removed", "  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}\n    timers: {connectRetry: 1}\n", "", true},
}

// Objects that FRR refuses in part cost no session, but that of a neighbor which they change and which FRR takes: neither when
// they are declared nor when they are tried again. What is heard is what the router hears.
func TestRefusedInPart(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		r := rand.New(rand.NewPCG(*refusedSeed, 7473))
		for i := range *refusedCases {
			fault, change := faults[r.IntN(len(faults))], changes[r.IntN(len(changes))]
			first := r.IntN(2) == 0
			t.Run(fmt.Sprintf("%d: %s, and %s", i, fault.name, change.name), func(t *testing.T) {
				n := newNode(t, version)
				dir := filepath.Join(n.Dir(), "templates")
				n.Flags = append(n.Flags, "--refused-retry", "1s", "--templates", dir)
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				n.Write("bgp.yaml", configuration)
				n.StartAgent()
				n.established("10.1.0.2", "fd00:1::2")
				n.Ready()
				n.add("10.9.9.1/32", "fd00:9::1/128")
				n.announced("10.9.9.1/32", "fd00:9::1/128")
				mark, logged := n.heard.Mark(), len(n.Logged())

				wanted := edit(t, configuration, change.old, change.new)
				if fault.neighbors != "" && first {
					wanted = edit(t, wanted, "neighbors:\n", "neighbors:\n"+fault.neighbors+"\n")
				} else if fault.neighbors != "" {
					wanted += fault.neighbors + "\n"
				}
				// Templates and objects are two files: the fault comes first, and the change while it is refused.
				if fault.bgp != "" {
					n.template(dir, "operator-bgp.tmpl", `{{define "operator-bgp"}}`+"\n"+fault.bgp+"{{end}}")
				}
				if fault.operator != "" {
					n.template(dir, "operator.tmpl", `{{define "operator" -}}`+"\n"+fault.operator+"\n{{end}}")
				}
				n.Write("bgp.yaml", wanted)
				if !n.settles(logged, 2) {
					t.Logf("FRR refuses nothing of it, or it was left out")
					n.kept(mark, change.ends)
					return
				}
				n.kept(mark, false)

				n.untemplate(filepath.Join(dir, "operator-bgp.tmpl"))
				n.untemplate(filepath.Join(dir, "operator.tmpl"))
				n.Write("bgp.yaml", edit(t, configuration, change.old, change.new))
				n.Condition("ConfigurationApplied", "True")
				n.kept(mark, change.ends)
			})
		}
	})
}

// settles waits until the agent has tried what it refused so many times again, or runs what is declared: then it is false.
func (n *node) settles(from, times int) (refused bool) {
	n.t.Helper()
	n.Until("the agent has tried it again, or all of it runs", func() bool {
		logged := n.Logged()[from:]
		refused = strings.Count(logged, "trying again what FRR refused") >= times
		s, err := n.Report()
		if refused || err != nil {
			return refused
		}
		for _, c := range s.Status.Conditions {
			if c.Type == "ConfigurationApplied" && c.Status == "True" && s.Status.Configuration.Generation > 1 {
				return true
			}
		}
		return false
	})
	return refused
}

// kept makes sure that the session over IPv6 has not ended since a mark, and the one over IPv4 at most once, if that.
func (n *node) kept(mark int, once bool) {
	n.t.Helper()
	time.Sleep(rest)
	ended := 0
	for _, e := range n.heard.Since(mark) {
		if e.Kind != listener.Down {
			continue
		}
		if e.Peer.Is4() {
			ended++
		}
		if e.Peer.Is6() || !once || ended > 1 {
			n.t.Errorf("a session ended that nobody changed: %v\n%s", e, n.Logged())
		}
	}
}

// A line of a neighbor that runs is refused when another one has been reset already: no order of the commands can avoid that.
// What is tried again later resets nothing.
func TestRetryResetsNothing(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version)
		dir := filepath.Join(n.Dir(), "templates")
		n.Flags = append(n.Flags, "--refused-retry", "1s", "--templates", dir)
		n.Write("bgp.yaml", configuration)
		n.StartAgent()
		n.established("10.1.0.2", "fd00:1::2")
		n.Ready()
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		logged := len(n.Logged())
		n.template(dir, "operator-bgp.tmpl", `{{define "operator-bgp"}}`+"\n neighbor 10.1.0.1 ebgp-multihop 3\n neighbor fd00:1::1 local-as 65000{{end}}")
		n.Condition("ConfigurationApplied", "False", "neighbor fd00:1::1 local-as 65000")
		n.established("10.1.0.2", "fd00:1::2")
		mark := n.heard.Mark()
		tried := strings.Count(n.Logged()[logged:], "trying again what FRR refused")
		if !n.settles(logged, tried+2) {
			t.Fatalf("FRR takes it:\n%s", n.Logged())
		}
		n.undisturbed(mark)
		n.untemplate(filepath.Join(dir, "operator-bgp.tmpl"))
		n.Condition("ConfigurationApplied", "True")
		n.undisturbed(mark)
	})
}
