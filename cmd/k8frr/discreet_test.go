package main

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// discreetInput has a password wherever one can be, before a change and after it; {} stands for their difference.
const discreetInput = `apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  peerGroups:
  - config: {peerGroupName: leaves, peerAsn: 65001, authPasswordSecretRef: {name: bgp, key: group}}
  neighbors:
  - config: {neighborAddress: 10.1.0.1, peerAsn: 65001, authPasswordSecretRef: {name: bgp}}
  - config: {neighborAddress: 10.1.0.3, peerGroup: leaves}
  - config: {neighborAddress: 10.1.0.4, peerAsn: 65001, authPassword: hunter-inline{}}
  - config: {neighborAddress: 10.1.0.5, peerAsn: 65001, authPassword: hunter too many words{}}
---
apiVersion: v1
kind: Secret
metadata: {name: bgp, namespace: purelb-system}
stringData: {password: hunter-secret{}, group: hunter-group{}}
---
apiVersion: v1
kind: Node
metadata: {name: worker-1, labels: {rack: one}}
status:
  addresses: [{type: InternalIP, address: 10.1.0.2}]
`

// No command shows a password in any of its formats, whatever it is about, unless it is asked to.
func TestDiscreet(t *testing.T) {
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
	before := file("before.yaml", strings.ReplaceAll(discreetInput, "{}", ""))
	after := file("after.yaml", strings.ReplaceAll(discreetInput, "{}", "-changed"))
	running := file("running.conf", "frr version 10.3\npassword hunter-terminal\nenable password 8 hunter-enable\nkey chain K\n key 1\n  key-string hunter-chain\nexit\n"+
		"router bgp 65000\n neighbor 10.1.0.1 remote-as 65001\n neighbor 10.1.0.1 password hunter-by-hand\n neighbor 10.1.0.77 remote-as 65001\n"+
		" neighbor 10.1.0.77 password hunter-by-hand\n neighbor password peer-group\n neighbor password password hunter-by-hand\nexit\ninterface eth0\n ip ospf message-digest-key 1 md5 hunter-ospf\nexit\n")
	file("taken/operator.tmpl", "password hunter-template\nenable password hunter-template\nPassword hunter-template\nsecret hunter-template\nsecret 5 hunter-template\n"+
		"username admin secret hunter-template\nip ospf authentication hunter-template\nsnmp-server community hunter-template\nrouter bgp 65000\n nei 10.1.0.1 passw hunter-template\nexit\n"+
		"interface eth0\n ip ospf message-d 1 md hunter-template\n ip rip auth str hunter-template\nexit\n")
	file("broken/operator-bgp.tmpl", "{{range .Neighbors}}{{fail .Password.Reveal}}{{end}}")
	file("cut/operator-bgp.tmpl", "{{range .Neighbors}}\n neighbor {{.ID}} what | {{.Password.Reveal}}{{end}}")

	inputs := []string{"-f " + before + " --node worker-1"}
	for _, templates := range []string{"taken", "broken", "cut"} {
		inputs = append(inputs, inputs[0]+" --templates "+filepath.Join(dir, templates))
	}
	var lines []string
	for _, input := range inputs {
		for _, format := range []string{"text", "json"} {
			lines = append(lines, "render "+input+" -o "+format)
		}
		for _, format := range []string{"github", "json", "junit", "sarif", "text"} {
			lines = append(lines, "validate "+strings.ReplaceAll(input, " --node worker-1", "")+" -o "+format)
		}
	}
	for _, format := range []string{"text", "json", "markdown"} {
		for _, what := range []string{before + " " + after, after + " " + before, "--frr-running " + running + " -f " + after, before + " " + after + " --templates " + filepath.Join(dir, "taken")} {
			lines = append(lines, "diff "+what+" -o "+format)
		}
	}
	for _, format := range []string{"svg", "dot", "mermaid"} {
		lines = append(lines, "graph -f "+before+" -o "+format)
	}
	lines = append(lines, "explain", "explain spec.neighbors.config.authPassword", "render -f "+before+" --output-dir "+filepath.Join(dir, "out"))
	for _, line := range lines {
		var stdout, stderr strings.Builder
		status := run(strings.Fields(line), strings.NewReader(""), &stdout, &stderr)
		mistaken := strings.Contains(line, "/broken ") || strings.Contains(line, "/cut ")
		if (status == statusUsage) != mistaken || stdout.Len()+stderr.Len() == 0 && !strings.Contains(line, "--output-dir") {
			t.Errorf("k8frr %s: status %d\n%s", line, status, &stderr)
		}
		keeps(t, "k8frr "+line, stdout.String()+stderr.String())
	}
	written := 0
	err := filepath.WalkDir(filepath.Join(dir, "out"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		written++
		text, err := os.ReadFile(path)
		keeps(t, path, string(text))
		return err
	})
	if err != nil || written == 0 {
		t.Errorf("%d files written, %v", written, err)
	}
}

// What only looks like a secret is shown: a peer group called password, and what changes in it.
func TestNamesAreShown(t *testing.T) {
	dir := t.TempDir()
	object := func(name, group, more string) string {
		path := filepath.Join(dir, name)
		text := strings.NewReplacer("GROUP", group, "MORE", more).Replace(`apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: default, namespace: purelb-system}
spec:
  global: {asn: 65000}
  netlinkImport: {enabled: true, interfaceList: [kube-lb0]}
  peerGroups:
  - config: {peerGroupName: GROUP, peerAsn: 65001MORE}
  neighbors:
  - config: {neighborAddress: 192.0.2.1, peerGroup: GROUP}
`)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, group := range []string{"password", "secret", "key", "md5", "authentication-key"} {
		old, changed := object("old.yaml", group, ""), object("new.yaml", group, ", localAsn: 65010, allowOwnAsn: 10")
		for line, wanted := range map[string][]string{
			"diff " + old + " " + changed + " --node worker-1":             {"neighbor " + group + " local-as 65010", "neighbor 192.0.2.1 allowas-in 10"},
			"render -f " + changed + " --node worker-1":                    {"neighbor " + group + " peer-group", "neighbor 192.0.2.1 peer-group " + group},
			"diff " + old + " " + changed + " --node worker-1 -o markdown": {"neighbor " + group + " local-as 65010"},
		} {
			var stdout, stderr strings.Builder
			run(strings.Fields(line), strings.NewReader(""), &stdout, &stderr)
			for _, w := range wanted {
				if !strings.Contains(stdout.String(), w) {
					t.Errorf("k8frr %s does not show %q:\n%s%s", line, w, &stdout, &stderr)
				}
			}
			if strings.Contains(stdout.String(), "redacted") {
				t.Errorf("k8frr %s hides what is no secret:\n%s", line, &stdout)
			}
		}
	}
}

// keeps finds passwords in what was told.
func keeps(t *testing.T, what, text string) {
	t.Helper()
	forms := []string{"hunter", hex.EncodeToString([]byte("hunter"))}
	for before := range 3 {
		shape := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + "hunter"))
		forms = append(forms, shape[4:len(shape)-4])
	}
	for _, form := range forms {
		if i := strings.Index(text, form); i >= 0 && len(form) >= 4 {
			t.Errorf("%s shows a password: …%s…", what, text[max(0, i-100):min(len(text), i+60)])
		}
	}
}
