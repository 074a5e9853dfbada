package crd

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	files "github.com/k8frr/k8frr/api/schema"
	v1 "github.com/k8frr/k8frr/api/v1"
)

// list repeats a YAML flow value, in which %d is replaced by the index.
func list(n int, item string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = strings.ReplaceAll(item, "%d", fmt.Sprint(i))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

func letters(n int) string { return strings.Repeat("x", n) }

// sizes are specs of a size at a limit of the schema.
var sizes = []struct {
	name  string
	limit int
	spec  func(n int) string
}{
	{"neighbors", 1024, func(n int) string {
		return "neighbors: " + list(n, "{config: {neighborInterface: eth%d, peerAsn: 1}}")
	}},
	{"peer groups", 256, func(n int) string { return "peerGroups: " + list(n, "{config: {peerGroupName: g%d}}") }},
	{"VRFs", 256, func(n int) string { return "vrfs: " + list(n, "{name: v%d}") }},
	{"dynamic neighbors", 256, func(n int) string { return "dynamicNeighbors: " + list(n, "{prefix: 10.0.0.0/24, peerGroup: g}") }},
	{"policies of 128 statements", 256, func(n int) string {
		return "policyDefinitions: " + list(n, "{name: p%d, statements: "+strings.ReplaceAll(list(128, "{actions: {med: {type: mod, value: 1}}}"), "%d", "0")+"}")
	}},
	{"statements", 128, func(n int) string {
		return "policyDefinitions: [{name: p, statements: " + list(n, "{name: s%d}") + "}]"
	}},
	{"a chain of policies", 256, func(n int) string {
		return "global: {asn: 1, applyPolicy: {importPolicy: {policies: " + list(n, "p%d") + "}}}"
	}},
	{"sets", 256, func(n int) string { return "definedSets: " + list(n, "{type: as-path, name: s%d}") }},
	{"members of a set", 16384, func(n int) string {
		return "definedSets: [{type: community, name: s, list: " + list(n, "'65000:%d'") + "}]"
	}},
	{"prefixes of a set", 1024, func(n int) string {
		return "definedSets: [{type: prefix, name: s, prefixes: " + list(n, "{ipPrefix: 10.0.0.0/8}") + "}]"
	}},
	{"a member of a set", 1024, func(n int) string { return "definedSets: [{type: as-path, name: s, list: [" + letters(n) + "]}]" }},
	{"a name", 256, func(n int) string { return "definedSets: [{type: as-path, name: " + letters(n) + "}]" }},
	{"a description", 4096, func(n int) string {
		return "neighbors: [{config: {neighborInterface: eth0, peerAsn: 1, description: " + letters(n) + "}}]"
	}},
	{"a password", 1024, func(n int) string {
		return "neighbors: [{config: {neighborInterface: eth0, peerAsn: 1, authPassword: " + letters(n) + "}}]"
	}},
	{"member ASes", 4096, func(n int) string { return "global: {asn: 1, confederation: {memberAsList: " + list(n, "%d") + "}}" }},
	{"labels of a selector", 128, func(n int) string {
		var labels []string
		for i := range n {
			labels = append(labels, fmt.Sprintf("l%d: a", i))
		}
		return "neighbors: [{config: {neighborInterface: eth0, peerAsn: 1}, nodeSelector: {matchLabels: {" + strings.Join(labels, ", ") + "}}}]"
	}},
	{"requirements of a selector", 64, func(n int) string {
		return "peerGroups: [{config: {peerGroupName: g}, nodeSelector: {matchExpressions: " + list(n, "{key: k%d, operator: Exists}") + "}}]"
	}},
	{"values of a selector", 4096, func(n int) string {
		return "neighbors: [{config: {neighborInterface: eth0, peerAsn: 1}, nodeSelector: {matchExpressions: [{key: k, operator: NotIn, values: " + list(n, "node-%d") + "}]}}]"
	}},
	{"rules of an export", 256, func(n int) string { return "netlinkExport: {rules: " + list(n, "{name: r%d}") + "}" }},
	{"interfaces", 256, func(n int) string { return "netlinkImport: {interfaceList: " + list(n, "eth%d") + "}" }},
	{"route targets", 1024, func(n int) string { return "vrfs: [{name: v, importRt: " + list(n, "'65000:%d'") + "}]" }},
}

// TestSizes checks that the API server and k8frr's own check of files take objects at each limit,
// and refuse them one above it.
func TestSizes(t *testing.T) {
	for _, s := range sizes {
		t.Run(s.name, func(t *testing.T) {
			if _, err := create(t, s.spec(s.limit)); err != nil {
				t.Errorf("the server refuses %d: %.500v", s.limit, err)
			}
			if err := ofFile(t, s.spec(s.limit)); err != nil {
				t.Errorf("a file with %d is refused: %.500v", s.limit, err)
			}
			for who, err := range map[string]error{"the server": second(create(t, s.spec(s.limit+1))), "the check of files": ofFile(t, s.spec(s.limit+1))} {
				if err == nil || !strings.Contains(err.Error(), "oo many") && !strings.Contains(err.Error(), "oo long") {
					t.Errorf("%s on %d: %.500v", who, s.limit+1, err)
				}
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }

// ofFile checks a spec as one in a file is checked.
func ofFile(t *testing.T, spec string) error {
	t.Helper()
	var fields map[string]any
	data, err := yaml.YAMLToJSON([]byte(spec))
	if err == nil {
		err = json.Unmarshal(data, &fields)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, given := fields["global"]; !given {
		fields["global"] = map[string]any{"asn": int64(65000)}
	}
	data, err = json.Marshal(map[string]any{"apiVersion": v1.GroupVersion.String(), "kind": "BGPConfiguration",
		"metadata": map[string]any{"name": "default", "namespace": "purelb-system"}, "spec": fields})
	if err != nil {
		t.Fatal(err)
	}
	var object unstructured.Unstructured
	if err := object.UnmarshalJSON(data); err != nil {
		t.Fatal(err)
	}
	return files.Check(&object)
}
