package fold

import (
	"os"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/status"
)

// The health check of the documentation tells Flux the truth. Flux asks inProgress first, then failed, then current.
func TestFluxHealthCheck(t *testing.T) {
	text, err := os.ReadFile("../../deploy/samples/gitops/flux.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var kustomization struct {
		Spec struct {
			HealthCheckExprs []struct{ InProgress, Failed, Current string } `json:"healthCheckExprs"`
		} `json:"spec"`
	}
	documents := strings.Split(string(text), "\n---\n")
	if err := yaml.Unmarshal([]byte(documents[len(documents)-1]), &kustomization); err != nil || len(kustomization.Spec.HealthCheckExprs) != 1 {
		t.Fatal(kustomization, err)
	}
	checks := kustomization.Spec.HealthCheckExprs[0]
	env, err := cel.NewEnv(cel.Variable("status", cel.DynType), cel.Variable("metadata", cel.DynType), cel.Variable("spec", cel.DynType))
	if err != nil {
		t.Fatal(err)
	}
	asked := func(c *v1.BGPConfiguration) string {
		object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, check := range []struct{ verdict, expression string }{
			{"in progress", checks.InProgress}, {"failed", checks.Failed}, {"current", checks.Current},
		} {
			ast, issues := env.Compile(check.expression)
			if issues.Err() != nil {
				t.Fatalf("%s: %v", check.expression, issues.Err())
			}
			program, err := env.Program(ast)
			if err != nil {
				t.Fatal(err)
			}
			answer, _, err := program.Eval(object)
			if err != nil {
				t.Fatalf("%s: %v", check.expression, err)
			}
			if answer.Value() == true {
				return check.verdict
			}
		}
		return "nothing"
	}
	refused := fails(status.ConfigurationApplied, "RefusedByFRR", "no", 0)
	for name, c := range map[string]struct {
		status v1.BGPConfigurationStatus
		want   string
	}{
		"new":                   {v1.BGPConfigurationStatus{}, "in progress"},
		"the one before runs":   {foldOf(6, node("a", 6)), "in progress"},
		"the one before failed": {foldOf(6, node("a", 6, refused)), "in progress"},
		"nobody reports":        {foldOf(7), "in progress"},
		"one of two":            {foldOf(7, node("a", 7), node("b", 6)), "in progress"},
		"refused":               {foldOf(7, node("a", 7), node("b", 7, refused)), "failed"},
		"done":                  {foldOf(7, node("a", 7), node("b", 7)), "current"},
		"a session is down":     {foldOf(7, node("a", 7, noSession)), "current"},
	} {
		configuration := configuration(7)
		configuration.Status = c.status
		if got := asked(configuration); got != c.want {
			t.Errorf("%s: Flux says %s, not %s", name, got, c.want)
		}
	}
}
