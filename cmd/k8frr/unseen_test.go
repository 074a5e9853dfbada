package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render/token"
)

// unseen are strings that are not what they seem: one that turns the text around, one with characters of no width, one
// that a terminal obeys, one that makes a line of its own, one of private characters and one of blanks like others.
var unseen = []string{
	"gw\u202egnp.\u202c", "to\u200br\ufeff", "red\x1b[31m\u009b2J", "line\n::warning file=x::forged\nrest", "return\r::error::forged", "\ue000\U000f0000", "a\u00a0b\u2800", "sep\u2028::notice::forged",
}

// unseenInput has a string, {}, wherever a user can write one.
const unseenInput = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata:
  name: default
  namespace: purelb-system
  annotations: {note: {}}
spec:
  global:
    asn: 65000
    routerID: {ID}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0, {}]}
  definedSets:
  - {type: community, name: {}, list: [{}]}
  - {type: prefix, name: second, prefixes: [{ipPrefix: {}}]}
  policyDefinitions:
  - name: {}
    statements:
    - {name: {}, conditions: {communitySet: {name: {}}}, actions: {routeAction: accept}}
  peerGroups:
  - config: {peerGroupName: {}, peerAsn: 65001, description: {}}
  vrfs:
  - {name: {}, rd: {}}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001, description: {}}
  - config: {neighborAddress: 10.1.0.3, peerGroup: {}}
  - config: {neighborAddress: {}, peerAsn: 65001}
  - config: {neighborInterface: {}, peerAsn: 65001}
  - config: {neighborAddress: 10.1.0.4, peerAsn: 65001, authPasswordSecretRef: {name: {}, key: {}}}
    nodeSelector: {matchLabels: {rack: {}}}
    applyPolicy: {exportPolicy: {name: {}, policyList: [{}]}}
    afiSafis: [{family: {}}]
---
apiVersion: v1
kind: Node
metadata: {name: {NODE}, labels: {rack: {}}, annotations: {key: {}}}
status: {addresses: [{type: InternalIP, address: 10.1.0.2}]}
---
apiVersion: v1
kind: {}
metadata: {name: {}}
`

// simpleInput is valid, whatever its description is.
const simpleInput = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000, routerID: {ID}}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001, description: {}}
`

