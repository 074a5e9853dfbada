//go:build linux

package agent

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/renameio/v2"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/integration/lab/listener"
	"github.com/k8frr/k8frr/templates"
)

// templated is a node whose agent takes templates from a directory, which does not exist yet.
func templated(t *testing.T, version lab.Version) (*node, string) {
	n := newNode(t, version)
	dir := filepath.Join(n.Dir(), "templates")
	n.Flags = append(n.Flags, "--templates", dir)
	n.Write("bgp.yaml", configuration)
	n.StartAgent()
	n.established("10.1.0.2", "fd00:1::2")
	n.Ready()
	return n, dir
}

// template puts a template into a directory, or replaces it, at once.
func (n *node) template(dir, name, text string) {
	n.t.Helper()
	n.retold()
	if err := renameio.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		n.t.Fatal(err)
	}
}

// untemplate removes a template, or all.
func (n *node) untemplate(path string) {
	n.t.Helper()
	n.retold()
	if err := os.RemoveAll(path); err != nil {
		n.t.Fatal(err)
	}
}

// retold marks the agent's log, for runs.
func (n *node) retold() {
	n.t.Helper()
	if n.Process("agent") != nil {
		n.told = len(n.Logged())
	}
}

// outcomes is what the agent says when it is done with templates that have changed.
var outcomes = regexp.MustCompile(`msg="configuration applied|taken back what no template|reason=(ConfigurationInvalid|RefusedByFRR)`)

// runs waits until FRR runs all of some lines, and none of others.
func (n *node) runs(lines []string, none ...string) {
	n.t.Helper()
	// Nothing else uses vtysh while the agent enters them: mgmtd 10.3 then hands nonsense to its daemons, and keeps its lock permanently.
	n.Until("the agent is done with the templates", func() bool { return outcomes.MatchString(n.Logged()[n.told:]) }, func() any { return n.Logged() })
	n.Configured(fmt.Sprintf("all of %q run, and none of %q", lines, none), func(running string) bool {
		is := func(line string) bool { return strings.Contains(running, "\n"+line+"\n") }
		return !slices.ContainsFunc(lines, func(line string) bool { return !is(line) }) && !slices.ContainsFunc(none, is)
	})
}

// embedded is a file of k8frr's own templates.
func embedded(t *testing.T, name string) string {
	t.Helper()
	text, err := fs.ReadFile(templates.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Lines of templates are applied, changed and removed without a session noticing, and lines that were entered manually remain,
// even if he wrote it to frr.conf.
func TestTemplates(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, dir := templated(t, version)
		n.Logs(0, "does not exist, so no template is overridden")
		n.Vtysh("configure terminal", "ip route 10.77.0.0/24 Null0", "access-list THEIRS seq 5 permit 10.0.0.0/8")
		theirs := []string{"ip route 10.77.0.0/24 Null0", "access-list THEIRS seq 5 permit 10.0.0.0/8"}
		runs := func(lines []string, none ...string) {
			t.Helper()
			n.runs(append(lines, theirs...), none...)
			n.Condition("ConfigurationApplied", "True")
		}
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		mark := n.heard.Mark()

		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		n.template(dir, "operator.tmpl", `{{define "operator" -}}
access-list MINE seq 5 permit 10.0.0.0/8
ip route 10.78.0.0/24 Null0
{{if eq .Node "node-a"}}ip route 10.79.0.0/24 Null0 200
{{else}}ip route 10.80.0.0/24 Null0
{{end}}line vty
 access-class MINE
exit
{{end}}`)
		runs([]string{"access-list MINE seq 5 permit 10.0.0.0/8", "ip route 10.78.0.0/24 Null0", "ip route 10.79.0.0/24 Null0 200", " access-class MINE"},
			"ip route 10.80.0.0/24 Null0")
		t.Logf("added after %v", time.Since(began).Round(time.Millisecond))

		n.Vtysh("write memory") // frr.conf is now everything that runs
		logged := len(n.Logged())
		n.template(dir, "operator.tmpl", `{{define "operator" -}}
access-list MINE seq 5 deny 10.0.0.0/8
access-list MINE seq 10 permit any
ip route 10.78.0.0/24 blackhole
ip route 10.79.0.0/24 Null0 201
{{end}}`)
		runs([]string{"access-list MINE seq 5 deny 10.0.0.0/8", "access-list MINE seq 10 permit any", "ip route 10.78.0.0/24 blackhole",
			"ip route 10.79.0.0/24 Null0 201"},
			"access-list MINE seq 5 permit 10.0.0.0/8", "ip route 10.78.0.0/24 Null0", "ip route 10.79.0.0/24 Null0 200", " access-class MINE")

		// An agent that comes later knows what the one before it had entered.
		n.Logs(logged, `msg="configuration applied`)
		n.KillAgent(syscall.SIGKILL)
		n.template(dir, "operator.tmpl", "access-list MINE seq 10 permit any\n")
		n.StartAgent()
		runs([]string{"access-list MINE seq 10 permit any"}, "access-list MINE seq 5 deny 10.0.0.0/8", "ip route 10.78.0.0/24 blackhole",
			"ip route 10.79.0.0/24 Null0 201")

		// Lines within BGP are k8frr's like the others.
		n.template(dir, "bgp.tmpl", edit(t, embedded(t, "bgp.tmpl"), " no bgp default ipv4-unicast\n", " no bgp default ipv4-unicast\n bgp bestpath as-path multipath-relax\n"))
		runs([]string{" bgp bestpath as-path multipath-relax"})
		n.untemplate(filepath.Join(dir, "bgp.tmpl"))
		runs([]string{"access-list MINE seq 10 permit any"}, " bgp bestpath as-path multipath-relax")

		n.untemplate(dir)
		runs(nil, "access-list MINE seq 10 permit any")
		n.announced("10.9.9.1/32")
		n.undisturbed(mark)
	})
}

