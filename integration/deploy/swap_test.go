//go:build linux

package deploy

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

const (
	theirs = "testdata/k8gobgp"
	ours   = tree + "deploy/crd"
)

// k8gobgp's definitions and objects are there; k8frr's definitions go over them, and k8gobgp's over those again. No object is lost
// or changed by that, none is refused that was taken, and nothing of k8frr's keeps one from being deleted.
func TestSwap(t *testing.T) {
	c := newCluster(t)
	c.kubectl("delete", "crd", "configs.bgp.purelb.io", "bgpnodestatuses.bgp.purelb.io", "--ignore-not-found")
	t.Cleanup(func() { c.forget(); c.define(ours) })
	c.define(theirs)
	text, err := os.ReadFile("testdata/k8gobgp-objects.yaml")
	c.must(err)
	declared := parse(t, string(text))["BGPConfiguration "+namespace+" every-field"]
	everyField(t, declared)
	c.apply(string(text))
	c.kubectl("apply", "--server-side", "-f", "testdata/worker-2.yaml")
	c.kubectl("apply", "--server-side", "--subresource=status", "-f", "testdata/worker-2.yaml")
	stored := c.stored()

	c.define(ours)
	c.unchanged("under k8frr's definitions", stored, c.stored())
	// Every valid object of k8gobgp can be applied again, as GitOps does every few minutes.
	rest := unstructured.Unstructured{Object: maps.Clone(declared.Object)}
	unstructured.RemoveNestedField(rest.Object, "metadata", "finalizers")
	again, err := yaml.Marshal(rest.Object)
	c.must(err)
	if _, err := dryRun(t, string(again)); err != nil {
		t.Errorf("declared anew: %v", err)
	}
	// What cannot be done stays as it is, and can be put right piece by piece, or deleted.
	c.kubectl("patch", "config", "sloppy", "-n", namespace, "--type=merge", "-p", `{"metadata":{"labels":{"seen":"yes"}},"spec":{"global":{"listenPort":179}}}`)
	if _, err := server.Kubectl(t.Context(), "patch", "config", "sloppy", "-n", namespace, "--type=merge", "-p", `{"spec":{"global":{"families":["ipv5"]}}}`); err == nil {
		t.Error("a family that nobody knows is taken")
	}
	c.kubectl("delete", "config", "sloppy", "-n", namespace)

	// What only k8frr has is used, and a status is written.
	c.kubectl("patch", "config", "every-field", "-n", namespace, "--type=merge", "-p", `{"spec":{"global":{"asn":4200000000}}}`)
	c.kubectl("patch", "config", "every-field", "-n", namespace, "--type=json", "-p", `[{"op":"add","path":"/spec/neighbors/0/bfd","value":{"enabled":true}}]`)
	c.kubectl("patch", "bgpnodestatus", "worker-2", "--subresource=status", "--type=merge", "-p", `{"status":{"agentVersion":"v0.1.0"}}`)
	stored = c.stored()

	c.define(theirs)
	is := c.stored()
	lost := strings.Fields(c.kubectl("get", "config", "every-field", "-n", namespace, "-o", "jsonpath={.metadata.finalizers[*]}"))
	if !slices.Equal(lost, []string{"bgp.purelb.io/finalizer"}) {
		t.Errorf("finalizers: %v", lost)
	}
	var want unstructured.Unstructured
	want.Object = runtime.DeepCopyJSON(stored["BGPConfiguration "+namespace+" every-field"].Object)
	neighbors, _, _ := unstructured.NestedSlice(want.Object, "spec", "neighbors")
	delete(neighbors[0].(map[string]any), "bfd")
	c.must(unstructured.SetNestedSlice(want.Object, neighbors, "spec", "neighbors"))
	if diff := cmp.Diff(want.Object["spec"], is["BGPConfiguration "+namespace+" every-field"].Object["spec"]); diff != "" {
		t.Errorf("back under k8gobgp's definitions (-want +is):\n%s", diff)
	}
	// k8gobgp does what it does: writes status, removes its finalizer.
	c.kubectl("patch", "config", "every-field", "-n", namespace, "--subresource=status", "--type=merge", "-p", `{"status":{"message":"back"}}`)
	c.kubectl("patch", "bgpnodestatus", "worker-2", "--subresource=status", "--type=merge", "-p", `{"status":{"neighborCount":1}}`)
	c.kubectl("delete", "config", "every-field", "-n", namespace, "--wait=false")
	c.kubectl("patch", "config", "every-field", "-n", namespace, "--type=merge", "-p", `{"metadata":{"finalizers":[]}}`)
	c.kubectl("delete", "bgpnodestatus", "worker-2")
	if left := c.stored(); len(left) > 0 {
		t.Errorf("still there: %v", slices.Sorted(maps.Keys(left)))
	}
}

