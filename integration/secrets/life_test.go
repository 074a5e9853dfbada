//go:build linux

package secrets

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8frr/k8frr/integration/lab"
	"github.com/k8frr/k8frr/render/token"
)

// Where passwords are planted: in Secrets, for a neighbor (and another one when it is changed) and for a peer group; in the
// configuration itself; in one that FRR refuses; in what somebody enters by hand; in a template, as FRR's own; and in lines of
// an operator that FRR does not have, or that are abbreviated.
var planted = Planted{"First", "Second", "Group", "Inline", "Refused", "ByHand", "Template", "Operator"}

const configuration = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  peerGroups:
  - config: {peerGroupName: leaves, peerAsn: 65001, authPasswordSecretRef: {name: bgp, key: group}}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001, authPasswordSecretRef: {name: bgp}}
    timers: {connectRetry: 1}
  - config: {neighborAddress: 10.1.0.3, peerGroup: leaves}
  - config: {neighborAddress: 10.1.0.4, peerAsn: 65001, authPassword: %s}
`

// configured is the configuration with more neighbors.
func configured(more ...string) string {
	return fmt.Sprintf(configuration, quoted("Inline")) + strings.Join(more, "")
}

func quoted(name string) string {
	text, _ := json.Marshal(Password(name))
	return string(text)
}

// secret is the Secret that it names.
func secret(name string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata: {name: bgp, namespace: purelb-system}\nstringData: {password: %s, group: %s}\n",
		quoted(name), quoted("Group"))
}

// Passwords are where FRR needs them and nowhere else, in a life in which everything happens to an agent that one can think of.
func TestLife(t *testing.T) {
	umasks := map[string]string{lab.FRR84.Name: "000", lab.FRR103.Name: "077"}
	for _, version := range lab.Versions {
		t.Run(version.Name, func(t *testing.T) {
			t.Parallel()
			n := newNode(t, version, umasks[version.Name])
			n.live()
			n.step("found nowhere else", n.search)
		})
	}
}

// live is that life.
func (n *node) live() {
	n.listen(Password("First"))
	n.Write("bgp.yaml", configured())
	n.Write("secret.yaml", secret("First"))
	n.StartAgent()
	n.Told(n.heard, "10.1.0.2")
	n.Vtysh("configure terminal", "log stdout debugging", "log commands")
	n.step("changed", func() {
		n.Write("secret.yaml", secret("Second"))
		n.listen(Password("Second"))
		n.Told(n.heard, "10.1.0.2")
	})
	n.step("refused by FRR", func() {
		n.template("operator-bgp.tmpl", lab.RefusingTemplate)
		n.Write("bgp.yaml", configured("  - config: {neighborAddress: 10.1.0.9, peerAsn: 65001, description: refused, authPassword: ", quoted("Refused"), "}\n"))
		n.Condition("ConfigurationApplied", "False", "local-as same as BGP AS")
		n.Write("bgp.yaml", configured())
		n.template("operator-bgp.tmpl", "")
		n.Condition("ConfigurationApplied", "True")
	})
	n.step("in a template that FRR takes", func() {
		n.template("operator.tmpl", "password "+Password("Template")+"\n")
		n.Configured("the template's line runs", func(running string) bool { return strings.Contains(running, Password("Template")) })
	})
	n.step("in templates that FRR refuses", func() {
		for _, line := range []string{"pasword", "activate"} {
			from := len(n.Logged())
			n.template("operator-bgp.tmpl", "\n{{- range .Neighbors}}\n neighbor {{.ID}} "+line+" {{.Password.Reveal}}\n{{- end}}")
			n.Logs(from, "the declared configuration does not run")
			n.Condition("ConfigurationApplied", "False", "FRR")
		}
		n.template("operator-bgp.tmpl", "")
		n.Condition("ConfigurationApplied", "True")
	})
	n.step("in lines of an operator that FRR refuses", func() {
		for _, line := range []string{"Password", "secret", "username admin password", "snmp-server community", "router bgp 65000\n nei 10.1.0.1 Passw", "router bgp 65000\n neighbor 10.1.0.1 pasword"} {
			from := len(n.Logged())
			n.template("operator.tmpl", line+" "+Password("Operator")+"\n")
			n.Logs(from, "the declared configuration does not run")
			n.Condition("ConfigurationApplied", "False", "FRR")
		}
		n.template("operator.tmpl", "")
		n.Condition("ConfigurationApplied", "True")
	})
	n.step("in a template that is broken", func() {
		n.template("operator-bgp.tmpl", "{{range .Neighbors}}{{if not .Password.IsZero}}{{fail .Password.Reveal}}{{end}}{{end}}")
		n.Condition("ConfigurationApplied", "False", "operator-bgp.tmpl")
		n.template("operator-bgp.tmpl", "")
		n.Condition("ConfigurationApplied", "True")
	})
	n.step("by hand", func() {
		from := len(n.Logged())
		n.Vtysh("configure terminal", "router bgp 65000", "neighbor 10.1.0.3 password "+Password("ByHand"), "neighbor 10.1.0.9 remote-as 65009",
			"neighbor 10.1.0.9 password "+Password("ByHand"))
		n.Logs(from, "it is undone")
	})
	n.step("while vtysh fails", func() {
		if err := os.WriteFile(n.broken, nil, 0o644); err != nil {
			n.t.Fatal(err)
		}
		from := len(n.Logged())
		n.Write("bgp.yaml", configured("  - config: {neighborAddress: 10.1.0.5, peerAsn: 65001, authPassword: ", quoted("Inline"), "}\n",
			"    applyPolicy: {importPolicy: {name: none, defaultAction: reject}}\n"))
		n.Logs(from, "vtysh ended with status 7")
		if err := os.Remove(n.broken); err != nil {
			n.t.Fatal(err)
		}
		n.Logs(from, "configuration applied")
	})
	n.step("while frr.conf cannot be written", func() {
		path := filepath.Join(n.FRR.ConfigDir, "frr.conf")
		if err := os.Rename(path, path+".aside"); err != nil {
			n.t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o755); err != nil {
			n.t.Fatal(err)
		}
		from := len(n.Logged())
		n.Write("bgp.yaml", configured())
		n.Logs(from, "frr.conf could not be written")
		if err := os.RemoveAll(path); err != nil {
			n.t.Fatal(err)
		}
		if err := os.Rename(path+".aside", path); err != nil {
			n.t.Fatal(err)
		}
	})
	n.step("by the last good configuration", func() {
		n.KillAgent(syscall.SIGKILL)
		n.Write("bgp.yaml", configured("  - config: {neighborAddress: 10.1.0.7, authPassword: ", quoted("Refused"), "}\n  - ["))
		n.Write("secret.yaml", strings.ReplaceAll(secret("Second"), "stringData", "data"))
		n.StartAgent()
		n.Condition("ConfigurationApplied", "False", "bgp.yaml")
		n.Write("secret.yaml", strings.ReplaceAll(secret("Second"), `"`+core("Second"), "*"+core("Second")))
		n.Logs(0, "secret.yaml")
		n.Write("secret.yaml", secret("Second"))
		n.Write("bgp.yaml", configured())
		n.Condition("ConfigurationApplied", "True")
	})
}