// brokenTemplates are templates that nothing can run with, by who says so.
var brokenTemplates = []struct {
	name, reason, text string
	says               []string // in the condition's message
	runs               string   // what runs of it; "" if all is as it was
}{
	{name: "parsing", reason: "ConfigurationInvalid", text: "access-list MINE seq 5 permit any\n\n{{if}}", says: []string{"templates/operator.tmpl:3: missing value for if"}},
	{name: "a misspelt block", reason: "ConfigurationInvalid", text: "\n{{define \"oprator\"}}access-list MINE seq 5 permit any\n{{end}}",
		says: []string{"templates/operator.tmpl:2:", `nothing calls the block "oprator"`, " operator, "}},
	{name: "memory", reason: "ConfigurationInvalid", text: "access-list MINE seq {{len (repeat 1000000000 \"abcd\")}} permit any\n",
		says: []string{"templates/operator.tmpl:1:", "repeat: a value of more than 1048576 bytes"}},
	{name: "time", reason: "ConfigurationInvalid", text: "{{range 1000000000000}}{{end}}\n", says: []string{"templates/operator.tmpl:1:", "more work than is allowed"}},
	{name: "executing", reason: "ConfigurationInvalid", text: "access-list MINE seq 5 permit {{.Nod}}\n", says: []string{"templates/operator.tmpl:1:32:", "can't evaluate field Nod"}},
	{name: "a line", reason: "ConfigurationInvalid", text: "access-list MINE seq 5 permit any | include x\n", says: []string{"frr.conf line", "contains a | before a blank"}},
	{name: "FRR's grammar", reason: "RefusedInPart", runs: "access-list MINE seq 5 permit any", text: "access-list MINE seq 5 permit any\naccess-lisd MINE seq 6 permit any\n",
		says: []string{"access-lisd MINE seq 6 permit any", "Unknown command", "those that override them (operator.tmpl)"}},
	{name: "a daemon", reason: "RefusedInPart", runs: "access-list MINE seq 5 permit any", text: "access-list MINE seq 5 permit any\nrouter bgp 64999 vrf default\n neighbor 10.1.0.9 remote-as 1\nexit\n",
		says: []string{"operator.tmpl", "already running"}},
	// What is refused is what FRR validates by itself: 10.3 may lose its mgmtd when a daemon behind it refuses.
	{name: "FRR's validation", reason: "RefusedInPart", runs: "access-list MINE seq 5 permit any", text: "access-list MINE seq 5 permit any\nip prefix-list MINE seq 5 permit 10.0.0.0/8 ge 4\n",
		says: []string{"operator.tmpl", "ip prefix-list MINE seq 5 permit 10.0.0.0/8 ge 4"}},
	{name: "not as FRR shows it", reason: "RefusedInPart", runs: "access-list OTHER seq 5 permit any", text: "access-list OTHER seq 5 permit any\naccess-list MINE permit any\n",
		says: []string{"missing: access-list MINE permit any", "those that override them (operator.tmpl)", "as FRR's show running-config shows it"}},
}