// define applies definitions over those that are there, as docs/install.md tells.
func (c *cluster) define(dir string) {
	c.Helper()
	c.apply(c.kubectl("kustomize", dir))
	if _, err := server.Established(context.Background(), "crd", "configs.bgp.purelb.io", "bgpnodestatuses.bgp.purelb.io"); err != nil {
		c.Fatal(err)
	}
	// A definition takes effect some moments after it is established.
	c.wait.Until("the definitions of "+dir+" are served", func() bool {
		explained, err := server.Kubectl(context.Background(), "explain", "config.spec.neighbors")
		return err == nil && strings.Contains(explained, "bfd\t") == (dir == ours)
	})
}

// stored are all objects that BGP is declared and reported with, without what the server keeps for itself.
func (c *cluster) stored() objects {
	c.Helper()
	var list unstructured.UnstructuredList
	all := objects{}
	for _, kind := range []string{"configs.bgp.purelb.io", "bgpnodestatuses.bgp.purelb.io"} {
		c.must(json.Unmarshal([]byte(c.kubectl("get", kind, "--all-namespaces", "-o", "json")), &list))
		for _, o := range list.Items {
			unstructured.RemoveNestedField(o.Object, "metadata", "managedFields")
			all[strings.Join([]string{o.GetKind(), o.GetNamespace(), o.GetName()}, " ")] = o
		}
	}
	return all
}

func (c *cluster) unchanged(when string, was, is objects) {
	c.Helper()
	if len(was) == 0 {
		c.Fatal("nothing is stored")
	}
	same(c.T, when, is, was)
}

// everyField makes sure that an object has every field of k8gobgp's definition.
func everyField(t *testing.T, o unstructured.Unstructured) {
	t.Helper()
	text, err := os.ReadFile(theirs + "/configs.yaml")
	if err != nil {
		t.Fatal(err)
	}
	definition := parse(t, string(text))["CustomResourceDefinition  configs.bgp.purelb.io"]
	versions, _, err := unstructured.NestedSlice(definition.Object, "spec", "versions")
	if err != nil {
		t.Fatal(err)
	}
	schema, _, err := unstructured.NestedMap(versions[0].(map[string]any), "schema", "openAPIV3Schema", "properties", "spec")
	if err != nil {
		t.Fatal(err)
	}
	missing(t, "spec", schema, []any{o.Object["spec"]})
}

// missing looks for each field of a schema in some values of which at least one must have it.
func missing(t *testing.T, path string, schema map[string]any, values []any) {
	t.Helper()
	if items, is := schema["items"].(map[string]any); is {
		var all []any
		for _, v := range values {
			list, _ := v.([]any)
			all = append(all, list...)
		}
		missing(t, path+"[]", items, all)
		return
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, of := range properties {
		var all []any
		for _, v := range values {
			if value, has := v.(map[string]any)[name]; has {
				all = append(all, value)
			}
		}
		if len(all) == 0 {
			t.Errorf("no object has %s.%s", path, name)
			continue
		}
		missing(t, path+"."+name, of.(map[string]any), all)
	}
}
