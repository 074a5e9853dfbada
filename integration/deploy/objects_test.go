//go:build linux

package deploy

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// objects are what a text of YAML documents holds, by kind, namespace and name.
type objects map[string]unstructured.Unstructured

func parse(t testing.TB, text string) objects {
	t.Helper()
	all := objects{}
	for _, document := range strings.Split("\n"+text, "\n---\n") {
		var o unstructured.Unstructured
		if err := yaml.UnmarshalStrict([]byte(document), &o.Object); err != nil {
			t.Fatalf("%v:\n%s", err, document)
		}
		if len(o.Object) == 0 {
			continue
		}
		key := strings.Join([]string{o.GetKind(), o.GetNamespace(), o.GetName()}, " ")
		if _, twice := all[key]; twice {
			t.Errorf("%s is there twice", key)
		}
		all[key] = o
	}
	return all
}

// daemonSet is one of the objects.
func (o objects) daemonSet(t testing.TB, name string) appsv1.DaemonSet {
	t.Helper()
	object, found := o["DaemonSet "+namespace+" "+name]
	if !found {
		t.Fatalf("no DaemonSet %s", name)
	}
	var d appsv1.DaemonSet
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, &d, true); err != nil {
		t.Fatal(err)
	}
	return d
}

// built is what kustomize has made of directories.
var built = map[string]string{}

// kustomize builds a directory of the tree, once.
func kustomize(t testing.TB, dir string) string {
	t.Helper()
	if _, done := built[dir]; !done {
		out, err := server.Kubectl(t.Context(), "kustomize", tree+dir)
		if err != nil {
			t.Fatal(err)
		}
		built[dir] = out
	}
	return built[dir]
}

// command runs a program with an input and fails the test if it does.
func command(t testing.TB, stdin string, name string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v: %s", filepath.Base(name), strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String()
}

// same compares objects and says what differs.
func same(t *testing.T, what string, is, want objects) {
	t.Helper()
	if diff := cmp.Diff(contents(want), contents(is)); diff != "" {
		t.Errorf("%s (-want +is):\n%s", what, diff)
	}
}

func contents(o objects) map[string]any {
	all := map[string]any{}
	for key, object := range o {
		all[key] = object.Object
	}
	return all
}

// without forgets objects whose key begins with one of some words.
func (o objects) without(kinds ...string) objects {
	rest := objects{}
	for key, object := range o {
		if !slices.ContainsFunc(kinds, func(kind string) bool { return strings.HasPrefix(key, kind+" ") }) {
			rest[key] = object
		}
	}
	return rest
}