// A template that nothing can run with changes nothing; of one with lines that FRR refuses the others run. No session and no prefix goes, addresses are mirrored as before, also by
// an agent that starts with it, and the status says where. When it is repaired, it is applied as if nothing had been.
func TestBrokenTemplates(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, dir := templated(t, version)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		n.template(dir, "operator.tmpl", "access-list GOOD seq 5 permit any\n")
		n.runs([]string{"access-list GOOD seq 5 permit any"})
		n.add("10.9.9.1/32")
		n.announced("10.9.9.1/32")
		mark := n.heard.Mark()
		for i, bad := range brokenTemplates {
			logged, began := len(n.Logged()), time.Now()
			n.template(dir, "operator.tmpl", bad.text)
			keeps, good, other := "keeps running", "access-list GOOD seq 5 permit any", "access-list MINE seq 5 permit any"
			if bad.runs != "" {
				keeps, good, other = "runs in part", bad.runs, "access-list GOOD seq 5 permit any"
			}
			n.Logs(logged, "the declared configuration does not run\" reason="+bad.reason)
			c := n.Condition("ConfigurationApplied", "False", append(bad.says, keeps)...)
			t.Logf("%s, after %v: %s: %s", bad.name, time.Since(began).Round(time.Millisecond), c.Reason, c.Message)
			if i%2 == 0 {
				n.KillAgent(syscall.SIGKILL)
				logged = len(n.Logged())
				n.StartAgent()
				n.Logs(logged, "the declared configuration does not run\" reason="+bad.reason)
				n.Condition("ConfigurationApplied", "False", append(bad.says, keeps)...)
			}
			n.runs([]string{good}, other)

			n.add("10.9.9.2/32")
			n.AddAddress("kube-lb0", "10.9.9.3/32", bare...)
			n.announced("10.9.9.1/32", "10.9.9.2/32", "10.9.9.3/32")
			n.mirrored(3)
			n.del("10.9.9.2/32", "10.9.9.3/32")
			n.mirrored(1)
			n.announced("10.9.9.1/32")

			began = time.Now()
			n.template(dir, "operator.tmpl", "access-list GOOD seq 5 permit any\naccess-list GOOD seq 6 deny any\n")
			n.runs([]string{"access-list GOOD seq 6 deny any"})
			n.Condition("ConfigurationApplied", "True")
			t.Logf("%s: recovered after %v", bad.name, time.Since(began).Round(time.Millisecond))
			n.template(dir, "operator.tmpl", "access-list GOOD seq 5 permit any\n")
			n.runs([]string{"access-list GOOD seq 5 permit any"}, "access-list GOOD seq 6 deny any")
		}
		n.announced("10.9.9.1/32")
		for _, e := range n.heard.Since(mark) {
			if e.Kind == listener.Down || e.Kind == listener.Withdrawn && e.Prefix.String() == "10.9.9.1/32" {
				t.Errorf("heard and not expected: %v", e)
			}
		}
	})
}

// Without anything good to fall back to, an agent with a broken template says so, and leaves FRR as it is.
func TestFirstStartWithABrokenTemplate(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n := newNode(t, version)
		dir := filepath.Join(n.Dir(), "templates")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		n.template(dir, "operator.tmpl", "{{if}}")
		n.Vtysh("configure terminal", "router bgp 65000", "neighbor 10.1.0.1 remote-as 65001")
		n.Flags = append(n.Flags, "--templates", dir)
		n.Write("bgp.yaml", configuration)
		before := n.Vtysh("show running-config")
		n.StartAgent()
		n.Condition("ConfigurationApplied", "False", "templates/operator.tmpl:1: missing value for if")
		if after := n.Vtysh("show running-config"); after != before {
			t.Errorf("FRR ran\n%s\nand runs\n%s", before, after)
		}
		n.template(dir, "operator.tmpl", "access-list GOOD seq 5 permit any\n")
		n.Condition("ConfigurationApplied", "True")
		n.established("10.1.0.2", "fd00:1::2")
	})
}

// The example does on FRR what it says.
func TestSampleTemplate(t *testing.T) {
	eachVersion(t, func(t *testing.T, version lab.Version) {
		n, dir := templated(t, version)
		sample, err := os.ReadFile("../../deploy/samples/templates/operator.tmpl")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		n.template(dir, "operator.tmpl", strings.ReplaceAll(string(sample), "worker-1", n.Name))
		lines := []string{"access-list MANAGEMENT seq 5 permit 10.0.0.0/8", "access-list MANAGEMENT seq 10 deny any", " access-class MANAGEMENT",
			"ip route 198.51.100.0/24 Null0 200"}
		n.runs(lines, "ip route 203.0.113.0/24 Null0 200")
		n.Condition("ConfigurationApplied", "True")
		n.Kept = true // mgmtd 10.3 may lose itself between the agent and who loads frr.conf
		n.FRR.StopAll()
		n.FRR.Start()
		n.Condition("ConfigurationApplied", "True")
		n.established("10.1.0.2", "fd00:1::2")
		n.Silent()
		n.runs(append(lines, "log syslog informational"))
		n.Condition("ConfigurationApplied", "True")
		mark := n.heard.Mark()
		n.untemplate(filepath.Join(dir, "operator.tmpl"))
		n.runs(nil, lines...)
		n.Condition("ConfigurationApplied", "True")
		n.undisturbed(mark)
	})
}

// What mgmtd has lost at its restart and zebra has not, is taken back all the same: mgmtd is told of it, and then of its end.
func TestTakenBackFromAMgmtdThatLostIt(t *testing.T) {
	n, dir := templated(t, lab.FRR103)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	const line = "access-list MANAGEMENT seq 5 permit 10.0.0.0/8"
	n.template(dir, "operator.tmpl", line+"\n")
	n.runs([]string{line})
	n.Condition("ConfigurationApplied", "True")
	n.Kill("agent", syscall.SIGSTOP)
	n.Kill("mgmtd", syscall.SIGKILL)
	<-n.Process("mgmtd").Done()
	n.FRR.StartDaemon("mgmtd") // and nobody loads frr.conf
	if running := n.Vtysh("show running-config"); !strings.Contains(running, line) {
		t.Errorf("no daemon has %s any more:\n%s", line, running)
	}
	n.untemplate(filepath.Join(dir, "operator.tmpl"))
	n.Kill("agent", syscall.SIGCONT)
	n.runs(nil, line)
	n.Condition("ConfigurationApplied", "True")
}
