package files_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/k8frr/k8frr/render"
	"github.com/k8frr/k8frr/supervise/files"
)

func configuration(name string, asn int) string {
	return fmt.Sprintf(`apiVersion: bgp.purelb.io/v1
kind: BGPConfiguration
metadata: {name: %s}
spec:
  global: {asn: %d}
  neighbors:
  - config: {neighborAddress: 192.0.2.1, peerAsn: 65001}
    authPasswordSecretRef: {name: bgp}
`, name, asn)
}

const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: %s, namespace: purelb-system}\nstringData: {password: %s}\n"

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func observer(dir string) *files.Files {
	return files.New(dir, files.Options{NodeName: "worker-1", Namespace: "purelb-system", ConfigurationName: "default"})
}

func observe(t *testing.T, f *files.Files) render.Objects {
	t.Helper()
	o, err := f.Observe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestObserve(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bgp.yaml"), configuration("default", 65000)+"---\n"+configuration("spare", 65009))
	write(t, filepath.Join(dir, "secrets.yml"), fmt.Sprintf(secret, "bgp", "one")+"---\n"+fmt.Sprintf(secret, "other", "two"))
	write(t, filepath.Join(dir, "nodes.json"), `{"apiVersion": "v1", "kind": "NodeList", "items": [
		{"metadata": {"name": "worker-1", "labels": {"rack": "1"}}}, {"metadata": {"name": "worker-2"}}]}`)
	write(t, filepath.Join(dir, "settings.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n")
	for _, ignored := range []string{".bgp.yaml.swp", "bgp.yaml~", "README.md", ".hidden.yaml"} {
		write(t, filepath.Join(dir, ignored), "not: [yaml")
	}
	if err := os.Mkdir(filepath.Join(dir, "below.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	f := observer(dir)
	o := observe(t, f)
	if o.Configuration == nil || o.Configuration.Spec.Global.ASN != 65000 || o.Configuration.Generation != 1 {
		t.Errorf("configuration %+v", o.Configuration)
	}
	if len(o.Ignored) != 1 || o.Ignored[0] != "spare" {
		t.Errorf("ignored %v", o.Ignored)
	}
	if o.Node.Labels["rack"] != "1" {
		t.Errorf("node %+v", o.Node)
	}
	if len(o.Secrets) != 1 || o.Secrets["bgp"]["password"].Reveal() != "one" {
		t.Errorf("Secrets %v", o.Secrets)
	}
	if w := f.Warnings(); len(w) != 1 || !strings.HasPrefix(w[0], "ConfigMap settings (settings.yaml:1) is passed over") {
		t.Errorf("warnings %q", w)
	}
}

func TestOneFileIsEnough(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bgp.yaml"), configuration("lab", 65000))
	o := observe(t, observer(dir))
	if o.Configuration == nil || o.Configuration.Name != "lab" || o.Node == nil || o.Node.Name != "worker-1" {
		t.Errorf("%+v", o)
	}
}

func TestGenerationGrowsWithTheSpec(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "bgp.yaml")
	f := observer(dir)
	for _, tt := range []struct {
		text string
		want int64
	}{
		{configuration("default", 65000), 1},
		{"# a comment\n" + configuration("default", 65000), 1},
		{configuration("default", 65001), 2},
		{configuration("default", 65000), 3},
		{strings.Replace(configuration("default", 65000), "{name: default", "{generation: 42, name: default", 1), 42},
	} {
		write(t, path, tt.text)
		if got := observe(t, f).Configuration.Generation; got != tt.want {
			t.Errorf("generation %d, want %d, of\n%s", got, tt.want, tt.text)
		}
	}
}

func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	f := observer(filepath.Join(dir, "d"))
	fails := func(want string) {
		t.Helper()
		if _, err := f.Observe(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	fails("configuration directory: stat " + dir + "/d: no such file or directory")
	if err := os.Mkdir(filepath.Join(dir, "d"), 0o700); err != nil {
		t.Fatal(err)
	}
	if o := observe(t, f); o.Configuration != nil {
		t.Errorf("an empty directory declares %v", o.Configuration)
	}
	write(t, filepath.Join(dir, "d", "a.yaml"), configuration("default", 0))
	fails("a.yaml:5: BGPConfiguration default: spec.global.asn: Invalid value: 0")
	write(t, filepath.Join(dir, "d", "a.yaml"), configuration("default", 65000))
	write(t, filepath.Join(dir, "d", "b.yaml"), configuration("default", 65001))
	fails("b.yaml:1: BGPConfiguration purelb-system/default: is given twice, first at a.yaml:1")
	write(t, filepath.Join(dir, "d", "b.yaml"), strings.TrimSuffix(configuration("default", 65001), "}\n"))
	fails("b.yaml:")
}