// step says how long a part of it takes.
func (n *node) step(what string, part func()) {
	n.t.Helper()
	began := time.Now()
	part()
	n.t.Logf("%s: %v", what, time.Since(began).Round(time.Millisecond))
}

// search looks through all that anybody could have seen of it.
func (n *node) search() {
	n.step("ready", n.Ready)
	outputs := map[string]string{}
	for _, what := range []string{"7473/metrics", "7474/healthz", "7474/readyz"} {
		outputs[what] = n.ask(what, true)
	}
	for _, port := range []string{"7473", "7474"} {
		for _, path := range []string{"/", "/debug", "/debug/pprof/", "/debug/pprof/goroutine?debug=2", "/debug/pprof/cmdline", "/debug/vars", "/config", "/metrics/", "/status"} {
			outputs[port+path] = n.ask(port+path, false)
		}
	}
	outputs["gobgp neighbor"] = n.gobgp("neighbor")
	outputs["gobgp -j neighbor"] = n.gobgp("-j", "neighbor")
	outputs["gobgp neighbor 10.1.0.1"] = n.gobgp("neighbor", "10.1.0.1")
	n.KillAgent(syscall.SIGINT)
	n.StartAgent()
	n.step("ready again", n.Ready)
	// Go prints what every goroutine is at.
	if err := n.Process("agent").Signal(syscall.SIGQUIT); err != nil {
		n.t.Fatal(err)
	}
	<-n.Process("agent").Done()
	outputs["what the agent prints"] = n.Logged()
	if !strings.Contains(n.Logged(), "goroutine 1 ") {
		n.t.Error("no stacks were printed")
	}
	status, err := os.ReadFile(n.Status)
	if err != nil {
		n.t.Fatal(err)
	}
	outputs["status"] = string(status)
	outputs["/proc"] = string(n.followed.End())
	if n.followed.Looks < 1000 || !strings.Contains(outputs["/proc"], "cmdline: vtysh") && !strings.Contains(outputs["/proc"], "vtysh --vty_socket") {
		n.t.Errorf("no vtysh was seen in %d looks:\n%s", n.followed.Looks, outputs["/proc"])
	}
	for what, text := range outputs {
		for _, found := range planted.In([]byte(text)) {
			n.t.Errorf("%s is in %s: …%s…", found, what, around(text, found))
		}
	}
	n.searchCalls()
	n.searchFiles()
	n.searchFRR()
}