// Whatever a user, a file or a template says: no output has a character that is not seen, and no line is another's.
func TestUnseen(t *testing.T) {
	for i, s := range unseen {
		quoted := quotedYAML(s)
		fill := func(input, id, node string) string {
			return strings.NewReplacer("{ID}", id, "{NODE}", node, "{}", quoted).Replace(input)
		}
		dir := t.TempDir()
		file := func(name, text string) string {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			return path
		}
		name := strings.ReplaceAll(s, "/", "-")
		all := file("all.yaml", fill(unseenInput, "10.0.0.1", quoted))
		id := file("id.yaml", fill(simpleInput, quotedYAML("${node.annotations['"+s+"']}"), "worker-1")+strings.ReplaceAll(fill("---\napiVersion: v1\nkind: Node\nmetadata: {name: {NODE}}\n", "", "worker-1"), "\x00", ""))
		simple := file("simple.yaml", fill(simpleInput, "10.0.0.1", ""))
		other := file("other.yaml", strings.Replace(fill(simpleInput, "10.0.0.1", ""), "65001", "65002", 1))
		named := file(name+".yaml", fill(simpleInput, "10.0.0.1", "")+"  - {}\n")
		broken := file("broken-"+name+".yaml", "{"+s)
		running := file("running.conf", "frr version 10.3\nrouter bgp 65000\n neighbor 10.1.0.1 remote-as 65001\n neighbor 10.1.0.1 description "+strings.ReplaceAll(s, "\n", " ")+"\nexit\n")
		file("taken/operator.tmpl", "! "+strings.ReplaceAll(token.Seen(s), "\n", " ")+"\u202e comment\nhostname x\u200by\n")
		file("failing/operator.tmpl", "{{fail "+quotedGo(s)+"}}")
		file("odd/operator.tmpl", "hostname "+strings.ReplaceAll(s, "\n", "\t")+"\n")
		file("named/"+name+".tmpl", "x")

		var lines [][]string
		add := func(words ...string) { lines = append(lines, words) }
		for _, format := range []string{"text", "github", "json", "junit", "sarif"} {
			for _, input := range []string{all, id, simple, named, broken, filepath.Join(dir, "missing"+name)} {
				add("validate", input, "-o", format)
			}
			add("validate", simple, "--templates", filepath.Join(dir, "odd"), "-o", format)
			add("validate", simple, "-o", s)
		}
		for _, format := range []string{"text", "json"} {
			for _, templates := range []string{"taken", "failing", "odd", "named", "none" + name} {
				add("render", "-f", simple, "--node", "worker-1", "--templates", filepath.Join(dir, templates), "-o", format)
			}
			add("render", "-f", all, "-o", format)
			add("render", "-f", id, "-o", format)
			add("render", "-f", named, "--node", "worker-1", "-o", format)
			add("render", "-f", simple, "--node", s, "-o", format)
			add("render", "-f", simple, "--node", "worker-1", "--address", s, "-o", format)
			add("render", "-f", simple, "--node", "worker-1", "--name", s, "-o", format)
			add("render", "-f", simple, "--node", "worker-1", "--namespace", s, "-o", format)
		}
		for _, format := range []string{"text", "json", "markdown"} {
			add("diff", simple, other, "--node", "worker-1", "-o", format)
			add("diff", simple, other, "--node", s, "-o", format)
			add("diff", simple, all, "--node", "worker-1", "-o", format)
			add("diff", named, other, "--node", "worker-1", "-o", format)
			add("diff", "--frr-running", running, "-f", other, "--node", "worker-1", "-o", format)
			add("diff", simple, other, "--templates", filepath.Join(dir, "taken"), "--node", "worker-1", "-o", format)
		}
		for _, format := range []string{"svg", "dot", "mermaid"} {
			add("graph", "-f", simple, "--node", "worker-1", "-o", format)
			add("graph", "-f", all, "-o", format)
			add("graph", "-f", id, "-o", format)
		}
		for _, command := range []string{"status", "sessions", "dataplane", "node", "watch"} {
			add(command, "-f", named, "--node", s)
			add(command, "-f", filepath.Join(dir, "missing"+name))
			add(command, "--context", s, "--kubeconfig", filepath.Join(dir, name))
			add(command, "-o", s)
			add(command, s)
		}
		add("explain", s)
		add("explain", "spec."+s)
		add(s)
		add("render", "--"+s)
		for _, words := range lines {
			var stdout, stderr strings.Builder
			run(words, strings.NewReader(""), &stdout, &stderr)
			what := strings.ToValidUTF8(token.Show(strings.Join(words, " ")), "?")
			isSeen(t, what, stdout.String()+stderr.String(), words[len(words)-1] == "github")
		}
		if t.Failed() {
			t.Fatalf("with string %d, %q", i, s)
		}
	}
}

// isSeen finds characters that are not seen, and lines that a string has made.
func isSeen(t *testing.T, what, text string, isGitHub bool) {
	t.Helper()
	for line := range strings.Lines(text) {
		body := strings.TrimSuffix(line, "\n")
		for _, r := range body {
			if token.Unseen(r) && r != '\t' {
				t.Errorf("k8frr %s shows %U: %q", what, r, body)
				break
			}
		}
		if start := strings.TrimLeft(body, " \t+-!#"); strings.HasPrefix(start, "::") && !isGitHub || strings.HasPrefix(start, "forged") || strings.HasPrefix(start, "::warning file=x::") {
			t.Errorf("k8frr %s has a line of somebody else's: %q", what, body)
		}
	}
}

// A file may have a name that a CI system takes for a command.
func TestFileNamesAreNoCommands(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"::error::forged.yaml", "##[error]forged.yaml"} {
		if err := os.WriteFile(name, []byte(strings.ReplaceAll(simpleInput, "{ID}", "x")), 0o644); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr strings.Builder
		run([]string{"validate", name}, strings.NewReader(""), &stdout, &stderr)
		if stdout.Len() == 0 || !strings.HasPrefix(stdout.String(), "./"+name) {
			t.Errorf("%s: %q", name, stdout.String())
		}
	}
}

// quotedYAML is a string as YAML's double-quoted style has it.
func quotedYAML(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\x1b':
			b.WriteString(`\e`)
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\u009b':
			b.WriteString(`\x9b`)
		case r == '\u2028':
			b.WriteString(`\L`)
		default:
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}

func quotedGo(s string) string { return "`" + strings.ReplaceAll(s, "`", "") + "`" }
