package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"github.com/k8frr/k8frr/api/manifest"
	v1 "github.com/k8frr/k8frr/api/v1"
)

// configurations creates objects as kubectl create does, refusing unknown fields.
func configurations(t *testing.T, namespace string) func(text []byte) (*unstructured.Unstructured, error) {
	t.Helper()
	c, err := dynamic.NewForConfig(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	resource := c.Resource(v1.GroupVersion.WithResource("configs")).Namespace(namespace)
	return func(text []byte) (*unstructured.Unstructured, error) {
		u := new(unstructured.Unstructured)
		data, err := yaml.YAMLToJSONStrict(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := u.UnmarshalJSON(data); err != nil {
			t.Fatal(err)
		}
		return resource.Create(t.Context(), u, metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict})
	}
}

// The server says the same as the offline schema, word for word.
func TestServerRefusesTheSame(t *testing.T) {
	install(t, server)
	create := configurations(t, server.Namespace(t))
	files, err := filepath.Glob("../../api/schema/testdata/refused/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = create(archive.Files[0].Data)
			if err == nil {
				t.Fatal("accepted")
			}
			for want := range strings.Lines(string(archive.Files[1].Data)) {
				if want = strings.TrimSpace(want); !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nis not: %s", err, want)
				}
			}
		})
	}
}

// The server takes every sample, and sets the same defaults.
func TestServerAcceptsSamples(t *testing.T) {
	c := install(t, server)
	samples, err := filepath.Glob("../../deploy/samples/*.yaml")
	if err != nil || len(samples) == 0 {
		t.Fatal(samples, err)
	}
	for _, name := range samples {
		t.Run(filepath.Base(name), func(t *testing.T) {
			namespace := server.Namespace(t)
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			moved := strings.ReplaceAll(string(text), "namespace: purelb-system", "namespace: "+namespace)
			documents, err := manifest.Read(strings.NewReader(moved), name)
			if err != nil {
				t.Fatal(err)
			}
			set, err := manifest.Collect(documents, namespace)
			if err != nil {
				t.Fatal(err)
			}
			if err := server.Apply(t.Context(), moved); err != nil {
				t.Fatal(err)
			}
			stored, err := c.BGPConfigurations(namespace).Get(t.Context(), "default", metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(stored.Spec, set.Configurations[0].Spec); diff != "" {
				t.Errorf("(-server +offline):\n%s", diff)
			}
		})
	}
}

// What kubectl prints of a cluster can be read back.
func TestReadWhatKubectlPrints(t *testing.T) {
	install(t, server)
	namespace := server.Namespace(t)
	sample, err := os.ReadFile("../../deploy/samples/passwords.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Apply(t.Context(), strings.ReplaceAll(string(sample), "purelb-system", namespace)); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"yaml", "json"} {
		printed, err := server.Kubectl(t.Context(), "get", "configs,secrets", "-n", namespace, "--show-managed-fields", "-o", format)
		if err != nil {
			t.Fatal(err)
		}
		documents, err := manifest.Read(strings.NewReader(printed), "cluster")
		if err != nil {
			t.Fatal(err)
		}
		set, err := manifest.Collect(documents, "")
		if err != nil {
			t.Fatal(err)
		}
		if len(set.Configurations) != 1 || len(set.Secrets) != 1 || string(set.Secrets[0].Data["password"]) != "change-me" {
			t.Errorf("%s: %d configurations, %d Secrets", format, len(set.Configurations), len(set.Secrets))
		}
	}
}

// The page tells users to type this.
func TestExplain(t *testing.T) {
	install(t, server)
	var said string
	eventually(t, "kubectl explain bgpconfiguration.spec.neighbors", func() bool {
		var err error
		said, err = server.Kubectl(t.Context(), "explain", "bgpconfiguration.spec.neighbors")
		return err == nil
	})
	for _, want := range []string{"KIND:       BGPConfiguration", "nodeSelector", "Neighbors are the peers."} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in:\n%s", want, said)
		}
	}
}
