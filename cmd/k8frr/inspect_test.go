package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/k8frr/k8frr/api/v1"
)

// fixture is the objects of a cluster of six nodes, in which much is wrong.
const fixture = "testdata/inspect/cluster"

func TestInspectScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/inspect/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("KUBECONFIG", filepath.Join(e.WorkDir, "no.kubeconfig"))
			return os.CopyFS(filepath.Join(e.WorkDir, "cluster"), os.DirFS(fixture))
		},
	})
}

// Nothing that a cluster says is obeyed by a terminal: every text of every
// object has what could be, and nothing of that is printed by any command in
// any format.
func TestNothingFromTheClusterIsObeyed(t *testing.T) {
	const evil = "x\x1b]0;owned\a\x1b[2J\u009b31m\x7f\r\b\u202e\u2066z"
	node := &v1.BGPNodeStatus{}
	fill(reflect.ValueOf(node).Elem(), evil)
	node.TypeMeta = metav1.TypeMeta{APIVersion: v1.GroupVersion.String(), Kind: "BGPNodeStatus"}
	for i := range node.Status.Conditions {
		node.Status.Conditions[i].Status = metav1.ConditionFalse
	}
	node.Status.NetlinkImport.ImportedAddresses[0].Address = "10.200.0.5/24"
	node.Status.RIB.LocalRoutes[0].Prefix = "10.200.0.0/24"
	service := &corev1.Service{}
	fill(reflect.ValueOf(&service.ObjectMeta).Elem(), evil)
	service.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}
	service.Spec.Type = corev1.ServiceTypeLoadBalancer
	service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "10.200.0.5", Hostname: evil}}
	configuration := &v1.BGPConfiguration{}
	fill(reflect.ValueOf(configuration).Elem(), evil)
	configuration.TypeMeta = metav1.TypeMeta{APIVersion: v1.GroupVersion.String(), Kind: "BGPConfiguration"}
	configuration.Name, configuration.Namespace = "default", defaultNamespace

	file := filepath.Join(t.TempDir(), "evil.json")
	text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": []any{node, service, configuration}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	printed := 0
	for _, command := range []string{"status --all", "sessions", "dataplane", "dataplane 10.200.0.5", "node", "node nowhere", "sessions --node nowhere"} {
		for _, format := range []string{"table", "wide", "json", "yaml"} {
			var out strings.Builder
			run(append(strings.Fields(command), "-f", file, "-o", format), nil, &out, &out)
			for _, r := range out.String() {
				if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
					t.Errorf("%s -o %s prints %U: %.200q", command, format, r, out.String())
					break
				}
			}
			printed += strings.Count(out.String(), "owned")
		}
	}
	if printed < 50 {
		t.Errorf("the texts are printed only %d times", printed)
	}
}

// fill sets every string of a value, and gives every list and map an element.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.Type() == reflect.TypeFor[*metav1.Time]() {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && v.Type().Field(i).Name != "ManagedFields" {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String && v.Type().Elem().Kind() == reflect.String {
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(reflect.ValueOf(text).Convert(v.Type().Key()), reflect.ValueOf(text).Convert(v.Type().Elem()))
		}
	case reflect.String:
		v.SetString(text)
	}
}

// The exit statuses are a promise to scripts.
func TestInspectStatus(t *testing.T) {
	const well = "-f testdata/inspect/cluster/worker-1.yaml -f testdata/inspect/cluster/configuration.yaml"
	for line, want := range map[string]int{
		"status -f " + fixture:                                       statusOK,
		"status --check -f " + fixture:                               statusFailed,
		"status --check " + well:                                     statusOK,
		"status --check -o json " + well:                             statusOK,
		"status --check --at 2027-01-01T00:00:00Z " + well:           statusFailed,
		"status --at yesterday " + well:                              statusUsage,
		"status -f nowhere.yaml":                                     statusUnknown,
		"status --check -f testdata/inspect/cluster/services.yaml":   statusUnknown,
		"status -f - --status-file x":                                statusUsage,
		"status --status-file nowhere.yaml":                          statusUnknown,
		"status --kubeconfig nowhere":                                statusUnknown,
		"status nonsense":                                            statusUsage,
		"status -o svg -f " + fixture:                                statusUsage,
		"sessions --check -f " + fixture:                             statusFailed,
		"sessions --check " + well:                                   statusOK,
		"sessions --check --node worker-1 -f " + fixture:             statusOK,
		"sessions --check --node worker-5 -f " + fixture:             statusFailed, // stale
		"sessions --check --state up --node worker-4 -f " + fixture:  statusOK,
		"sessions --node worker-9 -f " + fixture:                     statusUnknown,
		"sessions --neighbor 10.9.9.9 -f " + fixture:                 statusUnknown,
		"sessions --state sideways -f " + fixture:                    statusUsage,
		"sessions --sort sideways -f " + fixture:                     statusUsage,
		"sessions --check -l rack=1 -f " + fixture:                   statusFailed,
		"sessions --check -l rack=1 " + well:                         statusUnknown, // no Node says its labels
		"sessions -l !! -f " + fixture:                               statusUsage,
		"dataplane --check -f " + fixture:                            statusFailed,
		"dataplane --check " + well:                                  statusOK,
		"dataplane --check shop/web " + well:                         statusUnknown, // no Service is known
		"dataplane --check 10.200.0.9 -f " + fixture:                 statusFailed,
		"dataplane --check 10.200.0.5 --node worker-1 -f " + fixture: statusOK,
		"dataplane 10.99.0.1 -f " + fixture:                          statusUnknown,
		"node worker-1 --check -f " + fixture:                        statusOK,
		"node worker-3 --check -f " + fixture:                        statusFailed,
		"node worker-4 --check -f " + fixture:                        statusFailed,
		"node --check " + well:                                       statusOK,
		"node -f " + fixture:                                         statusUsage,
		"node worker-9 -f " + fixture:                                statusUnknown,
		"watch -f " + fixture:                                        statusUnknown, // no terminal
	} {
		var stderr strings.Builder
		if got := run(strings.Fields(line), strings.NewReader(""), io.Discard, &stderr); got != want {
			t.Errorf("k8frr %s: status %d, want %d\n%s", line, got, want, stderr.String())
		}
	}
}

// What is cut to fit fits, at any width.
func TestTablesFit(t *testing.T) {
	for _, width := range []int{80, 100, 132, 200} {
		t.Setenv("COLUMNS", fmt.Sprint(width))
		for _, command := range []string{"status --all", "sessions", "sessions -o wide", "dataplane", "dataplane -o wide", "dataplane shop/web", "node worker-4", "node worker-4 -o wide"} {
			var out strings.Builder
			if got := run(append(strings.Fields(command), "-f", fixture), nil, &out, &out); got != statusOK {
				t.Fatalf("%s: status %d: %s", command, got, out.String())
			}
			for line := range strings.Lines(out.String()) {
				if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > width {
					t.Errorf("%s at %d columns: %d: %s", command, width, n, line)
				}
			}
		}
	}
}
