package random_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/k8frr/k8frr/api/fields"
	"github.com/k8frr/k8frr/api/schema"
	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/api/validate"
	"github.com/k8frr/k8frr/integration/random"
)

func configuration(seed uint64) *v1.BGPConfiguration {
	return &v1.BGPConfiguration{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1.GroupVersion.String(), Kind: "BGPConfiguration"},
		ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: "purelb-system"},
		Spec:       random.Spec(rand.New(rand.NewPCG(seed, 7473))),
	}
}

func TestEveryConfigurationIsValid(t *testing.T) {
	for seed := range uint64(300) {
		c := configuration(seed)
		if err := validate.Configuration(c); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Check(&unstructured.Unstructured{Object: object}); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// refused are the fields that no valid configuration has.
var refused = []string{
	"policyDefinitions.statements.conditions.rpkiResult",
	"definedSets.prefixes.rtcPrefix",
}

func TestEveryFieldOccurs(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(1000) {
		for name := range fields.Set(&configuration(seed).Spec) {
			seen[name] = true
		}
	}
	for _, name := range fields.Names() {
		if seen[name] == slices.Contains(refused, name) {
			t.Errorf("%s: occurs is %v", name, seen[name])
		}
	}
}
