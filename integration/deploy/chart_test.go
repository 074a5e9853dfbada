//go:build linux

package deploy

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const chart = tree + "deploy/helm/k8frr"

// helm is a program of Helm's own packages, which renders and lints.
var helm = sync.OnceValues(func() (string, error) {
	cache := cmp.Or(os.Getenv("K8FRR_CACHE"), "/var/cache/k8frr")
	program := filepath.Join(cache, "helm", "helm")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = tree + "integration/helm"
	build.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build integration/helm: %w: %s", err, out)
	}
	return program, nil
})

// template renders the chart with a file of values, if any, for a server that has admission policies.
func template(t testing.TB, values string) string {
	t.Helper()
	program, err := helm()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"-n", namespace, "-api", "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy"}
	if values != "" {
		args = append(args, "-f", values)
	}
	return command(t, "", program, append(args, chart)...)
}

// charts are the files of values that the chart is tested with, by name.
func charts(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/values/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := map[string]string{"default": ""}
	for _, file := range files {
		all[strings.TrimSuffix(filepath.Base(file), ".yaml")] = file
	}
	return all
}

// What the chart makes is as it was. Definitions, dashboards and rules are files of their own, which TestChartFiles compares.
func TestChartGolden(t *testing.T) {
	for name, values := range charts(t) {
		t.Run(name, func(t *testing.T) {
			is := ""
			for document := range strings.SplitSeq(template(t, values), "---\n") {
				if !strings.Contains(document, "kind: CustomResourceDefinition") && !strings.Contains(document, "files/") {
					is += "---\n" + document
				}
			}
			golden(t, filepath.Join("testdata/golden", name+".yaml"), is)
		})
	}
}

// golden compares a text with a file, or makes the file.
func golden(t *testing.T, file, is string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(is), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), is); diff != "" {
		t.Errorf("%s (-is +would be; go test -update makes it so):\n%s", file, diff)
	}
}

// Without values the chart installs what deploy/standalone installs: every field is the same, but for Helm's labels and the
// values that are spelled out where the manifest leaves them to their defaults.
func TestChartIsTheManifest(t *testing.T) {
	is, want := parse(t, template(t, "")), parse(t, kustomize(t, "deploy/standalone"))
	for key, object := range is {
		plain(object)
		if object.GetKind() == "DaemonSet" {
			explicit(t, object)
		}
		is[key] = object
	}
	for _, object := range want {
		plain(object)
	}
	same(t, "the chart's", is, want)
}

// plain forgets what Helm adds to an object.
func plain(o unstructured.Unstructured) {
	for _, at := range [][]string{{"metadata"}, {"spec", "template", "metadata"}} {
		labels, found, _ := unstructured.NestedStringMap(o.Object, append(at, "labels")...)
		if found {
			maps.DeleteFunc(labels, func(key, _ string) bool {
				return key != "app.kubernetes.io/name" && (strings.HasPrefix(key, "app.kubernetes.io/") || key == "helm.sh/chart")
			})
			if o.GetKind() != "DaemonSet" {
				delete(labels, "app.kubernetes.io/name")
			}
			_ = unstructured.SetNestedStringMap(o.Object, labels, append(at, "labels")...)
			if len(labels) == 0 {
				unstructured.RemoveNestedField(o.Object, append(at, "labels")...)
			}
		}
	}
	unstructured.RemoveNestedField(o.Object, "metadata", "annotations", "helm.sh/resource-policy")
}

// explicit checks what the chart spells out, and forgets it.
func explicit(t *testing.T, o unstructured.Unstructured) {
	t.Helper()
	containers, _, err := unstructured.NestedSlice(o.Object, "spec", "template", "spec", "containers")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range containers {
		c := c.(map[string]any)
		if c["imagePullPolicy"] != "IfNotPresent" {
			t.Errorf("%s: imagePullPolicy %v", c["name"], c["imagePullPolicy"])
		}
		delete(c, "imagePullPolicy")
		args := map[any]any{"k8gobgp": []any{"--log-level=info", "--log-format=text"}}
		if diff := gocmp.Diff(args[c["name"]], c["args"]); diff != "" {
			t.Error(diff)
		}
		delete(c, "args")
		c["env"] = slices.DeleteFunc(c["env"].([]any), func(e any) bool {
			defaults := map[string]string{"DRIFT": "undo", "CLEAR_PENDING": "false", "COMPAT_METRICS": "false", "K8FRR_LOG_FORMAT": "text"}
			value, is := defaults[e.(map[string]any)["name"].(string)]
			return is && e.(map[string]any)["value"] == value
		})
	}
	if err := unstructured.SetNestedSlice(o.Object, containers, "spec", "template", "spec", "containers"); err != nil {
		t.Fatal(err)
	}
}

// A value that the chart does not know, or that cannot be meant, is refused by its name.
func TestChartRefuses(t *testing.T) {
	program, err := helm()
	if err != nil {
		t.Fatal(err)
	}
	for values, says := range map[string]string{
		"mode: daemonset":                           "mode",
		"imagepullsecrets: []":                      "imagepullsecrets",
		"agent: {drift: maybe}":                     "drift",
		"frr: {drain: 30}":                          "drain",
		"terminationGracePeriodSeconds: 2":          "terminationGracePeriodSeconds",
		"rbac: {secretNames: bgp-passwords}":        "secretNames",
		"Prometheus: {podMonitor: {enabled: 'no'}}": "enabled",
	} {
		file := filepath.Join(t.TempDir(), "values.yaml")
		if err := os.WriteFile(file, []byte(values), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), program, "-f", file, chart).CombinedOutput()
		if err == nil || !strings.Contains(string(out), says) {
			t.Errorf("%s: %v %s", values, err, out)
		}
	}
}

// The chart holds copies of what Helm cannot read outside of it.
func TestChartFiles(t *testing.T) {
	copies := map[string]string{}
	for part, pattern := range map[string]string{"crd": "*.yaml", "monitoring": "*"} {
		files, err := filepath.Glob(tree + "deploy/" + part + "/" + pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(part, files, err)
		}
		for _, file := range files {
			if extension := filepath.Ext(file); (extension == ".json" || extension == ".yaml") && filepath.Base(file) != "kustomization.yaml" {
				copies[filepath.Join(chart, "files", part, filepath.Base(file))] = file
			}
		}
	}
	for to, from := range copies {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, to, string(text))
	}
	held, err := filepath.Glob(chart + "/files/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range held {
		if copies[filepath.Clean(file)] == "" {
			t.Errorf("%s is a copy of nothing", file)
		}
	}
}

// Alerts and dashboard come through the chart as they are, with all their braces.
func TestChartMonitoring(t *testing.T) {
	made := parse(t, template(t, "testdata/values/everything.yaml"))
	rules := parse(t, read(t, "deploy/monitoring/prometheusrule.yaml"))["PrometheusRule  k8frr"]
	if diff := gocmp.Diff(rules.Object["spec"], made["PrometheusRule "+namespace+" edge"].Object["spec"]); diff != "" || rules.Object["spec"] == nil {
		t.Errorf("alerts (-want +is):\n%s", diff)
	}
	dashboard, _, _ := unstructured.NestedString(made["ConfigMap "+namespace+" edge-dashboard"].Object, "data", "k8frr.json")
	if diff := gocmp.Diff(strings.TrimSpace(read(t, "deploy/monitoring/dashboard.json")), strings.TrimSpace(dashboard)); diff != "" {
		t.Errorf("dashboard (-want +is):\n%s", diff)
	}
}
