package manifest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	corev1 "k8s.io/api/core/v1"

	"github.com/k8frr/k8frr/api/manifest"
	v1 "github.com/k8frr/k8frr/api/v1"
)

func errorLines(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// Each archive holds input files, a file "documents" with what is read from
// them, and a file "errors" with the beginning of each message.
func TestRead(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal(archives, err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var want, wantErrs, got, gotErrs []string
			for _, file := range archive.Files {
				switch file.Name {
				case "documents":
					want = strings.Split(strings.TrimSpace(string(file.Data)), "\n")
				case "errors":
					wantErrs = strings.Split(strings.TrimSpace(string(file.Data)), "\n")
				default:
					documents, err := manifest.Read(strings.NewReader(string(file.Data)), file.Name)
					for _, d := range documents {
						line := d.String()
						if d.Object == nil {
							line += " passed over"
						}
						got = append(got, line)
					}
					gotErrs = append(gotErrs, errorLines(err)...)
				}
			}
			for i := range min(len(wantErrs), len(gotErrs)) {
				if strings.HasPrefix(gotErrs[i], wantErrs[i]) {
					gotErrs[i] = wantErrs[i]
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("documents (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(wantErrs, gotErrs); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

// What an editor cannot show is spelt out here.
func TestEncodings(t *testing.T) {
	const node = "apiVersion: v1\nkind: Node\nmetadata:\n  name: worker-1\n"
	for _, tt := range []struct{ name, text, want string }{
		{"byte order mark", "\xef\xbb\xbf" + node, ""},
		{"CRLF", strings.ReplaceAll(node+"---\n# nothing\n---\n", "\n", "\r\n"), ""},
		{"no line feed at the end", strings.TrimSpace(node), ""},
		{"document end marker", node + "...\n# nothing\n", ""},
		{"Latin-1", node + "  annotations: {a: \"\xe9\"}\n", "f:5: is not UTF-8 text"},
		{"UTF-16", "\xff\xfea\x00p\x00i\x00", "f:1: is not UTF-8 text"},
		{"NUL", node + "  labels: {a: \"\x00\"}\n", "f:1: is not YAML: control characters are not allowed"},
		{"tab", node + "\tlabels: {}\n", "f:5: is not YAML: found a tab character that violates indentation"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			documents, err := manifest.Read(strings.NewReader(tt.text), "f")
			if tt.want != "" {
				if err == nil || err.Error() != tt.want {
					t.Errorf("error %v, want %s", err, tt.want)
				}
				return
			}
			if err != nil || len(documents) != 1 || documents[0].Name != "worker-1" {
				t.Errorf("%v, %v", documents, err)
			}
		})
	}
}

func TestSecret(t *testing.T) {
	documents, err := manifest.Read(strings.NewReader(`
apiVersion: v1
kind: Secret
metadata: {name: bgp}
data: {a: b25l, b: dHdv, c: }
stringData: {b: three}
`), "f")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]byte{"a": []byte("one"), "b": []byte("three"), "c": nil}
	if diff := cmp.Diff(want, documents[0].Object.(*corev1.Secret).Data); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoMessageHoldsASecret(t *testing.T) {
	const head = "apiVersion: v1\nkind: Secret\nmetadata: {name: bgp}\n"
	for _, rest := range []string{
		"data: {password: hunter2}", "data: {password: [hunter2]}", "data: hunter2",
		"stringData: {password: [hunter2]}", "stringData: hunter2",
		"stringData: {password: 'hunter2}", "stringData: {password: !!int hunter2}",
		"stringData:\n  password: hunter2\n  password: hunter2",
		"stringData:\n  password: hunter2: x", "type: [hunter2]", "immutable: hunter2",
		"metadata: {name: hunter2}",
	} {
		_, err := manifest.Read(strings.NewReader(head+rest+"\n"), "f")
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", rest, err)
		}
	}
}

func TestCollect(t *testing.T) {
	read := func(name, text string) []manifest.Document {
		documents, err := manifest.Read(strings.NewReader(text), name)
		if err != nil {
			t.Fatal(err)
		}
		return documents
	}
	const configuration = "{apiVersion: bgp.purelb.io/v1, kind: BGPConfiguration, metadata: {name: default}, spec: {global: {asn: 65000}}}\n"
	documents := append(read("a", configuration+"---\n{apiVersion: v1, kind: Secret, metadata: {name: default, namespace: ns}}\n"),
		read("b", "# another one\n{apiVersion: bgp.purelb.io/v1, kind: BGPConfiguration, metadata: {name: default, namespace: ns}, spec: {global: {asn: 65001}}}\n"+
			"---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n---\n{apiVersion: v1, kind: Node, metadata: {name: default}}\n")...)
	set, err := manifest.Collect(documents, "ns")
	if got, want := errorLines(err), []string{"b:2: BGPConfiguration ns/default: is given twice, first at a:1"}; !cmp.Equal(got, want) {
		t.Errorf("errors %q, want %q", got, want)
	}
	if len(set.Nodes) != 1 || len(set.Secrets) != 1 || len(set.Ignored) != 1 || set.Ignored[0].String() != "ConfigMap c (b:4)" {
		t.Errorf("%d Nodes, %d Secrets, ignored %v", len(set.Nodes), len(set.Secrets), set.Ignored)
	}
	if set.Configurations[0].Namespace != "ns" {
		t.Errorf("namespace %q", set.Configurations[0].Namespace)
	}
}

// Every sample must be accepted as it stands.
func TestSamples(t *testing.T) {
	samples, err := filepath.Glob("../../deploy/samples/*.yaml")
	if err != nil || len(samples) < 6 {
		t.Fatal(samples, err)
	}
	for _, name := range samples {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		documents, err := manifest.Read(file, filepath.Base(name))
		file.Close()
		if err != nil {
			t.Error(err)
		}
		set, err := manifest.Collect(documents, "")
		if err != nil || len(set.Configurations) != 1 || len(set.Ignored) > 0 {
			t.Errorf("%s: %d configurations, ignored %v, %v", name, len(set.Configurations), set.Ignored, err)
		}
	}
}

func TestManagedFieldsAndStatusAreLeftOut(t *testing.T) {
	documents, err := manifest.Read(strings.NewReader(`
apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata:
  name: default
  generation: 7
  managedFields: [{manager: kubectl, operation: Apply, apiVersion: bgp.purelb.io/v1, fieldsType: FieldsV1, fieldsV1: {"f:spec": {}}}]
spec: {global: {asn: 65000}}
status: {fieldOfAnotherAgent: true, neighborCount: many}
`), "f")
	if err != nil {
		t.Fatal(err)
	}
	got := documents[0].Object.(*v1.BGPConfiguration)
	if got.ManagedFields != nil || got.Generation != 7 || got.Status.NeighborCount != 0 {
		t.Errorf("%+v", got)
	}
}
