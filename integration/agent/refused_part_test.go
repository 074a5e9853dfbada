//go:build linux

package agent

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
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
// Part is what FRR calls what the agent leaves out for it, or its beginning; "" if k8frr leaves it out before FRR is asked.
var faults = []struct {
	name, neighbors, old, new string
	operator, bgp             string
	part, instead             string
}{
	{name: "the node itself", neighbors: `  - config: {neighborAddress: 10.1.0.2, peerAsn: 65001}`},
	{name: "the node itself, over IPv6", neighbors: `  - config: {neighborAddress: "fd00:1::2", peerAsn: 65001}`},
	{name: "a line of a neighbor that there is not", part: "neighbor 10.7.7.7", bgp: " neighbor 10.7.7.7 description absent"},
	{name: "an internal member of an external group", part: "neighbor 10.7.7.7",
		bgp: " neighbor OURS peer-group\n neighbor OURS remote-as 65009\n neighbor 10.7.7.7 remote-as 65000\n neighbor 10.7.7.7 peer-group OURS"},
	{name: "ranges that overlap", part: "range 10.7.", bgp: " neighbor OURS peer-group\n neighbor OURS remote-as 65009\n" +
		" bgp listen range 10.7.0.0/16 peer-group OURS\n bgp listen range 10.7.1.0/24 peer-group OURS"},
	{name: "its own AS number as local-as", part: "neighbor 10.7.7.7", bgp: " neighbor 10.7.7.7 remote-as 65009\n neighbor 10.7.7.7 local-as 65000"},
	{name: "a prefix list that validation refuses", part: "ip prefix-list OOPS", operator: "ip prefix-list OOPS seq 5 permit 10.0.0.0/8 ge 4"},
	{name: "a list and a new neighbor that has it", part: "ip prefix-list OOPS", operator: "ip prefix-list OOPS seq 5 permit 10.0.0.0/8 ge 4",
		bgp: " neighbor 10.7.7.7 remote-as 65009\n address-family ipv4 unicast\n  neighbor 10.7.7.7 activate\n  neighbor 10.7.7.7 prefix-list OOPS in\n exit-address-family"},
	{name: "a route map that validation refuses", part: "route-map OOPS", operator: "route-map OOPS permit 10\n set ipv6 next-hop global fe80::1\nexit"},
	{name: "a group", part: "neighbor OURS",
		bgp: " neighbor OURS peer-group\n neighbor OURS remote-as 65009\n neighbor OURS local-as 65000\n neighbor 10.7.7.7 peer-group OURS"},
	{name: "a new neighbor of the object", part: "neighbor 10.7.7.7", bgp: strings.Trim(lab.RefusingTemplate, "\n"),
		neighbors: `  - config: {neighborAddress: 10.7.7.7, peerAsn: 65007, description: refused}`},
	{name: "a change of a neighbor", part: "neighbor fd00:1::1", instead: "Previous", bgp: strings.Trim(lab.RefusingTemplate, "\n"),
		old: `{neighborAddress: "fd00:1::1", peerAsn: 65001}`, new: `{neighborAddress: "fd00:1::1", peerAsn: 65001, description: refused}`},
}

// changes are edits of the configuration, by what they do to the session over IPv4. The one over IPv6 they leave alone.
var changes = []struct {
	name, old, new string
	ends           bool
	runs           string // a line that FRR then runs, or with "no " lacks
}{
	{"multihop", "connectRetry: 1}\n  - config: {neighborAddress: \"fd00", "connectRetry: 1}\n    ebgpMultihop: {enabled: true, multihopTtl: 3}\n  - config: {neighborAddress: \"fd00", true, "neighbor 10.1.0.1 ebgp-multihop 3"},
	{"password", "10.1.0.1, peerAsn: 65001}", "10.1.0.1, peerAsn: 65001, authPassword: sesame}", true, "neighbor 10.1.0.1 password sesame"},
	{"passive", "connectRetry: 1}\n  - config: {neighborAddress: \"fd00", "connectRetry: 1}\n    transport: {passiveMode: true}\n  - config: {neighborAddress: \"fd00", true, "neighbor 10.1.0.1 passive"},
	{"description", "10.1.0.1, peerAsn: 65001}", "10.1.0.1, peerAsn: 65001, description: tor}", false, "neighbor 10.1.0.1 description tor"},
	{"removed", "  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001}\n    timers: {connectRetry: 1}\n", "", true, "no neighbor 10.1.0.1 remote-as 65001"},
}

// Of objects that FRR refuses in part everything else runs, and the status names the part. They cost no session, but that of a
// neighbor which they change and which FRR takes, and that once: neither when they are declared nor when the part is tried again.
// What is heard is what the router hears. When the object is corrected, all of it runs.
func TestRefusedInPart(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		r := rand.New(rand.NewPCG(*refusedSeed, 7473))
		order := r.Perm(len(faults))
		for i := range *refusedCases {
			fault, change := faults[order[i%len(faults)]], changes[r.IntN(len(changes))]
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
				if fault.old != "" {
					wanted = edit(t, wanted, fault.old, fault.new)
				}
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
				if fault.part == "" {
					n.Condition("ConfigurationApplied", "True")
					n.kept(mark, change.ends)
					return
				}
				n.leavesOut(fault.part, fault.instead)
				n.Configured("the rest of it runs", func(running string) bool {
					line, isNo := strings.CutPrefix(change.runs, "no ")
					return strings.Contains(running, line) != isNo
				})
				n.kept(mark, change.ends)
				if !n.settles(logged, 2) {
					t.Errorf("FRR takes what it refused:\n%s", n.Logged())
				}
				n.kept(mark, change.ends)
				n.leavesOut(fault.part, fault.instead)

				n.untemplate(filepath.Join(dir, "operator-bgp.tmpl"))
				n.untemplate(filepath.Join(dir, "operator.tmpl"))
				n.Write("bgp.yaml", edit(t, configuration, change.old, change.new))
				n.Condition("ConfigurationApplied", "True")
				n.kept(mark, change.ends)
			})
		}
	})
}

