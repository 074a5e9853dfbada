package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzFiles: whatever is in the files that k8frr reads, it says something about them, and nothing that a terminal obeys.
func FuzzFiles(f *testing.F) {
	files, err := filepath.Glob(fixture + "/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text[:min(len(text), 4<<10)])
	}
	const name = "{apiVersion: bgp.purelb.io/v1, kind: BGPNodeStatus, metadata: {name: "
	for _, text := range []string{
		minimal, "a: &a [*a]", "{{ .Values }}", "\x00", "\xff", "kind: \"\\e[31m\\u202e\"\napiVersion: x\n", "? [a]\n: b\n",
		name + `"\e]0;x\a"}, status: {nodeName: "\u202e", healthy: "yes"}}`,
		name + `n}, status: {neighbors: [{address: "\x1b", lastError: "a\nb\u009b", sessionUpSince: "9999-12-31T23:59:59Z", prefixesSent: 1e400}]}}`,
		name + `n}, status: {lastUpdated: "0000-01-01T00:00:00Z", heartbeatSeconds: -1, netlinkImport: {importedAddresses: [{address: "::/0"}]}, rib: null}}`,
		name + `n}, status: {nope: 1}}`, "kind: List\nitems: [null, 7, {kind: List, items: [{}]}]\n",
		minimal + "  neighbors: [{config: {neighborAddress: \"\\e[31m\", peerAsn: 99999999999}}]\n",
	} {
		f.Add([]byte(text))
	}
	f.Setenv("KUBECONFIG", "/nowhere")
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, line := range []string{"status --all -o wide", "status --all -o json", "sessions -o yaml", "node -o wide", "dataplane -o wide",
			"validate", "validate -o sarif", "render --node n"} {
			var stdout, stderr strings.Builder
			code := run(append(strings.Fields(line), "-f", "-"), strings.NewReader(string(text)), &stdout, &stderr)
			said := stdout.String() + stderr.String()
			if !utf8.ValidString(said) {
				t.Errorf("%s prints no UTF-8: %q", line, said)
			}
			for _, r := range said {
				if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
					t.Fatalf("%s prints %U: %.500q", line, r, said)
				}
			}
			if out := stdout.String(); strings.HasSuffix(line, "json") && code == statusOK && !json.Valid([]byte(out)) {
				t.Errorf("%s: no JSON: %.500q", line, out)
			}
		}
	})
}
