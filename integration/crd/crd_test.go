// Package crd tests the CustomResourceDefinitions on a real API server: what it accepts,
// what it refuses and with which words, and what kubectl shows.
package crd

import (
	"context"
	"os"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/integration/apiserver"
)

var server *apiserver.Server

func TestMain(m *testing.M) { os.Exit(apiserver.Main(m, &server, install)) }

const definitions = "../../deploy/crd"

// install gives the definitions to the server. That it takes them is itself a result: it
// refuses a CEL rule that does not compile or could cost too much.
func install(ctx context.Context, s *apiserver.Server) error {
	if err := s.ApplyCRDs(ctx, definitions); err != nil {
		return err
	}
	_, err := s.Kubectl(ctx, "create", "namespace", "purelb-system")
	return err
}

func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := server.Kubectl(t.Context(), args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// create gives the server a BGPConfiguration with this spec, in YAML, and returns what it
// would store. Where the spec has no global, it is one of AS 65000.
func create(t *testing.T, spec string) (*unstructured.Unstructured, error) {
	t.Helper()
	var fields map[string]any
	if err := yaml.Unmarshal([]byte(spec), &fields); err != nil {
		t.Fatalf("the spec of this test: %v", err)
	}
	if _, given := fields["global"]; !given {
		if fields == nil {
			fields = map[string]any{}
		}
		fields["global"] = map[string]any{"asn": 65000}
	}
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": v1.GroupVersion.String(),
		"kind":       "BGPConfiguration",
		"metadata":   map[string]any{"generateName": "test-"},
		"spec":       fields,
	}}
	client, err := dynamic.NewForConfig(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	return client.Resource(v1.GroupVersion.WithResource("configs")).Namespace("purelb-system").Create(t.Context(), object,
		metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict})
}

// TestAccepted creates each object and decodes it: one that the server stores and a client
// cannot read would stop every agent that lists.
func TestAccepted(t *testing.T) {
	for _, c := range accepted {
		t.Run(c.name, func(t *testing.T) {
			object, err := create(t, c.spec)
			if err != nil {
				t.Fatal(err)
			}
			var decoded v1.BGPConfiguration
			if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, &decoded, true); err != nil {
				t.Errorf("the server accepts what the client cannot read: %v", err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			_, err := create(t, c.spec)
			if err == nil {
				t.Fatalf("accepted, want a refusal that says %q", c.says)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("refused with\n%v\nwant it to say %q", err, c.says)
			}
		})
	}
}