// FRR refuses a new neighbor, a change of a running one and a line of the operator's at once. The rest runs, and each part comes
// in by itself when it is corrected. An agent that starts meanwhile knows the parts: it ends no session to find them.
func TestRefusedInSeveralParts(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version)
		dir := filepath.Join(n.Dir(), "templates")
		n.Flags = append(n.Flags, "--refused-retry", "1s", "--templates", dir)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		n.template(dir, "operator-bgp.tmpl", `{{define "operator-bgp"}}`+lab.RefusingTemplate+"{{end}}")
		n.Write("bgp.yaml", configuration)
		n.StartAgent()
		n.established("10.1.0.2", "fd00:1::2")
		n.Ready()
		mark := n.heard.Mark()
		n.template(dir, "operator.tmpl", `{{define "operator" -}}`+"\nip prefix-list OOPS seq 5 permit 10.0.0.0/8 ge 4\n{{end}}")
		good := edit(t, configuration, changes[0].old, changes[0].new)
		n.Write("bgp.yaml", edit(t, good, `"fd00:1::1", peerAsn: 65001`, `"fd00:1::1", peerAsn: 65001, description: refused`)+
			"  - config: {neighborAddress: 10.7.7.7, peerAsn: 65007, description: refused}\n")
		all := func() {
			t.Helper()
			n.leavesOut("neighbor 10.7.7.7", "Nothing")
			n.leavesOut("neighbor fd00:1::1", "Previous")
		}
		all()
		n.leavesOut("ip prefix-list OOPS", "Nothing")
		n.Configured("the rest of it runs", func(running string) bool {
			return strings.Contains(running, changes[0].runs) && !strings.Contains(running, "neighbor fd00:1::1 description")
		})
		n.kept(mark, true)

		n.established("10.1.0.2", "fd00:1::2")
		mark = n.heard.Mark()
		n.KillAgent(syscall.SIGKILL)
		logged := len(n.Logged())
		n.StartAgent()
		if !n.settles(logged, 4) {
			t.Errorf("FRR takes what it refused:\n%s", n.Logged())
		}
		all()
		n.untemplate(filepath.Join(dir, "operator.tmpl"))
		n.Until("the list is not left out any more", func() bool {
			s, err := n.Report()
			return err == nil && s.Status.Configuration != nil && len(s.Status.Configuration.LeftOut) == 2
		})
		all()
		n.undisturbed(mark)
		n.Write("bgp.yaml", good)
		n.Condition("ConfigurationApplied", "True")
		n.undisturbed(mark)
	})
}

// leavesOut waits until the agent reports that what is declared runs without a part.
func (n *node) leavesOut(part, instead string) {
	n.t.Helper()
	if instead == "" {
		instead = "Nothing"
	}
	n.Until("the status names what FRR refuses", func() bool {
		s, err := n.Report()
		if c := s.Status.Configuration; err != nil || c == nil || c.Generation != c.Declared {
			return false
		}
		for _, c := range s.Status.Conditions {
			if c.Type == "ConfigurationApplied" && (c.Status != "False" || c.Reason != "RefusedInPart" || !strings.Contains(c.Message, part)) {
				return false
			}
		}
		for _, l := range s.Status.Configuration.LeftOut {
			if strings.HasPrefix(l.Part, part) && l.Instead == instead && l.Message != "" {
				return true
			}
		}
		return false
	}, func() any {
		s, _ := n.Report()
		return fmt.Sprintf("%+v\n%s", s.Status.Configuration, n.Logged())
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

// A line of a neighbor that runs is refused when another one has been reset already: that one has what is declared then, and is
// reset once. The neighbor of the line keeps its session and what it had. What is tried again later resets nothing.
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
		logged, began := len(n.Logged()), n.heard.Mark()
		n.template(dir, "operator-bgp.tmpl", `{{define "operator-bgp"}}`+"\n neighbor 10.1.0.1 ebgp-multihop 3\n neighbor fd00:1::1 local-as 65000{{end}}")
		n.Condition("ConfigurationApplied", "False", "neighbor fd00:1::1 local-as 65000")
		n.Configured("the other neighbor has its line", func(running string) bool { return strings.Contains(running, "neighbor 10.1.0.1 ebgp-multihop 3") })
		n.established("10.1.0.2", "fd00:1::2")
		n.kept(began, true)
		mark := n.heard.Mark()
		tried := strings.Count(n.Logged()[logged:], "trying again what FRR refused")
		if !n.settles(logged, tried+2) {
			t.Fatalf("FRR takes it:\n%s", n.Logged())
		}
		n.undisturbed(mark)
		n.untemplate(filepath.Join(dir, "operator-bgp.tmpl"))
		n.Condition("ConfigurationApplied", "True")
		n.kept(mark, true)
	})
}
