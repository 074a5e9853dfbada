package validate

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	v1 "github.com/k8frr/k8frr/api/v1"
	"github.com/k8frr/k8frr/render/policy"
)

// policies checks defined sets, policies and where they are applied: that
// references lead somewhere, that values are values, and that FRR can do
// exactly what is asked. What depends on the neighbor that a policy is for,
// package render finds when it compiles the policy for that neighbor.
func policies(p *field.Path, spec *v1.BGPConfigurationSpec, pause func()) (*policy.Policies, field.ErrorList) {
	var errs field.ErrorList
	read, problems := policy.ReadAndCheck(spec, pause)
	for _, problem := range problems {
		errs = append(errs, field.Invalid(p.Child(problem.Field), problem.Value, problem.Text))
	}
	return read, errs
}