// around is where a password was found in plain text, so that it is seen what told it.
func around(text, found string) string {
	name, _, _ := strings.Cut(found, " ")
	i := max(strings.Index(text, core(name)), 0)
	return text[max(0, i-200):min(len(text), i+100)]
}

// gobgp asks the agent as PureLB's plugin does.
func (n *node) gobgp(args ...string) string {
	n.t.Helper()
	link := filepath.Join(n.Dir(), "gobgp")
	if err := os.Symlink(program, link); err != nil && !os.IsExist(err) {
		n.t.Fatal(err)
	}
	ctx, cancel := n.Deadline()
	defer cancel()
	out, err := n.Exec(ctx, "env", append([]string{"FRR_SOCKET_DIR=" + n.FRR.SocketDir, link}, args...)...)
	if err != nil {
		n.t.Fatal(err)
	}
	return out
}

// searchCalls makes sure that a vtysh gets passwords in a file without a name, and in no other way.
func (n *node) searchCalls() {
	text, err := os.ReadFile(n.calls)
	if err != nil {
		n.t.Fatal(err)
	}
	scripts := 0
	for line := range strings.Lines(string(text)) {
		found := planted.In([]byte(line))
		if strings.HasPrefix(line, "> ") {
			scripts += len(found)
		} else if len(found) > 0 {
			n.t.Errorf("a vtysh is called with %q: %s", found, line)
		}
	}
	if scripts == 0 {
		n.t.Error("no vtysh was given a password at all")
	}
	if strings.Contains(string(text), "links 1") {
		n.t.Error("a script has a name in some directory")
	}
}

// mayHold are the files that passwords may be in, and their modes.
var mayHold = map[string]fs.FileMode{"frr.conf": 0o640, "k8frr-last-good.json": 0o600, "k8frr-operator-lines.conf": 0o600}

// searchFiles makes sure that passwords are in no other files than these, which others may not read.
func (n *node) searchFiles() {
	for _, dir := range []string{n.FRR.ConfigDir, n.FRR.SocketDir, n.Dir(), filepath.Join(n.Dir(), "state"), os.TempDir()} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			n.t.Fatal(err)
		}
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			info, err := os.Lstat(path)
			if err != nil || !info.Mode().IsRegular() || path == n.calls || strings.HasSuffix(path, ".log") || strings.HasPrefix(e.Name(), "objects") || info.Size() > 1<<20 {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				continue // it is another test's, and gone
			}
			mode, may := mayHold[e.Name()]
			if found := planted.In(text); len(found) > 0 && (!may || info.Mode() != mode) {
				n.t.Errorf("%q in %s, which has mode %v", found, path, info.Mode())
			}
		}
	}
	for name, mode := range mayHold {
		if info, err := os.Stat(filepath.Join(n.FRR.ConfigDir, name)); err != nil || info.Mode() != mode {
			n.t.Errorf("%s: mode %v, and not %v (%v)", name, info.Mode(), mode, err)
		}
	}
}

// searchFRR looks through what FRR's daemons print, which k8frr-frr hands on less what token.Redact replaces: bgpd repeats
// passwords. And no daemon can be made to leave its memory in a file.
func (n *node) searchFRR() {
	for _, daemon := range n.FRR.Version.Daemons {
		p := n.Process(daemon)
		text, err := os.ReadFile(p.Log)
		if err != nil {
			n.t.Fatal(err)
		}
		if daemon == "bgpd" && len(planted.In(text)) == 0 {
			n.t.Error("bgpd has printed no password, so that nothing is proved")
		}
		for line := range strings.Lines(string(text)) {
			if found := planted.In([]byte(token.Redact(line))); len(found) > 0 {
				n.t.Errorf("%q in what %s prints: %s", found, daemon, line)
			}
		}
		// It has changed its user, so that the kernel gives what is in it to root alone (prctl(2), PR_SET_DUMPABLE).
		info, err := os.Stat(fmt.Sprintf("/proc/%d/environ", p.PID()))
		if err != nil || info.Sys().(*syscall.Stat_t).Uid != 0 {
			n.t.Errorf("%s is dumpable: %+v, %v", daemon, info, err)
		}
	}
}
