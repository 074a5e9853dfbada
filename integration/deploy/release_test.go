//go:build linux

package deploy

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

const version = "v0.9.0-rc.1"

// released runs the recipe for parts of a release.
func released(t *testing.T, dist string, parts ...string) string {
	t.Helper()
	programs := strings.TrimSpace(command(t, "", tree+"integration/apiserver/build.sh"))
	t.Setenv("PATH", programs+":"+os.Getenv("PATH"))
	t.Setenv("DIST", dist)
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	return command(t, "", tree+"deploy/release/release.sh", append([]string{version}, parts...)...)
}

// What is released has the release's version everywhere, and no other.
func TestReleasedManifests(t *testing.T) {
	dist := t.TempDir()
	released(t, dist, "manifests", "chart", "checksums")
	standalone, err := os.ReadFile(filepath.Join(dist, "k8frr-standalone_"+version+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range parse(t, string(standalone)).daemonSet(t, "k8frr").Spec.Template.Spec.Containers {
		if c.Image != "ghcr.io/k8frr/k8frr:"+version {
			t.Errorf("%s runs %s", c.Name, c.Image)
		}
	}
	unpacked := t.TempDir()
	command(t, "", "tar", "-xzf", filepath.Join(dist, "k8frr-"+strings.TrimPrefix(version, "v")+".tgz"), "-C", unpacked)
	program, err := helm()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range parse(t, command(t, "", program, "-n", namespace, unpacked+"/k8frr")).daemonSet(t, "k8frr").Spec.Template.Spec.Containers {
		if c.Image != "ghcr.io/k8frr/k8frr:"+version {
			t.Errorf("the chart's %s runs %s", c.Name, c.Image)
		}
	}
	command(t, "", "sh", "-c", `cd "$0" && sha256sum --check --strict SHA256SUMS`, dist)
}

// krew gets for each platform an archive that there is, with its sum.
func TestKrew(t *testing.T) {
	dist := t.TempDir()
	platforms := []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
	var want []platform
	for _, p := range platforms {
		os_, arch, _ := strings.Cut(p, "/")
		name, bin := fmt.Sprintf("k8frr_%s_%s_%s.tar.gz", version, os_, arch), "k8frr"
		if os_ == "windows" {
			bin = "k8frr.exe"
		}
		if err := os.WriteFile(filepath.Join(dist, name), []byte(p), 0o600); err != nil {
			t.Fatal(err)
		}
		var w platform
		w.Selector.MatchLabels = map[string]string{"os": os_, "arch": arch}
		w.URI = "https://github.com/k8frr/k8frr/releases/download/" + version + "/" + name
		w.SHA256, w.Bin = fmt.Sprintf("%x", sha256.Sum256([]byte(p))), bin
		want = append(want, w)
	}
	released(t, dist, "krew")
	text, err := os.ReadFile(filepath.Join(dist, "k8frr.krew.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var plugin struct {
		APIVersion, Kind string
		Metadata         struct{ Name string }
		Spec             struct {
			Version, Homepage, ShortDescription, Description string
			Platforms                                        []platform
		}
	}
	if err := yaml.UnmarshalStrict(text, &plugin); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, plugin.Spec.Platforms); diff != "" {
		t.Errorf("platforms (-want +is):\n%s", diff)
	}
	if plugin.Spec.Version != version || len(plugin.Spec.ShortDescription) > 50 { // krew's own limits
		t.Errorf("version %s, short description of %d letters", plugin.Spec.Version, len(plugin.Spec.ShortDescription))
	}
}

type platform struct {
	Selector struct {
		MatchLabels map[string]string `json:"matchLabels"`
	} `json:"selector"`
	URI    string `json:"uri"`
	SHA256 string `json:"sha256"`
	Bin    string `json:"bin"`
}
